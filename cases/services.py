"""Opening a case, keeping its people, and saying who may see it."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.timezone import localdate

from accounts.models import Team, User
from audit.errors import Refused, refuse
from audit.services import record
from cases import events, permissions
from cases.enums import AccessPurpose
from cases.models import Access, Case, Child, FamilyMember
from cases.rules import ChildFacts, FamilyFacts, problems_with_child, problems_with_family


@transaction.atomic
def open_case(
    *,
    team: Team,
    by: User,
    at: datetime,
    children: Sequence[ChildFacts] = (),
    family: Sequence[FamilyFacts] = (),
    known_before: bool = False,
    worker_safety: str = "",
    allocated_worker: User | None = None,
) -> Case:
    """Open a case for a family; its reference carries no name, and its team and the opener may see it.

    Raises NotAllowed, or Refused at the first field that cannot stand.
    """
    refuse(permissions.refusal_to_open(by, at))
    case = Case.objects.create(
        reference=_next_reference(at),
        team=team,
        known_before=known_before,
        worker_safety=worker_safety,
        allocated_worker=allocated_worker,
    )
    record(events.OPENED, case, subject=case, by=by, at=at, data={"team": team.pk})
    grant(case, user=by, purpose=AccessPurpose.ALLOCATED, why="Opened the case", by=by, at=at)
    grant(case, team=team, purpose=AccessPurpose.ALLOCATED, why="The case’s team", by=by, at=at)
    for child in children:
        add_child(case, child, by=by, at=at)
    for member in family:
        add_family_member(case, member, by=by, at=at)
    return case


@transaction.atomic
def add_child(case: Case, facts: ChildFacts, *, by: User, at: datetime) -> Child:
    """Add a child, born or unborn, to the case. Raises NotAllowed and Refused."""
    case = Case.objects.lock(case)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_child(facts, localdate(at)))
    child = Child.objects.create(case=case, **dataclasses.asdict(facts))
    record(events.CHILD_ADDED, case, subject=child, by=by, at=at)
    return child


@transaction.atomic
def change_child(child: Child, facts: ChildFacts, *, by: User, at: datetime) -> Child:
    """Replace what is known of a child; the ledger names the fields that changed, never their content.

    Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(child.case)
    kept: Child = Child.objects.lock(child)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_child(facts, localdate(at)))
    changed = _replace(kept, dataclasses.asdict(facts))
    if changed:
        record(events.CHILD_CHANGED, case, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def add_family_member(case: Case, facts: FamilyFacts, *, by: User, at: datetime) -> FamilyMember:
    """Add somebody of the family or household. Raises NotAllowed and Refused."""
    case = Case.objects.lock(case)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_family(facts, localdate(at)))
    member = FamilyMember.objects.create(case=case, **dataclasses.asdict(facts))
    record(events.FAMILY_ADDED, case, subject=member, by=by, at=at)
    return member


@transaction.atomic
def change_family_member(member: FamilyMember, facts: FamilyFacts, *, by: User, at: datetime) -> FamilyMember:
    """Replace what is known of somebody of the family. Raises NotAllowed and Refused."""
    case = Case.objects.lock(member.case)
    kept: FamilyMember = FamilyMember.objects.lock(member)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_family(facts, localdate(at)))
    changed = _replace(kept, dataclasses.asdict(facts))
    if changed:
        record(events.FAMILY_CHANGED, case, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def grant(
    case: Case,
    *,
    user: User | None = None,
    team: Team | None = None,
    purpose: AccessPurpose,
    why: str,
    by: User | None,
    at: datetime,
) -> Access:
    """Let a person or a team see the case from now on; the same grant again changes nothing.

    It begins by the database's clock, however long ago the act that earned it happened: nobody could see
    the case before. Raises ValueError unless exactly one of `user` and `team` is given.
    """
    if (user is None) == (team is None):
        raise ValueError("access is of a person or of a team")
    same = Access.objects.current().filter(case=case, user=user, team=team, purpose=purpose).first()
    if same is not None:
        return same
    access = Access.objects.create(
        case=case, user=user, team=team, purpose=purpose, why=why[:300], starts_at=Now(), granted_by=by
    )
    data = {"to": f"user:{user.pk}" if user else f"team:{team.pk}", "purpose": purpose.value}  # type: ignore[union-attr]
    record(events.ACCESS_GRANTED, case, subject=access, by=by, at=at, data=data)
    return access


@transaction.atomic
def revoke(
    case: Case,
    *,
    user: User | None = None,
    team: Team | None = None,
    purpose: AccessPurpose | None = None,
    why: str,
    by: User | None,
    at: datetime,
) -> int:
    """End the grants of a person or a team at once, all or of one purpose; returns how many ended.

    Raises ValueError unless exactly one of `user` and `team` is given.
    """
    if (user is None) == (team is None):
        raise ValueError("access is of a person or of a team")
    current = Access.objects.current().filter(case=case, user=user, team=team)
    if purpose is not None:
        current = current.filter(purpose=purpose)
    ended = list(current.select_for_update().order_by("pk"))
    Access.objects.filter(pk__in=[access.pk for access in ended]).update(until=Now())
    for access in ended:
        record(events.ACCESS_REVOKED, case, subject=access, by=by, at=at, data={"why": why[:300]})
    return len(ended)


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_reference')")
        return f"TH-{localdate(at).year}-{cursor.fetchone()[0]:05d}"


def _replace(row: Any, values: dict[str, Any]) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def _refuse_problems(problems: dict[str, str]) -> None:
    for field, sentence in problems.items():
        raise Refused(field, sentence)
