"""Escalating that somebody whom quorum needs is not here, from the warning in the room (row G18)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from attendees.models import Attendance
from strategy.models import Discussion


@dataclass(frozen=True, slots=True)
class Link:
    """Where an absence is escalated, and the words of the link."""

    href: str
    words: str


def links_to_escalate(
    discussion: Discussion, missing: Iterable[str], away: Iterable[Attendance]
) -> list[Link]:
    """For each who is not here and whose role is missing, the form with its facts; else the case's page."""
    reference, roles = discussion.case.reference, set(missing)
    form = reverse("escalations:raise", args=[reference])
    found = [
        Link(f"{form}?about=attendance:{one.pk}", f"Escalate that {one.name}, {one.agency_name}, is not here")
        for one in away
        if one.quorum_role in roles and one.left_at is None
    ]
    words = "Escalate that somebody who must take part is not here"
    return found or [Link(reverse("worklist:escalations", args=[reference]), words)]
