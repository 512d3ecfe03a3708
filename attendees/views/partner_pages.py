"""The frame of every partner page: who this is, asked at each request, and written down when something is
read.

For pages of higher rooms too: `@partner_page("minutes")` for a function, `PartnerPage` for a form page.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator

from attendees import events
from attendees.services.claiming import who_has_it
from attendees.views.access import ASKED, Partner, desk_of, had_link, is_anybody, partner_of
from audit.errors import NotAllowed
from audit.services import record_read
from govuk.services import digest_of
from govuk.views import FormPage

PageOf = Callable[..., HttpResponseBase]


def partner_page(
    name: str, *, notes: bool = True, passed_on: bool = False, admitted: bool = False
) -> Callable[[PageOf], PageOf]:
    """Make `view(request, partner, **kwargs)` a partner's page of the discussion `pk` in its address, or of
    the agency's desk where the address names an `invitation`.

    Reading it is written down under `name`, unless the view `notes` itself what exactly was read. Somebody
    who is nobody here gets a page that says how to get in (401), a partner of another discussion 404. A
    shared mailbox whose invitation somebody took over is told who has it (403), unless the page is for that:
    `passed_on`. Whoever is only admitted to an action finds no page but those for them: `admitted`.
    """

    def decorate(view: PageOf) -> PageOf:
        @login_not_required
        @wraps(view)
        def page(request: HttpRequest, pk: int = 0, invitation: int = 0, **kwargs: Any) -> HttpResponseBase:
            now = timezone.now()
            partner = desk_or_404(request, invitation) if invitation else partner_or_404(request, pk, now)
            if partner is None:
                return say_how_to_get_in(request)
            if partner.claim is not None and not passed_on:
                return say_who_has_it(request, partner)
            _check_asked(partner, admitted)
            if notes:
                note_read(request, partner, name, now)
            return view(request, partner, **kwargs)

        return page

    return decorate


@method_decorator(login_not_required, name="dispatch")
class PartnerPage(FormPage):
    """A form page of a partner; `self.partner` says who, `self.user` is who acts.

    Where the address names an `invitation`, it is the desk of the invited person's agency.
    """

    partner: Partner
    name = ""
    passed_on = False
    admitted = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at_desk = "invitation" in kwargs
        partner = (
            desk_or_404(request, kwargs["invitation"])
            if at_desk
            else partner_or_404(request, kwargs["pk"], self.now)
        )
        if partner is None:
            return say_how_to_get_in(request)
        if partner.claim is not None and not self.passed_on:
            return say_who_has_it(request, partner, [value for _, value in self.content() if " " in value])
        _check_asked(partner, self.admitted)
        self.partner, self.user = partner, partner.actor
        note_read(request, partner, self.name, self.now)
        return super().dispatch(request, *args, **kwargs)

    def claim(self) -> dict[str, str]:
        """A form sent twice by the same partner acts once."""
        who = f"{self.user._meta.model_name}:{self.user.pk}" if self.partner.desk else ""
        person = who or f"professional:{self.partner.professional.pk}"
        digest = digest_of(self.content())
        return {"key": self.key, "person": person, "path": self.request.path, "digest": digest}

    def get_back(self) -> tuple[str, str] | None:
        return self.partner.discussion_address, "Back"

    def get_context(self) -> dict[str, Any]:
        return {"partner": self.partner}

    def next(self, done: Any) -> str:
        return self.partner.discussion_address


def _check_asked(partner: Partner, admitted: bool) -> None:
    if partner.asked is None and not admitted:
        raise Http404("admitted to an action of this discussion alone")


def partner_or_404(request: HttpRequest, discussion: int, now: datetime) -> Partner | None:
    """Return who this is; None for nobody, and where the link by which they came opens nothing any more.
    Raises Http404 for somebody who is not invited to this discussion."""
    partner = partner_of(request, discussion, now)
    if partner is None and is_anybody(request, now) and not had_link(request, discussion, now):
        raise Http404("not invited to this discussion")
    return partner


def desk_or_404(request: HttpRequest, invitation: int) -> Partner | None:
    """Return the desk that may answer this invitation; None for somebody who is not signed in at all."""
    desk = desk_of(request, invitation)
    if desk is None and is_anybody(request, timezone.now()):
        raise Http404("not asked of this agency, or for the person asked alone")
    return desk


def note_read(request: HttpRequest, partner: Partner, name: str, now: datetime) -> None:
    """Write down, before anything is shown, that the partner reads this page; polling and sending are no
    reads."""
    if request.method == "GET" and "X-Background" not in request.headers:
        record_read(
            events.PARTNER_PAGE_READ,
            partner.discussion.case,
            subject=partner.discussion,
            by=partner.actor,
            at=now,
            data={"page": name} | ({"invitation": partner.invitation.pk} if partner.desk else {}),
        )


def say_who_has_it(request: HttpRequest, partner: Partner, typed: Sequence[str] = ()) -> HttpResponse:
    """Say to a shared mailbox who took its invitation over; what was typed is given back to copy."""
    assert partner.claim is not None
    context = {
        "title": "A colleague has taken this over",
        "reason": f"{who_has_it(partner.claim)}.",
        "typed": typed,
        "back_to": (partner.discussion_address, "Back"),
    }
    return render(request, "govuk/refusal_page.html", context, status=NotAllowed.status)


def say_how_to_get_in(request: HttpRequest) -> HttpResponse:
    """Say that the visit has ended and offer a new code; what was typed is kept in the tab by the drafts
    script. Whose link was shut or has run out while a page was open is told so, and whom to ring (410)."""
    if is_anybody(request, timezone.now()):
        return render(
            request, "partner/link_shut.html", {"was_sending": request.method == "POST"}, status=410
        )
    context = {
        "may_ask": bool(request.session.get(ASKED)) if request.COOKIES else False,
        "come_back_to": request.path,
        "was_sending": request.method == "POST",
    }
    return render(request, "partner/get_in.html", context, status=401)
