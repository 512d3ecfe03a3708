"""Writing down what came in, and the circumstances that drive its clocks.

The rooms above call these and then bring the clocks in line; nothing here knows that a clock exists.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from audit.errors import Refused, refuse
from audit.services import record
from cases.models import Case, Child
from cases.rules import ChildFacts, FamilyFacts
from cases.services import open_case
from referrals import events, permissions
from referrals.enums import Trigger
from referrals.models import Circumstance, Concern, Referral
from referrals.rules import (
    CircumstanceFacts,
    FromWhom,
    ReferralFacts,
    problem_with_moment,
    problems_with_circumstance,
    problems_with_referral,
    problems_with_referrer,
    tidy_address,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """The family of a case that is to be opened with its referral."""

    team: Team
    children: Sequence[ChildFacts]
    family: Sequence[FamilyFacts] = ()
    known_before: bool = False
    worker_safety: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernFacts:
    """A harm feared for one child: the child, or its place among the children of the new case."""

    child: Child | int
    abuse_type: str
    details: str = ""


@transaction.atomic
def record_referral(
    facts: ReferralFacts,
    *,
    case: Case | None = None,
    new_case: NewCase | None = None,
    concerns: Sequence[ConcernFacts] = (),
    by: User,
    at: datetime,
) -> Referral:
    """Write down a referral or new information, on an open case or on one opened for it.

    The times are refused when they lie in the future or more than a year back. Raises NotAllowed, Refused at
    the field, and ValueError unless exactly one of `case` and `new_case` is given.
    """
    if (case is None) == (new_case is None):
        raise ValueError("a referral is about an open case or opens a new one")
    if case is not None:
        case = Case.objects.lock(case)
    refuse(permissions.refusal_to_record(by, case, at))
    _refuse_problems(problems_with_referral(facts, at))
    case = case or _open(new_case, by=by, at=at)
    kept: dict[str, Any] = {"referrer_email": tidy_address(facts.referrer_email)}
    if facts.trigger == Trigger.REFERRAL and facts.received_at is None:
        kept["received_at"] = facts.triggered_at
    referral = Referral.objects.create(case=case, recorded_by=by, **dataclasses.asdict(facts) | kept)
    _write_concerns(referral, concerns)
    record(events.RECORDED, case, subject=referral, by=by, at=at, data={"trigger": facts.trigger})
    return referral


@transaction.atomic
def tell_concerns(referral: Referral, feared: Mapping[int, Sequence[str]], *, by: User, at: datetime) -> bool:
    """Say which harm is feared for each of some children (by key); what is no longer named is taken back.

    Whether anything is different now. Raises NotAllowed, and Refused for a child of another case.
    """
    kept: Referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_record(by, kept.case, at))
    if set(feared) - set(Child.objects.filter(case=kept.case_id).values_list("pk", flat=True)):
        raise Refused("harm", "Choose children of this case")
    known = {
        (one.child_id, one.abuse_type): one for one in Concern.objects.filter(referral=kept, child__in=feared)
    }
    told = {(child, kind) for child, kinds in feared.items() for kind in kinds}
    gone = [one.pk for place, one in known.items() if place not in told]
    new = sorted(told - known.keys())
    Concern.objects.filter(pk__in=gone).delete()
    Concern.objects.bulk_create(
        Concern(referral=kept, child_id=child, abuse_type=kind) for child, kind in new
    )
    if gone or new:
        data = {"feared": sorted({kind for _, kind in told})}
        record(events.CONCERNS_TOLD, kept.case, subject=kept, by=by, at=at, data=data)
    return bool(gone or new)


@transaction.atomic
def fear_too(referral: Referral, child: Child, kinds: Sequence[str], *, by: User, at: datetime) -> None:
    """Write the harm feared for a child who joins a request, beside what is recorded of the child already.

    Whether this person may is the question of the room above. Raises Refused for a child of another case.
    """
    kept: Referral = Referral.objects.lock(referral)
    _write_concerns(kept, [ConcernFacts(child=child, abuse_type=kind) for kind in kinds])
    if kinds:
        data = {"feared": sorted(kinds)}
        record(events.CONCERNS_TOLD, kept.case, subject=kept, by=by, at=at, data=data)


@transaction.atomic
def tick_circumstance(
    referral: Referral, facts: CircumstanceFacts, *, by: User, at: datetime, follows: bool = False
) -> Circumstance:
    """Record a circumstance, or replace what is recorded of it. Raises NotAllowed and Refused.

    `follows`: it follows from something else that this person was allowed to record.
    """
    kept: Referral = Referral.objects.lock(referral)
    if not follows:
        refuse(permissions.refusal_to_record(by, kept.case, at))
    _refuse_problems(problems_with_circumstance(facts, kept.triggered_at, at))
    values = dataclasses.asdict(facts) | {"recorded_by": by}
    kind = values.pop("kind")
    circumstance, is_new = Circumstance.objects.update_or_create(referral=kept, kind=kind, defaults=values)
    event = events.CIRCUMSTANCE_TICKED if is_new else events.CIRCUMSTANCE_CHANGED
    record(event, kept.case, subject=kept, by=by, at=at, data={"circumstance": kind})
    return circumstance


@transaction.atomic
def untick_circumstance(referral: Referral, kind: str, *, by: User, at: datetime, reason: str = "") -> None:
    """Take a circumstance back; nothing happens when it was not recorded. Raises NotAllowed."""
    kept: Referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_record(by, kept.case, at))
    taken, _ = Circumstance.objects.filter(referral=kept, kind=kind).delete()
    if taken:
        data = {"circumstance": kind, "reason": reason}
        record(events.CIRCUMSTANCE_UNTICKED, kept.case, subject=kept, by=by, at=at, data=data)


@transaction.atomic
def correct_moments(
    referral: Referral,
    *,
    triggered_at: datetime,
    received_at: datetime | None,
    reason: str,
    by: User,
    at: datetime,
) -> Referral:
    """Correct when it happened or came in, with the reason. Raises NotAllowed and Refused at the field."""
    kept: Referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_record(by, kept.case, at))
    if not reason.strip():
        raise Refused("reason", "Enter why the time is changed")
    for field, moment in (("triggered_at", triggered_at), ("received_at", received_at)):
        if moment is not None and (wrong := problem_with_moment(moment, at)):
            raise Refused(field, wrong)
    if received_at is not None and received_at < triggered_at:
        raise Refused("received_at", "This is before it happened: a referral is received afterwards")
    before = {"triggered_at": kept.triggered_at, "received_at": kept.received_at}
    is_referral = kept.trigger == Trigger.REFERRAL
    kept.triggered_at = triggered_at
    kept.received_at = received_at or (triggered_at if is_referral else None)
    kept.save(update_fields=["triggered_at", "received_at"])
    data = {"reason": reason, "before": before}
    record(events.MOMENTS_CORRECTED, kept.case, subject=kept, by=by, at=at, data=data)
    return kept


@transaction.atomic
def correct_from_whom(
    referral: Referral, facts: FromWhom, *, reason: str, by: User, at: datetime
) -> Referral:
    """Correct who referred, how they are reached and what they said, with the reason.

    The ledger keeps what stood before in each field that changed. Raises NotAllowed and Refused at the field.
    """
    kept: Referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_record(by, kept.case, at))
    _refuse_problems(problems_with_referrer(facts.referrer_email, facts.narrative))
    if not reason.strip():
        raise Refused("reason", "Enter why this is corrected")
    told = dataclasses.asdict(facts) | {"referrer_email": tidy_address(facts.referrer_email)}
    before = {name: getattr(kept, name) for name, value in told.items() if getattr(kept, name) != value}
    for name in before:
        setattr(kept, name, told[name])
    if before:
        kept.save(update_fields=sorted(before))
        data = {"reason": reason, "before": before}
        record(events.FROM_WHOM_CORRECTED, kept.case, subject=kept, by=by, at=at, data=data)
    return kept


def _open(new_case: NewCase | None, *, by: User, at: datetime) -> Case:
    if new_case is None or not new_case.children:
        raise Refused(None, "Add at least one child")
    return open_case(
        team=new_case.team,
        children=new_case.children,
        family=new_case.family,
        known_before=new_case.known_before,
        worker_safety=new_case.worker_safety,
        by=by,
        at=at,
    )


def _write_concerns(referral: Referral, concerns: Sequence[ConcernFacts]) -> None:
    # In the order in which they were typed: a place counts from there, not from the oldest child.
    children = list(Child.objects.filter(case=referral.case).order_by("pk"))
    for concern in concerns:
        child = children[concern.child] if isinstance(concern.child, int) else concern.child
        if child not in children:
            raise Refused("concerns", "This child is not part of the case")
        Concern.objects.get_or_create(
            referral=referral,
            child=child,
            abuse_type=concern.abuse_type,
            defaults={"details": concern.details},
        )


def _refuse_problems(problems: dict[str, str]) -> None:
    for field, sentence in problems.items():
        raise Refused(field, sentence)
