"""Nobody records a child twice by mistake: who is like it is shown first, and declined with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import Team, User
from audit.errors import Refused
from audit.services import record
from cases import events
from cases.errors import AlreadyRecorded
from cases.models import Case, Child
from cases.rules import ChildFacts
from cases.services.people import add_child

MOST = 5  # matches shown of each child
FIELD = "another_because"


@dataclass
class Matches:
    """Children recorded already who may be one of those typed, and teams that have others."""

    children: list[Child] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.children or self.teams)


def matches_of(facts: Sequence[ChildFacts], *, by: User) -> Matches:
    """Whom these children may be already. Of a case that is not this person's only its team is told;
    a restricted one leaves no trace."""
    found = Matches()
    for one in facts:
        likely = Child.objects.likely(one)
        mine = list(likely.visible_to(by).select_related("case__team")[:MOST])
        others = likely.filter(case__restricted=False).exclude(case__in=Case.objects.visible_to(by))
        found.children += [child for child in mine if child not in found.children]
        teams = [child.case.team for child in others.select_related("case__team")[:MOST]]
        found.teams += [team for team in dict.fromkeys(teams) if team not in found.teams]
    return found


def refuse_matches(
    facts: Sequence[ChildFacts], because: str, *, by: User, seen: Sequence[int] = ()
) -> Matches:
    """Refuse children who are recorded already, unless it is said why they are others.

    `seen` are those whom the search showed as very like. Returns whom these children are said not to be.
    Raises Refused, and AlreadyRecorded with the matches.
    """
    _refuse_twice(facts)
    found = matches_of(facts, by=by)
    for child in Child.objects.visible_to(by).filter(pk__in=seen).select_related("case__team"):
        found.children += [] if child in found.children else [child]
    if found and not because.strip():
        sentence = "Look at who is recorded already: open their case, or say why this is another child"
        raise AlreadyRecorded(FIELD, sentence, found.children, found.teams)
    return found


def decline_matches(case: Case, others: Matches, because: str, *, by: User, at: datetime) -> None:
    """Write down that the children of this case are not those others, and why."""
    if others:
        data = {
            "not": [f"child:{child.pk}" for child in others.children],
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


def _refuse_twice(facts: Sequence[ChildFacts]) -> None:
    told = [
        (one.given_names.strip().casefold(), one.family_name.strip().casefold(), one.date_of_birth)
        for one in facts
        if not one.is_unborn
    ]
    if len(set(told)) < len(told):
        raise Refused(
            None, "Two of the children have the same names and date of birth: enter each child once"
        )
