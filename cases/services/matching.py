"""Nobody records a child twice by mistake: who is like it is shown first, and declined with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from audit.errors import Refused
from audit.services import record
from cases import events
from cases.errors import AlreadyRecorded
from cases.models import Case, Child, FamilyMember
from cases.rules import ChildFacts, FamilyFacts
from cases.services.people import add_child, add_family_member

MOST = 5  # matches shown of each child
FIELD, LOOKED = "another_because", "has_looked"


@dataclass
class Matches:
    """Children and adults recorded already who may be one of those typed, and teams that have others."""

    children: list[Child] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    adults: list[FamilyMember] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.children or self.teams or self.adults)


def adults_like(facts: Sequence[FamilyFacts], *, by: User) -> Matches:
    """Of whose family these adults are already: those of cases that this person may see, else the team alone.

    A restricted case leaves no trace.
    """
    found = Matches()
    for one in facts:
        likely = FamilyMember.objects.likely(one)
        _take(found.adults, found.teams, likely, by)
    return found


def _take(people: list[Any], teams: list[Team], likely: Any, by: User) -> None:
    mine = likely.visible_to(by).select_related("case__team")[:MOST]
    people += [one for one in mine if one not in people]
    others = likely.filter(case__restricted=False).exclude(case__in=Case.objects.visible_to(by))
    teams += [
        team
        for team in dict.fromkeys(one.case.team for one in others.select_related("case__team")[:MOST])
        if team not in teams
    ]


def matches_of(facts: Sequence[ChildFacts], *, by: User) -> Matches:
    """Whom these children may be already. Of a case that is not this person's only its team is told;
    a restricted one leaves no trace."""
    found = Matches()
    for one in facts:
        _take(found.children, found.teams, Child.objects.likely(one), by)
    return found


def refuse_matches(
    facts: Sequence[ChildFacts],
    because: str,
    *,
    by: User,
    seen: Sequence[int] = (),
    family: Sequence[FamilyFacts] = (),
) -> Matches:
    """Refuse children who are recorded already, or whose `family` is, unless it is said why they are others.

    `seen` are those whom the search showed as very like. Returns whom these children are said not to be.
    Raises Refused, and AlreadyRecorded with the matches.
    """
    _refuse_twice(facts)
    found = matches_of(facts, by=by)
    for child in Child.objects.visible_to(by).filter(pk__in=seen).select_related("case__team"):
        found.children += [] if child in found.children else [child]
    adults = adults_like(family, by=by)
    found.adults += adults.adults
    found.teams += [team for team in adults.teams if team not in found.teams]
    if found and not because.strip():
        other = "child" if found.children or not adults else "family"
        sentence = f"Look at who is recorded already: open their case, or say why this is another {other}"
        raise AlreadyRecorded(FIELD, sentence, found.children, found.teams, found.adults)
    return found


def decline_matches(case: Case, others: Matches, because: str, *, by: User, at: datetime) -> None:
    """Write down that the children of this case are not those others, and why."""
    if others:
        data = {
            "not": [f"child:{child.pk}" for child in others.children],
            "not_of_family_of": [f"familymember:{one.pk}" for one in others.adults],
            "not_of_teams": [team.pk for team in others.teams],
            "why": because.strip()[:300],
        }
        record(events.MATCH_DECLINED, case, subject=case, by=by, at=at, data=data)


@transaction.atomic
def add_another_child(case: Case, facts: ChildFacts, *, because: str, by: User, at: datetime) -> Child:
    """Add a child to a case after looking whether it is recorded already, here or elsewhere.

    Raises NotAllowed, Refused, and AlreadyRecorded with who is like it.
    """
    others = refuse_matches([facts], because, by=by)
    child = add_child(case, facts, by=by, at=at)
    decline_matches(case, others, because, by=by, at=at)
    return child


@transaction.atomic
def add_another_member(
    case: Case, facts: FamilyFacts, *, has_looked: bool, by: User, at: datetime
) -> FamilyMember:
    """Add somebody of the family after looking whether they are recorded already, here or elsewhere.

    One person may be of two families: whoever `has_looked` goes on, and whom they were shown is written down.
    Raises NotAllowed, Refused, and AlreadyRecorded with who is like them.
    """
    others = adults_like([facts], by=by)
    if others and not has_looked:
        sentence = "Look at who is recorded already, then say that you have looked"
        raise AlreadyRecorded(LOOKED, sentence, [], others.teams, others.adults)
    member = add_family_member(case, facts, by=by, at=at)
    if others:
        data = {
            "like": [f"familymember:{one.pk}" for one in others.adults],
            "of_teams": [team.pk for team in others.teams],
        }
        record(events.ADULT_KNOWN, case, subject=member, by=by, at=at, data=data)
    return member


def _refuse_twice(facts: Sequence[ChildFacts]) -> None:
    told = [
        (one.given_names.strip().casefold(), one.family_name.strip().casefold(), one.date_of_birth)
        for one in facts
        if not one.is_unborn
    ]
    twice = next((place for place, one in enumerate(told) if one in told[:place]), None)
    if twice is not None:
        born = [place for place, one in enumerate(facts) if not one.is_unborn]
        raise Refused(
            f"children-{born[twice]}-given_names",
            "Two of the children have the same names and date of birth: enter each child once",
        )
