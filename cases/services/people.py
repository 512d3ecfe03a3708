"""Keeping what is known of the children and the family."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from audit.errors import Refused, refuse
from audit.services import record
from cases import events, hooks, permissions
from cases.models import Case, Child, FamilyMember, Tie
from cases.rules import (
    ChildFacts,
    FamilyFacts,
    TieFacts,
    problems_with_child,
    problems_with_family,
    tidy_child,
    tidy_member,
)

PLACE = frozenset({"address", "postcode", "address_confidential", "phone"})
SAME_FOR_ALL = {
    "address": ("address", "postcode", "address_confidential"),
    "previous_addresses": ("previous_addresses",),
    "school": ("school",),
    "gp": ("gp",),
    "ethnicity": ("ethnicity",),
    "language": ("language", "interpreter_needed"),
    "home_authority": ("home_authority", "placing_authority", "host_authority"),
}


@transaction.atomic
def add_child(case: Case, facts: ChildFacts, *, by: User, at: datetime) -> Child:
    """Add a child, born or unborn, to the case. Raises NotAllowed and Refused."""
    case = Case.objects.lock(case)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_child(facts, localdate(at)))
    child = Child.objects.create(case=case, **_values(facts))
    _tell_if_hidden(child, case, PLACE, at)
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
    _refuse_problems(problems_with_child(facts, localdate(at), kept.date_of_birth))
    changed = _replace(kept, _values(facts))
    _tell_if_hidden(kept, case, changed, at)
    if changed:
        record(events.CHILD_CHANGED, case, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def add_family_member(case: Case, facts: FamilyFacts, *, by: User, at: datetime) -> FamilyMember:
    """Add somebody of the family or household, the same to every child until told otherwise.

    Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(case)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_family(facts, localdate(at)))
    member = FamilyMember.objects.create(case=case, **_values(facts))
    Tie.objects.bulk_create(
        Tie(
            child=child,
            member=member,
            relationship=facts.relationship,
            has_parental_responsibility=facts.has_parental_responsibility,
        )
        for child in Child.objects.filter(case=case)
    )
    _tell_if_hidden(member, case, PLACE, at)
    record(events.FAMILY_ADDED, case, subject=member, by=by, at=at)
    return member


@transaction.atomic
def change_family_member(member: FamilyMember, facts: FamilyFacts, *, by: User, at: datetime) -> FamilyMember:
    """Replace what is known of somebody of the family. Raises NotAllowed and Refused."""
    case = Case.objects.lock(member.case)
    kept: FamilyMember = FamilyMember.objects.lock(member)
    refuse(permissions.refusal_to_change(by, case, at))
    _refuse_problems(problems_with_family(facts, localdate(at)))
    changed = _replace(kept, _values(facts))
    _tell_if_hidden(kept, case, changed, at)
    if changed:
        record(events.FAMILY_CHANGED, case, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def set_ties(member: FamilyMember, ties: Sequence[TieFacts], *, by: User, at: datetime) -> FamilyMember:
    """Say who somebody is to each child, and for whom they have parental responsibility.

    A child that is left out, or has no relationship, has no tie to them. Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(member.case)
    kept: FamilyMember = FamilyMember.objects.lock(member)
    refuse(permissions.refusal_to_change(by, case, at))
    own = {child.pk for child in Child.objects.filter(case=case)}
    told = {tie.child: tie for tie in ties if tie.relationship.strip()}
    if set(told) - own:
        raise Refused(None, "This child is not part of the case")
    if any(tie.has_parental_responsibility for tie in ties if tie.child not in told):
        raise Refused(None, "Say who this is to each child they have parental responsibility for")
    before = {tie.child_id: tie for tie in Tie.objects.filter(member=kept)}
    changed = [pk for pk in own if _tie_as_told(before.get(pk)) != _tie_as_told(told.get(pk))]
    Tie.objects.filter(member=kept, child__in=changed).delete()
    Tie.objects.bulk_create(
        Tie(
            child_id=pk,
            member=kept,
            relationship=told[pk].relationship.strip(),
            has_parental_responsibility=told[pk].has_parental_responsibility,
        )
        for pk in changed
        if pk in told
    )
    for_any = any(tie.has_parental_responsibility for tie in told.values())
    changed_too = _replace(kept, {"has_parental_responsibility": for_any})
    if changed or changed_too:
        data = {"children": sorted(changed)}
        record(events.FAMILY_CHANGED, case, subject=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def say_born(child: Child, facts: ChildFacts, *, told_at: datetime, by: User, at: datetime) -> Child:
    """A child recorded unborn is born: the same record, now with a name and a date of birth.

    `told_at` is when it became known; what counts from the child being there counts from then.
    Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(child.case)
    kept: Child = Child.objects.lock(child)
    refuse(permissions.refusal_to_change(by, case, at))
    if not kept.is_unborn:
        raise Refused(None, "This child is recorded as born already")
    if facts.is_unborn or facts.date_of_birth is None:
        raise Refused("date_of_birth", "Enter the date of birth")
    if told_at > at:
        raise Refused("told_at", "This is in the future")
    if localdate(told_at) < facts.date_of_birth:
        raise Refused("told_at", "This is before the child was born")
    _refuse_problems(problems_with_child(facts, localdate(at)))
    kept.birth_told_at = told_at
    kept.save(update_fields=["birth_told_at"])
    _tell_if_hidden(kept, case, _replace(kept, _values(facts)), at)
    record(events.CHILD_BORN, case, subject=kept, by=by, at=at)
    return kept


@transaction.atomic
def copy_to_all(child: Child, fields: Sequence[str], *, by: User, at: datetime) -> list[Child]:
    """The same for all children of the family: address, school and the like; returns those that changed.

    Each may differ again afterwards. Raises NotAllowed, and Refused for a field that is nobody else's.
    """
    case = Case.objects.lock(child.case)
    refuse(permissions.refusal_to_change(by, case, at))
    if not fields or set(fields) - set(SAME_FOR_ALL):
        raise Refused("fields", "Choose what is the same for all the children")
    kept: Child = Child.objects.lock(child)
    names = [name for field in fields for name in SAME_FOR_ALL[field]]
    values = {name: getattr(kept, name) for name in names}
    changed = []
    for other in (
        Child.objects.filter(case=case).exclude(pk=kept.pk).select_for_update(of=("self",)).order_by("pk")
    ):
        if differs := _replace(other, values):
            _tell_if_hidden(other, case, differs, at)
            record(events.CHILD_CHANGED, case, subject=other, by=by, at=at, data={"fields": differs})
            changed.append(other)
    return changed


@transaction.atomic
def remove_child(child: Child, *, why: str, by: User, at: datetime) -> Child:
    """Take a child off the family, with the reason; the record stays, and what was decided stands.

    Whether anything is open for the child is the question of the rooms above. Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(child.case)
    kept: Child = Child.objects.lock(child)
    refuse(permissions.refusal_to_change(by, case, at))
    if Child.objects.filter(case=case).count() == 1:
        raise Refused(None, "This is the only child of the case: a case without a child is none")
    return _remove(kept, events.CHILD_REMOVED, why, by=by, at=at)


@transaction.atomic
def remove_family_member(member: FamilyMember, *, why: str, by: User, at: datetime) -> FamilyMember:
    """Take somebody off the family, with the reason; the record stays. Raises NotAllowed and Refused."""
    case = Case.objects.lock(member.case)
    kept: FamilyMember = FamilyMember.objects.lock(member)
    refuse(permissions.refusal_to_change(by, case, at))
    return _remove(kept, events.FAMILY_REMOVED, why, by=by, at=at)


@transaction.atomic
def change_worker_safety(case: Case, words: str, *, by: User, at: datetime) -> Case:
    """What a visiting worker must know to be safe; empty when there is nothing. Raises NotAllowed."""
    kept = Case.objects.lock(case)
    refuse(permissions.refusal_to_change(by, kept, at))
    if _replace(kept, {"worker_safety": words.strip()}):
        record(events.SAFETY_CHANGED, kept, subject=kept, by=by, at=at)
    return kept


def _remove(row: Any, event: str, why: str, *, by: User, at: datetime) -> Any:
    if not why.strip():
        raise Refused("why", "Enter why, for whoever looks for them later")
    row.removed_at, row.removed_by, row.removed_why = at, by, why.strip()[:300]
    row.save(update_fields=["removed_at", "removed_by", "removed_why"])
    record(event, row.case, subject=row, by=by, at=at, data={"why": row.removed_why})
    return row


def _tie_as_told(tie: "Tie | TieFacts | None") -> tuple[str, bool] | None:
    return (tie.relationship.strip(), tie.has_parental_responsibility) if tie else None


def _values(facts: ChildFacts | FamilyFacts) -> dict[str, Any]:
    return dataclasses.asdict(tidy_child(facts) if isinstance(facts, ChildFacts) else tidy_member(facts))


def _replace(row: Any, values: dict[str, Any]) -> list[str]:
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def _tell_if_hidden(row: Child | FamilyMember, case: Case, changed: Iterable[str], at: datetime) -> None:
    """What is hidden from now on may stand in something that left before."""
    if row.address_confidential and not PLACE.isdisjoint(changed):
        hooks.tell_hidden(case, at)


def _refuse_problems(problems: dict[str, str]) -> None:
    for field, sentence in problems.items():
        raise Refused(field, sentence)
