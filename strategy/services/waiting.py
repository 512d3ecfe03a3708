"""What a manager decides of a clock that still runs: for a child who waits, or that nothing is needed."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.models import Case
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.services import void
from govuk.moments import moment
from referrals.rules import problem_with_moment
from strategy import events, permissions
from strategy.clocks import CHILD_UNDECIDED, keep_clocks
from strategy.enums import DECIDED_LATER, SECTION_47, Outcome
from strategy.models import Decision, EmergencyPower, LaterDecision

# What may turn out not to be needed, and what is then asked (rows W14, C05, C21, W33).
MAY_BE_VOIDED = {
    str(Duty.FOLLOW_UP_MEETING): "Why is a follow-up meeting not appropriate?",
    str(Duty.ASSESSMENT): "Why is no assessment needed?",
    str(Duty.CHILD_SEEN): "Why need the child not be seen?",
}


@transaction.atomic
def decide_clock_not_needed(deadline: Deadline, *, reason: str, by: User, at: datetime) -> Deadline:
    """A manager decides that a follow-up meeting, an assessment or a visit is not needed, and says why.

    Raises NotAllowed, MoveNotAllowed when it does not run or is of another kind, Refused("reason").
    """
    case = Case.objects.lock(deadline.case)
    clock: Deadline = Deadline.objects.lock(deadline)
    refuse(permissions.refusal_to_see(by, case) or permissions.refusal_to_void(by, at))
    if clock.duty not in MAY_BE_VOIDED:
        raise MoveNotAllowed(f"“{clock.duty_title}” cannot be set aside here.")
    if clock.state != ClockState.RUNNING:
        how = clock.get_state_display().lower()
        raise MoveNotAllowed(f"This deadline is “{how}” already: somebody was quicker. Look at it again.")
    if not reason.strip():
        raise Refused("reason", "Enter why this is not needed: it ends the deadline")
    clock = void(clock, reason=reason.strip(), by=by, at=at)
    data = {"duty": clock.duty, "reason": reason.strip()[:300]}
    record(events.CLOCK_NOT_NEEDED, case, subject=clock.subject, by=by, at=at, data=data)
    return clock


@transaction.atomic
def decide_later(
    decision: Decision, *, outcome: str, rationale: str, decided_at: datetime, legal_reason: str = "",
    by: User, at: datetime,
) -> LaterDecision:  # fmt: skip
    """Decide, after the discussion, for a child whose decision was deferred; meets the child's clock (G03).

    The minutes stay as they were. Section 47 enquiries begin with a discussion, so they are refused here.
    Raises NotAllowed, MoveNotAllowed when somebody was quicker, Refused at the field.
    """
    case = Case.objects.lock(decision.discussion.case)
    made: Decision = Decision.objects.lock(decision)
    refuse(permissions.refusal_to_see(by, case) or permissions.refusal_to_decide_later(by, made, at))
    if made.outcome != Outcome.DEFERRED or made.discussion.ended_at is None:
        raise MoveNotAllowed("No decision for this child was deferred, so there is nothing to decide here.")
    said = LaterDecision.objects.filter(decision=made).select_related("by").first()
    if said is not None or not _waits(made):
        who = f"{said.by} has decided" if said else "A later discussion has decided"
        raise MoveNotAllowed(f"{who} for {made.child.name} already. Look at the case again.")
    _check(made, outcome, rationale, legal_reason, decided_at, at)
    later = LaterDecision.objects.create(
        decision=made, outcome=outcome, rationale=rationale.strip(), legal_reason=legal_reason.strip(),
        at=decided_at, by=by,
    )  # fmt: skip
    keep_clocks(made.discussion.request.referral, by=by, at=at)
    data = {"child": made.child_id, "outcome": outcome}
    record(events.DECIDED_LATER, case, subject=made, by=by, at=decided_at, data=data)
    return later


def _waits(made: Decision) -> bool:
    return bool(Deadline.objects.running().of(f"child:{made.child_id}", CHILD_UNDECIDED).exists())


def _check(
    made: Decision, outcome: str, rationale: str, legal_reason: str, decided_at: datetime, at: datetime
) -> None:
    if outcome in SECTION_47:
        raise Refused("outcome", "Section 47 enquiries begin with a strategy discussion: ask for one")
    if outcome not in DECIDED_LATER:
        raise Refused("outcome", "Choose what is decided")
    if not rationale.strip():
        raise Refused("rationale", "Enter why: every outcome needs its reasons")
    if wrong := problem_with_moment(decided_at, at):
        raise Refused("decided_at", wrong)
    ended = made.discussion.ended_at
    if ended is not None and decided_at < ended.replace(second=0, microsecond=0):
        raise Refused("decided_at", f"This is before the discussion ended, on {moment(ended)}")
    power = EmergencyPower.objects.in_force(decided_at).filter(child=made.child).first()
    if power is not None and not legal_reason.strip():
        raise Refused(
            "legal_reason",
            f"{power.get_kind_display()} is in force for {made.child.name}. "
            "Say on what advice there is no section 47 enquiry",
        )
