"""A telephone conference of the night that has been held, as it is told; and the whole page of a night."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from attendees.services.afterwards import AsHeld
from cases.models import Child
from minutes.services.afterwards import Agreed, Asking, Told, TookPart
from minutes.services.night import Call, Night, Protection, ToCome
from referrals.enums import AbuseType, CircumstanceKind
from referrals.rules import CircumstanceFacts, ReferralFacts
from referrals.services import ConcernFacts, NewCase
from strategy.models import StrategyRequest
from strategy.services import Verbal
from tests.builders.meeting import a_threshold
from tests.builders.requests import a_protocol, professionals_of, siblings
from tests.people import Cast

WORDS = "Yes, hold it at once by telephone, and ring me with the outcome."


def minutes_ago(number: int, at: datetime) -> datetime:
    """A moment to the minute, as people type it."""
    return at.replace(second=0, microsecond=0) - timedelta(minutes=number)


def as_told(people: Cast, request: StrategyRequest, *, at: datetime | None = None, **facts: Any) -> Told:
    """Mo said yes 40 minutes ago; Sam, Paul, Hetty and Dan spoke from 35 to 10 minutes ago; Mo chaired."""
    now = at or timezone.now()
    chair: User = facts.pop("chair", people.mo)
    held = AsHeld(
        **{
            "started_at": minutes_ago(35, now),
            "ended_at": minutes_ago(10, now),
            "chair": chair,
            "hub": "Emergency duty office",
            "facilitator": "Sam Shah",
        }
        | facts.pop("held", {})
    )
    said = {"manager": people.mo, "said_at": minutes_ago(40, now), "words": WORDS}
    verbal = facts.pop("verbal", {})
    asked = {"urgent_reason": "The child cannot go home tonight."} | facts.pop("asked", {})
    told: dict[str, Any] = {
        "held": held,
        "present": present(people),
        "decided": [(child, a_threshold()) for child in request.children.order_by("pk")],
        "agreed": [Agreed(text="Visit tonight", owner_name="Paul Pike", due_at=now + timedelta(hours=3))],
        "asked": Asking(verbal=None if verbal is None else Verbal(**said | verbal), **asked),
    }
    return Told(**told | facts)


def present(people: Cast) -> list[TookPart]:
    """Paul, Hetty and Dan, from the start."""
    return [TookPart(chosen=one) for one in professionals_of(people)]


def to_come(people: Cast, *, verbal: Verbal | None = None) -> ToCome:
    """A conference with Paul, Hetty and Dan that nobody has held yet."""
    asked = Asking(urgent_reason="The child cannot go home tonight.", verbal=verbal)
    return ToCome(asked=asked, people=present(people))


def a_night(people: Cast, *, at: datetime | None = None, **facts: Any) -> Night:
    """The hospital rang Eve an hour ago about two children; Mo said yes, and all spoke; Eve chaired."""
    now = at or timezone.now()
    a_protocol("wirral", now)
    held = AsHeld(
        started_at=minutes_ago(35, now),
        ended_at=minutes_ago(10, now),
        chair=people.eve,
        hub="Emergency duty office",
        facilitator="Eve Early",
    )
    told = Told(
        held=held,
        present=present(people),
        decided=(),
        agreed=[Agreed(text="Ring the ward at six", owner=people.eve, due_at=now + timedelta(hours=3))],
        asked=Asking(
            urgent_reason="The child cannot go home tonight.",
            verbal=Verbal(manager=people.mo, said_at=minutes_ago(40, now), words=WORDS),
        ),
    )
    night: dict[str, Any] = {
        "came_in": ReferralFacts(
            triggered_at=minutes_ago(60, now),
            source="3E",
            referrer_name="Sister Agnew",
            referrer_phone="01632 960120",
            narrative="A twisted arm that the explanation does not fit.",
        ),
        "told": told,
        "about": [(0, a_threshold()), (1, a_threshold("section_17"))],
        "threshold_reason": "An injury that nobody can explain.",
        "parents_informed": "not_informed",
        "parents_reason": "It could put the children at risk tonight.",
        "new_case": NewCase(team=people.team, children=siblings()),
        "concerns": [ConcernFacts(child=0, abuse_type=AbuseType.PHYSICAL)],
        "circumstances": [CircumstanceFacts(kind=CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)],
        "calls": [Call(callee="Duty sergeant", called_at=minutes_ago(50, now), result="Meet us there.")],
        "protection": Protection(
            decision="They stay on the ward.",
            police_contact="PS Pike, 01632 960101",
            decided_at=minutes_ago(45, now),
        ),
        "seen": (),
    }
    return Night(**night | facts)


def children_of(request: StrategyRequest) -> list[Child]:
    """In the order in which they were typed."""
    return list(request.children.order_by("pk"))
