"""What has no named person is given to one: cases without a worker, deadlines that are only a team's."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import Team, User
from accounts.roles import PARTNERS, Permission
from accounts.services.tidy import given
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.enums import CaseStatus
from cases.models import Case
from deadlines import services as deadlines
from deadlines.models import Deadline
from strategy.letters import allocated
from strategy.models import StrategyRequest
from strategy.people import SUPPORT
from strategy.services.allocating import let_in, may_be_let_in, name_worker
from worklist import events, permissions
from worklist.services.holdings import Item, kind_of, who_may_take

MOST = 100
NAMED = "Named by a manager"
NO_WORKER = Q(allocated_worker=None) | Q(allocated_worker__is_active=False)
NO_OWNER = Q(owner=None) | Q(owner__is_active=False)


def cases_without_worker(user: User) -> QuerySet[Any]:
    """Open cases on which something runs and that nobody is named for, the most urgent first.

    Of the teams this person manages; of the whole service for who oversees it.
    """
    running = Deadline.objects.running().filter(case=OuterRef("pk"))
    asked = StrategyRequest.objects.filter(case=OuterRef("pk")).order_by("-pk")
    return (
        _ours(user)
        .filter(NO_WORKER, Exists(running))
        .select_related("team")
        .annotate(
            things=Count("deadlines", filter=Q(deadlines__state="running")),
            due_at=Min("deadlines__due_at", filter=Q(deadlines__state="running")),
            asked_by=Subquery(asked.values("requester__name")[:1]),
        )
        .order_by("due_at", "pk")[:MOST]
    )


def clocks_without_owner(user: User) -> QuerySet[Deadline]:
    """Running deadlines without a named person, soonest first.

    What business support's team has in its queue is named by the officer of the day, while anybody is there.
    """
    there = User.objects.filter(teams=OuterRef("owner_team"), is_active=True)
    return (
        Deadline.objects.running()
        .filter(NO_OWNER, case__in=_ours(user))
        .exclude(Exists(there), owner_team__kind__in=SUPPORT)
        .select_related("case", "owner_team")
        .order_by("due_at", "pk")[:MOST]
    )


def who_may_work(case: Case) -> list[User]:
    """Who may be named for a case, its own team first; of a restricted case only who sees it already."""
    asks = Permission.REQUEST_DISCUSSION
    return [one for one in _staff(case) if one.may(asks) and may_be_let_in(case, one)]


def who_may_own(clock: Deadline) -> list[User]:
    """Who can do what a deadline asks for, the case's team first."""
    kind = kind_of(clock.duty, clock.verb)
    held = [Item(kind, clock.verb, sort="clock", duty=clock.duty)]
    able = who_may_take(kind, clock.owner or User(), held, _staff(clock.case))
    return [one for one in able if may_be_let_in(clock.case, one)]


@transaction.atomic
def allocate_case(case: Case, *, to: User, note: str, by: User, at: datetime) -> Case:
    """Name who works with the family, with a note; the deadlines that wait for a worker become theirs.

    1. Lock the case; may this person. 2. Nobody was named meanwhile; who is named can do it.
    3. They see the case, its clocks are brought in line. 4. A letter that names no child; the ledger.
    Raises NotAllowed, MoveNotAllowed, Refused at `to` or `note`.
    """
    kept = Case.objects.lock(case)
    refuse(permissions.refusal_to_allocate(by, kept))
    reason = given(note, "note", "Write a note for whoever takes it", 300)
    worker = kept.allocated_worker
    if worker is not None and worker.is_active:
        raise MoveNotAllowed(f"{worker.name} was named for {kept.reference} meanwhile.")
    _check(to, who_may_work(kept), f"work on {kept.reference}")
    name_worker(kept, to, why=NAMED, by=by, at=at)
    for clock in Deadline.objects.running().filter(NO_OWNER, case=kept, owner_team=kept.team).order_by("pk"):
        if to in who_may_own(clock):
            deadlines.hand_over(clock, owner=to, owner_team=clock.owner_team, by=by, at=at)
    _tell(kept, to, "the case", reason, by=by, at=at)
    return kept


@transaction.atomic
def allocate_clock(clock: Deadline, *, to: User, note: str, by: User, at: datetime) -> Deadline:
    """Give a deadline that nobody is named for to somebody, with a note. Raises as `allocate_case`."""
    case = Case.objects.lock(clock.case)
    held: Deadline = Deadline.objects.lock(clock)
    refuse(permissions.refusal_to_allocate(by, case))
    reason = given(note, "note", "Write a note for whoever takes it", 300)
    if held.owner is not None and held.owner.is_active:
        raise MoveNotAllowed(f"{held.owner.name} has this already.")
    _check(to, who_may_own(held), "do this")
    let_in(case, to, NAMED, by, at)
    theirs = deadlines.hand_over(held, owner=to, owner_team=held.owner_team, by=by, at=at)
    _tell(case, to, held.verb, reason, by=by, at=at)
    return theirs


def _ours(user: User) -> QuerySet[Case]:
    mine = Case.objects.visible_to(user).exclude(status=CaseStatus.CLOSED)
    return mine if user.may(Permission.OVERSEE) else mine.filter(team__manager=user)


def _staff(case: Case) -> list[User]:
    there = User.objects.filter(is_active=True, agency__is_authority=True).select_related("agency")
    there = there.exclude(roles__overlap=[*PARTNERS, "administrator", "inspector"])
    ours = Exists(Team.members.through.objects.filter(team=case.team_id, user=OuterRef("pk")))
    return list(there.annotate(is_ours=ours).order_by("-is_ours", "name", "pk"))


def _check(to: User, able: list[User], does: str) -> None:
    if to not in able:
        raise Refused("to", f"{to.name} cannot {does}. Choose somebody else")


def _tell(case: Case, to: User, what: str, why: str, *, by: User, at: datetime) -> None:
    if to.pk != by.pk:
        allocated(case, to, by=by, at=at)
    audit.record(events.ALLOCATED, case, by=by, at=at, data={"to": to.pk, "what": what, "why": why})
