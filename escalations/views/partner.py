"""Partners' pages: where what they referred stands, raising an escalation, following their own (H15)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from accounts.models import User
from attendees.models import PartnerLink, Professional
from attendees.services.links import opens
from attendees.views.access import Partner, links_in
from attendees.views.partner_pages import PartnerPage, partner_page, say_how_to_get_in
from audit.services import record_read
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations import events, offers, people, permissions
from escalations.enums import EscalationStatus
from escalations.models import Escalation
from escalations.people import Actor
from escalations.views.base import Answering, MovingUp, Resolving, Withdrawing, shown, with_stages
from escalations.views.raising import Raising
from govuk.services import digest_of
from govuk.views import FormPage
from referrals.models import Referral
from strategy.standing import standing_of


@dataclass(frozen=True, slots=True)
class Follower:
    """Who a browser is on these pages: an account, or the professional of a link that still opens."""

    actor: Actor
    link: PartnerLink | None

    @property
    def professional(self) -> Any:
        """Whom the top of the page names."""
        return self.actor


def followers(request: HttpRequest, now: datetime) -> list[Follower]:
    """Everybody this browser is: a partner's account, and each link whose code it entered."""
    found: list[Follower] = []
    user = request.user
    if isinstance(user, User) and user.is_active and people.is_partner(user):
        found.append(Follower(user, None))
    held = links_in(request, now)
    if held:
        links = PartnerLink.objects.filter(pk__in=held).select_related(
            "professional__agency", "professional__user", "referral"
        )
        seen: set[int] = set()
        for link in links.order_by("-pk"):
            if link.professional_id not in seen and opens(link, now):
                seen.add(link.professional_id)
                found.append(Follower(link.professional, link))
    return found


def is_nobody(request: HttpRequest, known: list[Follower]) -> bool:
    """Whether this browser is nobody here: not signed in, and no link of it that still opens."""
    return not known and not request.user.is_authenticated


def _mine(follower: Follower) -> Any:
    """What this partner raised, or what is between their agency and another in a case that they know."""
    actor = follower.actor
    if isinstance(actor, Professional):
        raised, invited = Q(raised_by=actor), Q(case__discussions__invitations__professional=actor)
    else:
        raised = Q(raised_by__user=actor)
        invited = Q(case__discussions__invitations__professional__user=actor)
    parties = Q(raising_agency=actor.agency_id) | Q(against=actor.agency_id)
    invited &= Q(case__discussions__invitations__withdrawn_at=None)
    return Escalation.objects.for_page().filter(raised | (invited & parties)).distinct()


@login_not_required
def home(request: HttpRequest) -> HttpResponseBase:
    """What this partner referred and where it stands; every escalation they may follow."""
    now = timezone.now()
    known = followers(request, now)
    if is_nobody(request, known):
        return say_how_to_get_in(request)
    referred = {one.pk: one for who in known for one in people.referrals_by(who.actor).select_related("case")}
    rows = {one.pk: one for who in known for one in _mine(who)[:50]}
    for who in known[:1]:
        record_read(events.ESCALATIONS_READ, by=who.actor, at=now)
    context = {
        "partner": known[0] if known else None,
        "referrals": list(referred.values())[:50],
        "rows": with_stages(rows.values()),
        "now": now,
    }
    return render(request, "escalations/partner_home.html", context)


@partner_page("escalations")
def of_discussion(request: HttpRequest, partner: Partner) -> HttpResponse:
    """The escalations of one discussion that this partner may follow, and what the facts let them raise."""
    now = timezone.now()
    case, rules = partner.discussion.case, partner.discussion.request.protocol.rules
    may_raise = permissions.refusal_to_raise(partner.actor, case, rules, now) is None
    agency = partner.professional.agency_id
    mine = Escalation.objects.for_page().filter(Q(raising_agency=agency) | Q(against=agency), case=case)
    context = {
        "partner": partner,
        "rows": with_stages(mine),
        "offers": offers.offers_for(case, partner.professional, now) if may_raise else [],
        "may_raise": may_raise,
        "setting": rules.partners_may_escalate,
        "now": now,
    }
    return render(request, "escalations/partner_discussion.html", context)


class RaiseHere(Raising, PartnerPage):
    """Raise an escalation about the discussion one is asked to."""

    name = "raise_escalation"
    template_name = "escalations/partner_raise.html"

    def fetch(self) -> None:
        self.discussion, self.case = self.partner.discussion, self.partner.discussion.case
        self.prepare()

    def get_context(self) -> dict[str, Any]:
        return {"partner": self.partner, **super().get_context()}

    def get_back(self) -> tuple[str, str]:
        return reverse("escalations:partner_of_discussion", args=[self.kwargs["pk"]]), "Back"

    def next(self, done: Escalation) -> str:
        return reverse("escalations:partner_escalation", args=[done.pk])


@method_decorator(login_not_required, name="dispatch")
class FollowerPage(FormPage):
    """A form page of a partner who is found by what they may follow, not by a discussion."""

    follower: Follower
    thing: Any

    def find(self, known: list[Follower]) -> tuple[Follower, Any]:
        """Who of them may follow this, and the thing. Raises Http404."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        known = followers(request, self.now)
        if is_nobody(request, known):
            return say_how_to_get_in(request)
        self.follower, self.found = self.find(known)
        self.user = self.follower.actor
        return super().dispatch(request, *args, **kwargs)

    def claim(self) -> dict[str, str]:
        """A form sent twice by the same partner acts once."""
        digest, person = digest_of(self.content()), f"{self.user._meta.model_name}:{self.user.pk}"
        return {"key": self.key, "person": person, "path": self.request.path, "digest": digest}


def find_escalation(known: list[Follower], pk: int) -> tuple[Follower, Escalation]:
    """The escalation, and which of these may follow it; 404 for everybody else."""
    found = get_object_or_404(Escalation.objects.for_page(), pk=pk)
    for who in known:
        if permissions.refusal_to_follow(who.actor, found) is None:
            found.case.followed_by = who.actor  # type: ignore[attr-defined]
            return who, found
    raise Http404("not between this partner's agency and another")


def find_referral(known: list[Follower], pk: int) -> tuple[Follower, Referral]:
    """What this partner referred; 404 for everybody else."""
    for who in known:
        found = people.referrals_by(who.actor).select_related("case__team").filter(pk=pk).first()
        if found is not None:
            return who, found
    raise Http404("not referred by this partner")


@login_not_required
def escalation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One escalation as a partner follows it."""
    now = timezone.now()
    known = followers(request, now)
    if is_nobody(request, known):
        return say_how_to_get_in(request)
    who, found = find_escalation(known, pk)
    record_read(events.ESCALATION_READ, found.case, subject=found, by=who.actor, at=now)
    context = {"partner": who, **shown(found, who.actor, now)}
    return render(request, "escalations/partner_escalation.html", context)


@login_not_required
def referral(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Where what one referred stands: asked for, authorised, booked, held; and by when it must be held."""
    now = timezone.now()
    known = followers(request, now)
    if is_nobody(request, known):
        return say_how_to_get_in(request)
    who, found = find_referral(known, pk)
    record_read(events.REFERRAL_FOLLOWED, found.case, subject=found, by=who.actor, at=now)
    about = f"referral:{found.pk}"
    clock = Deadline.objects.of(about, Duty.CONVENE).first()
    raise_at = reverse("escalations:partner_raise_for", args=[found.pk])
    rows = list(with_stages(_mine(who).filter(case=found.case)))
    raised = (one for one in rows if one.about == about and one.status != EscalationStatus.WITHDRAWN)
    context = {
        "partner": who,
        "referral": found,
        "case": found.case,
        "steps": standing_of(found),
        "clock": clock,
        "raise_late": f"{raise_at}?about={about}",
        "raised": next(raised, None),
        "is_late": bool(clock and clock.state == "running" and clock.due_at and clock.due_at < now),
        "rows": rows,
        "now": now,
    }
    return render(request, "escalations/partner_referral.html", context)


class RaiseFor(Raising, FollowerPage):
    """Raise an escalation about what one referred, for which no discussion may ever have been booked."""

    template_name = "escalations/partner_raise.html"
    case: Case

    def find(self, known: list[Follower]) -> tuple[Follower, Any]:
        return find_referral(known, self.kwargs["pk"])

    def fetch(self) -> None:
        self.case = self.found.case
        self.case.followed_by = self.user  # type: ignore[attr-defined]
        self.prepare()

    def note_reading(self) -> None:
        """The facts that are filled in are of the record."""
        record_read(events.ESCALATION_READ, self.case, subject=self.case, by=self.user, at=self.now)

    def get_context(self) -> dict[str, Any]:
        return {"partner": self.follower, **super().get_context()}

    def get_back(self) -> tuple[str, str]:
        return reverse("escalations:partner_referral", args=[self.kwargs["pk"]]), "Back"

    def next(self, done: Escalation) -> str:
        return reverse("escalations:partner_escalation", args=[done.pk])


class FollowedPage(FollowerPage):
    """A form about one escalation that a partner may follow."""

    template_name = "escalations/partner_form.html"

    def find(self, known: list[Follower]) -> tuple[Follower, Any]:
        return find_escalation(known, self.kwargs["pk"])

    def fetch(self) -> Escalation:
        return self.look(self.found)  # type: ignore[attr-defined, no-any-return]

    def note_reading(self) -> None:
        """What it is about stands above the form."""
        record_read(events.ESCALATION_READ, self.thing.case, subject=self.thing, by=self.user, at=self.now)

    def get_context(self) -> dict[str, Any]:
        return {"partner": self.follower, **super().get_context()}

    def get_back(self) -> tuple[str, str]:
        return reverse("escalations:partner_escalation", args=[self.kwargs["pk"]]), "Back to the escalation"

    def next(self, done: Any) -> str:
        return reverse("escalations:partner_escalation", args=[self.kwargs["pk"]])


class Answer(Answering, FollowedPage):
    """My agency answers."""


class MoveUp(MovingUp, FollowedPage):
    """Take it up a rung."""


class Resolve(Resolving, FollowedPage):
    """It is resolved."""


class Withdraw(Withdrawing, FollowedPage):
    """We no longer ask."""
