"""The assessment that follows a referral (row C21): a shorter date for it, and its decision."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.models import Case
from cases.permissions import refusal_to_change
from deadlines import rules
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.working_days import END_OF_DAY, at_local, england, local_date
from govuk.moments import moment, plain_date
from referrals.models import Referral
from referrals.rules import problem_with_moment
from strategy import events, permissions
from strategy.clocks import keep_clocks, protocol_for, read_facts
from strategy.enums import AssessmentOutcome
from strategy.models import AssessmentDate, AssessmentDecision


@transaction.atomic
def record_assessment(
    referral: Referral, *, outcome: str, decision: str, decided_by: str, decided_at: datetime, by: User,
    at: datetime,
) -> AssessmentDecision:  # fmt: skip
    """Write down what the assessment came to, who decided it and when; meets its clock.

    Past the deadline its reason is asked at once, as everywhere. Raises NotAllowed, MoveNotAllowed when it
    was recorded or set aside already, and Refused at the field.
    """
    kept, clock = _lock(referral, by=by, at=at)
    if outcome not in AssessmentOutcome.values:
        raise Refused("outcome", "Choose what the assessment came to")
    for field, text, what in (
        ("decision", decision, "Enter what was decided and why"),
        ("decided_by", decided_by, "Enter who decided it"),
    ):
        if not text.strip():
            raise Refused(field, what)
    if wrong := problem_with_moment(decided_at, at):
        raise Refused("decided_at", wrong)
    if decided_at < clock.starts_at:
        raise Refused("decided_at", f"This is before the referral came in, on {moment(clock.starts_at)}")
    made = AssessmentDecision.objects.create(
        referral=kept, outcome=outcome, decision=decision.strip(), decided_by=decided_by.strip(),
        at=decided_at, by=by,
    )  # fmt: skip
    keep_clocks(kept, by=by, at=at)
    data = {"outcome": outcome}
    record(events.ASSESSMENT_DECIDED, kept.case, subject=kept, by=by, at=decided_at, data=data)
    return made


@transaction.atomic
def agree_assessment_date(
    referral: Referral, *, due_on: date, reason: str, by: User, at: datetime
) -> AssessmentDate:
    """Agree a shorter date for this family; never past the longest there is. Later again needs a manager.

    Raises NotAllowed, MoveNotAllowed, and Refused at `due_on` or `reason`.
    """
    kept, clock = _lock(referral, by=by, at=at)
    if not reason.strip():
        raise Refused("reason", "Enter why this date, and with whom it was agreed")
    if due_on < local_date(at):
        raise Refused("due_on", "This day has passed: enter today or a later day")
    longest = _longest(kept, at)
    if at_local(due_on, END_OF_DAY) > longest:
        day = plain_date(longest)
        raise Refused("due_on", f"An assessment may never take longer than until {day}: enter a sooner day")
    is_later = clock.due_at is not None and at_local(due_on, END_OF_DAY) > clock.due_at
    if is_later and permissions.refusal_to_lengthen(by, at) is not None:
        raise Refused("due_on", "A sooner day was agreed before. Only a manager may agree a later one")
    agreed = AssessmentDate.objects.create(referral=kept, due_on=due_on, reason=reason.strip(), by=by, at=at)
    keep_clocks(kept, by=by, at=at, manager_reason=reason.strip(), may_lengthen=True)
    data = {"due_on": due_on.isoformat(), "reason": reason.strip()[:300]}
    record(events.ASSESSMENT_DATE_AGREED, kept.case, subject=kept, by=by, at=at, data=data)
    return agreed


def assessment_clock(referral: Referral) -> Deadline | None:
    """The clock of a referral's assessment, running or not; None where nothing was referred."""
    found: Deadline | None = Deadline.objects.of(f"referral:{referral.pk}", Duty.ASSESSMENT).first()
    return found


def _lock(referral: Referral, *, by: User, at: datetime) -> tuple[Referral, Deadline]:
    case = Case.objects.lock(referral.case)
    kept: Referral = Referral.objects.lock(referral)
    refuse(refusal_to_change(by, case, at))
    clock = assessment_clock(kept)
    if clock is None:
        raise MoveNotAllowed("No referral was received here, so no assessment is counted from it.")
    if clock.state == ClockState.VOID:
        raise MoveNotAllowed(f"A manager decided that no assessment is needed: {clock.void_reason}")
    made = AssessmentDecision.objects.filter(referral=kept).select_related("by").first()
    if made is not None:
        raise MoveNotAllowed(f"{made.by} has recorded the assessment decision already. Look at it again.")
    return kept, clock


def _longest(referral: Referral, at: datetime) -> datetime:
    """The end of the longest time the procedure allows, whatever shorter date was agreed."""
    answer = rules.assessment(read_facts(referral, ()), protocol_for(referral, at).rules, england())
    assert answer is not None and answer.due_at is not None
    return answer.due_at
