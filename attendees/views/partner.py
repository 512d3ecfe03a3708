"""What partners see: the way in, and the invitation and information of one discussion. Nothing else exists
for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from attendees import events, partner_menu, permissions
from attendees.forms.partner import CodeForm
from attendees.keys import LINKS
from attendees.models import Invitation, PartnerLink
from attendees.services import links
from attendees.views.access import (
    ASKED,
    Partner,
    admissions_of,
    browser_secret,
    discussions_of,
    is_anybody,
    let_in,
    let_out,
    links_in,
)
from attendees.views.answering import own_tasks
from attendees.views.claiming import blank_take_over
from attendees.views.partner_pages import partner_page, say_how_to_get_in
from audit.services import record_read
from govuk.views import safe_next
from strategy.enums import DiscussionStatus


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """A neutral page, the same for every address and every reader; only its button does something.

    Mail scanners open and follow links: a GET or HEAD reads nothing of the link and changes nothing.
    """
    if request.method != "POST":
        return render(request, "partner/link.html")
    now = timezone.now()
    found = links.link_in_force(token, at=now)
    if found is None:
        return render(request, "partner/link_shut.html", status=410)
    if found.pk in links_in(request, now):
        return redirect(_where(found))
    answer = links.ask_for_code(found, browser_secret(request.session), at=now)
    if answer.link is None:
        return render(request, "partner/link_shut.html", {"sentence": answer.sentence}, status=429)
    request.session[ASKED] = found.pk
    return redirect("attendees:partner_code")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Enter the code, or ask for another; the address holds nothing secret."""
    found = _asked_link(request)
    if found is None:
        return say_how_to_get_in(request)
    come_back_to = safe_next(request, _where(found))
    context = {"come_back_to": come_back_to, "form": CodeForm()}
    if request.method != "POST":
        return render(request, "partner/code.html", context)
    now = timezone.now()
    if "again" in request.POST:
        answer = links.ask_for_code(found, browser_secret(request.session), at=now)
        sent = answer.link is not None
        return render(
            request, "partner/code.html", {**context, "sent_again": sent, "sentence": answer.sentence},
            status=200 if sent else 429,
        )  # fmt: skip
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "partner/code.html", {**context, "form": form}, status=422)
    answer = links.enter_code(found, browser_secret(request.session), form.cleaned_data["code"], at=now)
    if answer.link is None:
        form.add_error("code", answer.sentence)
        return render(request, "partner/code.html", {**context, "form": form}, status=422)
    let_in(request, found, now)
    return redirect(come_back_to)


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave: this browser must enter a new code to come back."""
    let_out(request)
    return redirect("attendees:partner_left")


@login_not_required
def left(request: HttpRequest) -> HttpResponse:
    """Say that the visit has ended."""
    return render(request, "partner/left.html")


@dataclass(frozen=True, slots=True)
class Row:
    """One discussion on a partner's list, with what waits for them there."""

    one: Any  # an Invitation, or an Admission of somebody who is only to do an action
    waiting: list[partner_menu.Waiting]

    @property
    def is_asked(self) -> bool:
        """Whether they were asked to the discussion itself."""
        return isinstance(self.one, Invitation)

    def planned(self) -> datetime:
        """When the discussion is, or was."""
        return cast(datetime, self.one.discussion.planned_start)

    def urgency(self) -> datetime:
        """What has a time comes by it; what has none by the discussion's own."""
        return min((one.due_at for one in self.waiting if one.due_at), default=self.planned())


@login_not_required
def home(request: HttpRequest) -> HttpResponseBase:
    """What waits for this partner, then their other discussions; with only one discussion, straight to it."""
    now = timezone.now()
    if not is_anybody(request, now):
        return say_how_to_get_in(request)
    invited = discussions_of(request, now)
    admitted = admissions_of(request, now)
    known: list[Any] = [*invited, *admitted]
    if len(known) == 1:
        return redirect("attendees:partner_discussion", known[0].discussion_id)
    if not known and links.referrals_in(links_in(request, now), at=now):
        return redirect("escalations:partner_home")
    if (
        not known
        and not request.user.is_authenticated
        and not links.one_lets_in(links_in(request, now), at=now)
    ):
        return say_how_to_get_in(request)
    for one in known:
        record_read(
            events.PARTNER_PAGE_READ, one.discussion.case, subject=one.discussion, by=one.professional,
            at=now, data={"page": "home"},
        )  # fmt: skip
    waiting = partner_menu.waiting_for([(one.discussion_id, one.professional_id) for one in known], now)
    rows = [Row(one, waiting[one.discussion_id, one.professional_id]) for one in known]
    context = {
        "waiting": sorted((one for one in rows if one.waiting), key=Row.urgency),
        "waits": sum(len(one.waiting) for one in rows),
        "quiet": sorted((one for one in rows if not one.waiting), key=Row.planned, reverse=True),
        "has_desk": request.user.is_authenticated and permissions.refusal_to_keep_desk(request.user) is None,
        "now": now,
        "LINKS": request.session.get(LINKS),
    }
    return render(request, "partner/home.html", context)


@partner_page("discussion", passed_on=True, admitted=True)
def discussion(request: HttpRequest, partner: Partner) -> HttpResponse:
    """When, where, how to join, what is asked, whom to ring: in this order.

    For a shared mailbox first who deals with it, and no more than that once somebody does.
    """
    now = timezone.now()
    booking = (
        partner.discussion.bookings.filter(cancelled_at=None).select_related("place", "chair", "by").first()
    )
    if partner.asked is None:
        tasks = [task._asdict() for task in partner_menu.tasks_for(partner, now)]
        return render(request, "partner/admitted.html", {"partner": partner, "tasks": tasks})
    is_over = partner.discussion.status in (DiscussionStatus.ENDED, DiscussionStatus.CANCELLED)
    if partner.claim is not None:
        context = {"partner": partner, "booking": booking, "is_over": is_over}
        return render(request, "partner/taken.html", context)
    asked = own_tasks(partner, now) if partner.desk else partner_menu.tasks_for(partner, now)
    context = {
        "partner": partner,
        "booking": booking,
        "tasks": [task._asdict() for task in asked],
        "team": partner.discussion.case.team,
        "requester": partner.discussion.request.requester,
        "is_over": is_over,
        "take_over": None if is_over or partner.link is None else blank_take_over(partner),
        "now": now,
    }
    return render(request, "partner/discussion.html", context)


def _where(link: PartnerLink) -> str:
    """Where a link leads once its code is entered."""
    if link.referral_id is not None:
        return reverse("escalations:partner_referral", args=[link.referral_id])
    return reverse("attendees:partner_discussion", args=[link.discussion_id])


def _asked_link(request: HttpRequest) -> PartnerLink | None:
    number = request.session.get(ASKED) if request.COOKIES else None
    links_found = PartnerLink.objects.select_related(
        "professional__agency", "discussion__case", "referral__case"
    )
    return links_found.filter(pk=number).first() if number else None
