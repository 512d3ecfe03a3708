"""Where things are: the tabs of a case and the page behind each subject of a clock or an entry."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from attendees.models import InformationRequest, Invitation
from cases.models import Case, Child
from deadlines.models import Deadline
from minutes.models import Action, Minutes, MinutesVersion
from referrals.models import Referral
from strategy.models import Booking, Discussion, Enquiry, StrategyRequest

if TYPE_CHECKING:
    from accounts.models import User

TABS = (
    ("overview", "Overview", "worklist:case"),
    ("people", "People", "worklist:people"),
    ("discussions", "Discussions", "worklist:discussions"),
    ("actions", "Actions", "worklist:actions"),
)


def tabs(case: Case, current: str, *, access_log: bool) -> list[dict[str, Any]]:
    """The case's sub-navigation: text, href, current."""
    rows = [*TABS, *([("access", "Access log", "worklist:access_log")] if access_log else [])]
    return [
        {"text": text, "href": reverse(name, args=[case.reference]), "current": key == current}
        for key, text, name in rows
    ]


def _request(row: StrategyRequest) -> str:
    return reverse("strategy:request", args=[row.pk])


def _referral(row: Referral) -> str:
    """Its request; while nobody asks for a discussion, the page that answers it."""
    last = row.requests.order_by("-pk").first()
    clock = Deadline.objects.running().filter(subject=f"referral:{row.pk}", duty="convene")
    if (last is None or last.status in {"withdrawn", "not_needed"}) and clock.exists():
        return reverse("referrals:answer", args=[row.pk])
    return _request(last) if last else reverse("worklist:case", args=[row.case.reference])


def _discussion(row: Discussion) -> str:
    return reverse("attendees:discussion", args=[row.pk])


def _held(row: Discussion) -> str:
    """Once it has ended, what is still to be done for a discussion is done with its minutes."""
    return reverse("minutes:read", args=[row.pk]) if row.ended_at else _discussion(row)


def _minutes(row: Minutes) -> str:
    name = "minutes:room" if row.status in {"opened", "live"} else "minutes:read"
    return reverse(name, args=[row.discussion_id])


def _child(row: Child) -> str:
    return reverse("strategy:child_seen", args=[row.pk])


PLACES: dict[str, tuple[Any, Callable[[Any], str]]] = {
    "referral": (Referral, _referral),
    "request": (StrategyRequest, _request),
    "strategyrequest": (StrategyRequest, _request),
    "discussion": (Discussion, _held),
    "booking": (Booking, lambda row: _discussion(row.discussion)),
    "invitation": (Invitation, lambda row: _discussion(row.discussion)),
    "information": (InformationRequest, lambda row: _discussion(row.discussion)),
    "informationrequest": (InformationRequest, lambda row: _discussion(row.discussion)),
    "minutes": (Minutes, _minutes),
    "minutesversion": (MinutesVersion, lambda row: _minutes(row.minutes)),
    "action": (Action, lambda row: reverse("minutes:actions", args=[row.minutes.discussion_id])),
    "child": (Child, _child),
    "enquiry": (Enquiry, lambda row: reverse("strategy:enquiry", args=[row.pk])),
}


def leads_somewhere(subject: str) -> bool:
    """Whether a page stands behind subjects of this kind."""
    return subject.partition(":")[0] in PLACES


def address_of(subject: str, user: "User") -> str | None:
    """The page behind `request:12`, when the person may see its case; None otherwise."""
    kind, _, number = subject.partition(":")
    if kind not in PLACES or not number.isdigit() or len(number) > 18:
        return None
    model, place = PLACES[kind]
    row = model.objects.visible_to(user).filter(pk=int(number)).first()
    return place(row) if row else None
