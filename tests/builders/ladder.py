"""Escalations at each point of their way, made by the real services."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from attendees.models import Professional
from cases.models import Case
from escalations import services
from escalations.enums import Cause, Theme
from escalations.models import Escalation, Resolution
from escalations.people import Actor
from tests.people import Cast

FACTS = "The police did not take part, and there was no quorum without them."
WANTED = "An officer who can decide, at the next discussion."


def a_matter(against: Any, **facts: Any) -> services.Matter:
    """What an escalation is about, as typed."""
    told: dict[str, Any] = {"cause": Cause.DISAGREEMENT, "facts": FACTS, "wanted": WANTED} | facts
    return services.Matter(against=against, **told)


def an_escalation(
    case: Case, people: Cast, *, by: Actor | None = None, at: datetime | None = None, **facts: Any
) -> Escalation:
    """Sam has raised one with the police, unless somebody else did with another."""
    on_behalf_of = facts.pop("on_behalf_of", None)
    matter = a_matter(facts.pop("against", people.police), **facts)
    moment = at or timezone.now()
    return services.raise_escalation(case, matter, by=by or people.sam, at=moment, on_behalf_of=on_behalf_of)


def a_resolution(
    escalation: Escalation, people: Cast, *, by: Actor | None = None, at: datetime | None = None, **facts: Any
) -> Resolution:
    """Both agencies agree."""
    said: dict[str, Any] = {
        "outcome": "A detective sergeant joins every discussion of this family, by video.",
        "agreed_with": "Paul Pike, Detective sergeant",
        "theme": Theme.ATTENDANCE,
    } | facts
    return services.resolve(escalation, **said, by=by or people.sam, at=at or timezone.now())


def paul_with_an_account(people: Cast) -> Professional:
    """The officer of the directory who signs in."""
    paul = Professional.objects.get(name="Paul Pike")
    paul.user = people.paul
    paul.save(update_fields=["user"])
    return paul


DAY = timedelta(days=1)
