"""Two records of one child, or two cases of one family, become one. It can’t be undone.

Everything that pointed at the record that goes points at the one that stays: every foreign key, found by
asking the models themselves so that no later table is forgotten, and every clock's text. What would make two
of what may be there once (two open enquiries, a decision for each in one discussion) is refused instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from accounts.models import User
from audit.errors import Refused, refuse
from audit.services import record
from cases import events
from cases.enums import AccessPurpose, CaseStatus
from cases.models import Access, Case, Child, Tie
from cases.permissions import refusal_to_merge
from cases.rules import ChildFacts, problems_with_child
from cases.services import grant, revoke
from deadlines.enums import ClockState
from deadlines.models import Deadline
from deadlines.services import meet, void
from referrals.models import Concern
from strategy.enums import DiscussionStatus
from strategy.models import Discussion, EmergencyPower, Enquiry, StrategyRequest
from strategy.services.family import keep_all_clocks

CHOICES = tuple(name for name in ChildFacts.__dataclass_fields__)
BIRTH = ("is_unborn", "date_of_birth", "expected_date")  # chosen together: half of each is no birth
Key = tuple[int | None, int | None]


@transaction.atomic
def merge_children(
    goes: Child, stays: Child, *, from_other: Sequence[str] = (), by: User, at: datetime
) -> Child:
    """Two records of one child become one; `from_other` names what the record that goes knows better.

    1. Lock the case and both records. 2. May this person: a manager. 3. Nothing would be there twice.
    4. Move all that points, then the clocks. 5. Record. Raises NotAllowed and Refused.
    """
    case = Case.objects.lock(stays.case)
    kept, gone = _both(Child, stays, goes)
    refuse(refusal_to_merge(by, case, at))
    if kept.pk == gone.pk or kept.case_id != gone.case_id:
        raise Refused(None, "Two records of one case can be merged: merge the two cases first")
    _refuse_two(kept, gone)
    _move_child(kept, gone)
    _move_clocks(kept, gone, by=by, at=at)
    _take_over(kept, gone, from_other, at)
    gone.removed_at, gone.removed_by, gone.merged_into = at, by, kept
    gone.removed_why = "Merged into another record of the same child"
    gone.save(update_fields=["removed_at", "removed_by", "removed_why", "merged_into"])
    keep_all_clocks(case, by=by, at=at)
    data = {"from": f"child:{gone.pk}", "fields": sorted(from_other)}
    record(events.CHILD_MERGED, case, subject=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def merge_cases(
    goes: Case,
    stays: Case,
    *,
    same: Mapping[int, int] | None = None,
    may_see: Sequence[int] = (),
    why: str,
    by: User,
    at: datetime,
) -> Case:
    """Two cases of one family become one. `same` names children who are one: who goes, and who stays.

    Who saw one case sees the merged one, unless either is restricted: then only who may see both, and those
    whose grants (`may_see`) the manager names. The merged case is restricted when either was.
    1. Lock both. 2. May this person: a manager who sees both. 3. Nothing is in the middle of being held.
    4. Move children, family, requests, discussions, clocks and access. 5. Record.
    Raises NotAllowed and Refused.
    """
    kept, gone = _both(Case, stays, goes)
    refuse(refusal_to_merge(by, kept, at))
    refuse(refusal_to_merge(by, gone, at))
    _refuse_case(kept, gone, why)
    plan = who_may_see(gone, kept)
    _move_case(kept, gone)
    _move_access(plan, set(may_see), kept, gone, by=by, at=at)
    gone.status, gone.merged_into = CaseStatus.CLOSED, kept
    gone.restricted = kept.restricted = kept.restricted or gone.restricted  # the empty one betrays nothing
    gone.save(update_fields=["status", "merged_into", "restricted"])
    kept.known_before = kept.known_before or gone.known_before
    worker = gone.allocated_worker
    if kept.allocated_worker is None and worker and Case.objects.visible_to(worker).filter(pk=kept.pk):
        kept.allocated_worker = worker
    words = dict.fromkeys(one for one in (kept.worker_safety, gone.worker_safety) if one)
    kept.worker_safety = "\n".join(words)
    kept.save(update_fields=["restricted", "known_before", "allocated_worker", "worker_safety"])
    for going, staying in (same or {}).items():
        two = {one.pk: one for one in Child.objects.filter(case=kept, pk__in=[going, staying])}
        if len(two) < 2:
            raise Refused(None, "One of these children is no longer in either case: look at them again")
        merge_children(two[going], two[staying], by=by, at=at)
    keep_all_clocks(kept, by=by, at=at)
    data = {"from": gone.reference, "why": why.strip()[:300], "children": len(same or {})}
    record(events.MERGED, gone, subject=kept, by=by, at=at, data=data)
    record(events.MERGED, kept, subject=gone, by=by, at=at, data=data)
    return kept


@dataclass(frozen=True)
class Plan:
    """Who sees the merged case by themselves, and whose grants a manager must choose among."""

    move: list[Access]
    keep: list[Access]
    choose: list[Access]


def who_may_see(goes: Case, stays: Case) -> Plan:
    """Grants in force on either case, sorted by whether they carry over. Reads only."""
    theirs = list(Access.objects.current().filter(case=goes).select_related("user", "team").order_by("pk"))
    ours = list(Access.objects.current().filter(case=stays).select_related("user", "team").order_by("pk"))
    both = {_key(one) for one in theirs} & {_key(one) for one in ours}
    asked_of_theirs = [one for one in theirs if stays.restricted and _key(one) not in both]
    asked_of_ours = [one for one in ours if goes.restricted and _key(one) not in both]
    choose = asked_of_theirs + asked_of_ours
    return Plan(
        move=[one for one in theirs if one not in choose],
        keep=[one for one in ours if one not in choose],
        choose=choose,
    )


def _key(access: Access) -> Key:
    return access.user_id, access.team_id


def _both(model: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """Both rows locked, always in the same order, so that two merges never wait for each other."""
    rows = {
        row.pk: row
        for row in model._base_manager.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[first.pk, second.pk])
        .order_by("pk")
    }
    return rows[first.pk], rows[second.pk]


def _refuse_two(kept: Child, gone: Child) -> None:
    if gone.removed_at or kept.removed_at:
        raise Refused(None, "One of the two records was taken off the case meanwhile: look at them again")
    enquiries = Enquiry.objects.filter(child__in=[kept, gone], closed_at=None).count()
    if enquiries > 1:
        raise Refused(
            None, "A section 47 enquiry is open on each of the two records: close one of them first."
        )
    kinds = list(
        EmergencyPower.objects.filter(child__in=[kept, gone], ended_at=None).values_list("kind", flat=True)
    )
    if len(kinds) > len(set(kinds)):
        raise Refused(
            None,
            "The same emergency power is in force on each of the two records: record how one ended first.",
        )
    together = Discussion.objects.filter(request__children=kept).filter(request__children=gone)
    found = together.exclude(status=DiscussionStatus.CANCELLED).order_by("number").first()
    if found is not None:
        raise Refused(
            None,
            f"Both records are in discussion {found.number}, which has a part for each: they stay two. "
            "Take off the case the one that was entered by mistake, once nothing is open for it.",
        )


def _refuse_case(kept: Case, gone: Case, why: str) -> None:
    if kept.pk == gone.pk:
        raise Refused(None, "This is one and the same case")
    if kept.merged_into_id or gone.merged_into_id:
        raise Refused(None, "One of the two cases was merged already: look at them again")
    if not why.strip():
        raise Refused("why", "Enter how you know that this is one family")
    if gone.discussions.filter(status=DiscussionStatus.STARTED).exists():
        raise Refused(None, f"A discussion of {gone.reference} is in progress: end it first.")


def _move_child(kept: Child, gone: Child) -> None:
    Tie.objects.filter(child=gone, member__in=Tie.objects.filter(child=kept).values("member")).delete()
    for concern in Concern.objects.filter(child=gone):
        double = Concern.objects.filter(
            referral=concern.referral_id, child=kept, abuse_type=concern.abuse_type
        ).first()
        if double is not None:
            double.details = "\n".join(dict.fromkeys(filter(None, (double.details, concern.details))))
            double.save(update_fields=["details"])
            concern.delete()
    for request in StrategyRequest.objects.filter(children=gone):
        request.children.add(kept)
        request.children.remove(gone)
    _move_all(Child, gone, kept)


def _move_case(kept: Case, gone: Case) -> None:
    last = Discussion.objects.filter(case=kept).aggregate(last=Max("number"))["last"] or 0
    Discussion.objects.filter(case=gone).update(case=kept, number=F("number") + last)
    _move_all(Case, gone, kept, but=(Access,))


def _move_all(model: Any, gone: Any, kept: Any, but: Sequence[Any] = ()) -> None:
    """Whatever table points at the one row points at the other."""
    for relation in model._meta.related_objects:
        if relation.one_to_many and relation.related_model not in but:
            name = relation.field.name
            relation.related_model._base_manager.filter(**{name: gone}).update(**{name: kept})


def _move_clocks(kept: Child, gone: Child, *, by: User, at: datetime) -> None:
    """One running clock a duty: the earlier one stands, and what was done for either record was done."""
    clocks = list(Deadline.objects.filter(case=kept.case_id, subject=f"child:{gone.pk}").order_by("pk"))
    for clock in clocks:
        own = list(Deadline.objects.filter(case=kept.case_id, subject=f"child:{kept.pk}", duty=clock.duty))
        running = next((one for one in own if one.state == ClockState.RUNNING), None)
        if clock.state == ClockState.MET and running and running.starts_at <= clock.starts_at:
            assert clock.met_at is not None
            meet(running, by=by, at=clock.met_at)
        elif clock.state == ClockState.RUNNING:
            done = next((one for one in own if one.met_at and one.starts_at >= clock.starts_at), None)
            if done is not None and done.met_at is not None:
                meet(clock, by=by, at=done.met_at)
            elif running is not None:
                earlier = clock.due_at is not None and (
                    running.due_at is None or clock.due_at < running.due_at
                )
                void(
                    running if earlier else clock,
                    reason="Merged with the other record",
                    by=by,
                    at=at,
                )
    Deadline.objects.filter(pk__in=[clock.pk for clock in clocks]).update(subject=f"child:{kept.pk}")


def _take_over(kept: Child, gone: Child, fields: Sequence[str], at: datetime) -> None:
    if set(fields) - set(CHOICES):
        raise Refused(None, "This is not something that is recorded of a child")
    names = {*fields, *(BIRTH if set(fields) & set(BIRTH) else ())}
    values = {name: getattr(gone if name in names else kept, name) for name in CHOICES}
    both = ChildFacts(**values)  # the birth is on record, whichever of the two it is of
    for sentence in problems_with_child(both, at.date(), both.date_of_birth).values():
        raise Refused(None, f"Together they can’t stand: {sentence[:1].lower()}{sentence[1:]}")
    for name in names:
        setattr(kept, name, values[name])
    if names:
        kept.save(update_fields=sorted(names))


def _move_access(plan: Plan, chosen: set[int], kept: Case, gone: Case, *, by: User, at: datetime) -> None:
    """End every grant on the case that goes; give on the one that stays what carries over or was chosen."""
    why = f"Saw {gone.reference}, now part of {kept.reference}"
    for access in [*plan.move, *(one for one in plan.choose if one.pk in chosen)]:
        if access.case_id == gone.pk:
            purpose = AccessPurpose(access.purpose)
            grant(kept, user=access.user, team=access.team, purpose=purpose, why=why, by=by, at=at)
    grant(kept, user=by, purpose=AccessPurpose.MANAGES, why="Merged two cases of the family", by=by, at=at)
    for access in plan.choose:
        if access.case_id == kept.pk and access.pk not in chosen and access.user_id != by.pk:
            ended = "Not chosen when a restricted case was merged into this one"
            revoke(kept, user=access.user, team=access.team, why=ended, by=by, at=at)
    for access in Access.objects.current().filter(case=gone).select_related("user", "team"):
        ended = f"Merged into {kept.reference}"
        revoke(gone, user=access.user, team=access.team, why=ended, by=by, at=at)


__all__ = ["Plan", "merge_cases", "merge_children", "who_may_see"]
