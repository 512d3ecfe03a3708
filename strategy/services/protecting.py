"""What is done for the child at once: calls made first and written down after, the decision, the visit."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import Refused, refuse
from audit.services import record
from cases.models import Case, Child
from cases.permissions import refusal_to_change
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import explain_lateness
from govuk.moments import moment
from referrals.models import Referral
from referrals.rules import problem_with_moment
from strategy import events, letters, permissions
from strategy.clocks import keep_clocks
from strategy.enums import Format, Section, SeenAlone, SeenHow
from strategy.models import ChildSeen, ProtectionDecision, StrategyRequest, UrgentCall
from strategy.services.sections import save_section

LONGEST_REASON = 300


@transaction.atomic
def record_protection_decision(
    request: StrategyRequest,
    *,
    decision: str,
    police_contact: str,
    decided_at: datetime,
    late_reason: str = "",
    late_accepted_by: str = "",
    by: User,
    at: datetime,
) -> ProtectionDecision:
    """Write down the immediate protection decision, made with the police (row W32); meets its clock.

    `decided_at` is when it was made. Raises NotAllowed, and Refused at the field.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(
        permissions.refusal_to_see(by, wanted.case)
        or permissions.refusal_to_decide_protection(by, wanted, at)
    )
    _refuse_empty("decision", decision, "Enter what was decided to protect the child now")
    _refuse_empty("police_contact", police_contact, "Enter who in the police this was decided with")
    _refuse_moment("decided_at", decided_at, at)
    made = ProtectionDecision.objects.create(
        request=wanted, decision=decision, police_contact=police_contact, by=by, at=decided_at
    )
    keep_clocks(wanted.referral, by=by, at=at)
    letters.protection_decided(wanted.referral, by=by, at=at)
    subject = f"referral:{wanted.referral_id}"
    _explain(subject, Duty.IMMEDIATE_PROTECTION_DECISION, late_reason, late_accepted_by, by=by, at=at)
    record(events.PROTECTION_DECIDED, wanted.case, subject=wanted.subject, by=by, at=decided_at)
    return made


@transaction.atomic
def record_urgent_call(
    request: StrategyRequest,
    *,
    callee: str,
    number: str,
    result: str,
    called_at: datetime,
    by: User,
    at: datetime,
) -> UrgentCall:
    """Write down a call that was made before any form, with its real time (rows W08, W09).

    Raises NotAllowed, and Refused at the field.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_request(by, at))
    _refuse_empty("callee", callee, "Enter whom you called")
    _refuse_empty("result", result, "Enter what was agreed")
    _refuse_moment("called_at", called_at, at)
    call = UrgentCall.objects.create(
        request=wanted, callee=callee, number=number, result=result, by=by, at=called_at
    )
    record(events.URGENT_CALL, wanted.case, subject=wanted.subject, by=by, at=called_at)
    return call


@transaction.atomic
def make_conference(request: StrategyRequest, call: UrgentCall, *, by: User, at: datetime) -> StrategyRequest:
    """One press: the request asks for a telephone conference, urgent because of what the call agreed.

    What was typed in that section before is kept, where it is not this. Raises as `save_section` does.
    """
    if call.request_id != request.pk:
        raise Refused(None, "This call belongs to another request.")
    why = f"Urgent call to {call.callee}, {moment(call.at)}: {' '.join(call.result.split())}"
    values = {
        "format_wanted": Format.TELEPHONE_CONFERENCE,
        "is_urgent": True,
        "urgent_reason": why if len(why) <= LONGEST_REASON else f"{why[: LONGEST_REASON - 1]}…",
        "direct_number": request.direct_number or by.phone,
    }
    return save_section(request, Section.FORMAT, values, by=by, at=at)


@transaction.atomic
def record_child_seen(
    child: Child,
    *,
    seen_at: datetime,
    seen_by: str,
    how: str,
    alone: str,
    place: str = "",
    what: str = "",
    late_reason: str = "",
    late_accepted_by: str = "",
    by: User,
    at: datetime,
) -> ChildSeen:
    """Write down that a child was seen and spoken to, or observed (row W33); meets the child's clock.

    Raises NotAllowed, and Refused at the field.
    """
    case = Case.objects.lock(child.case)
    refuse(refusal_to_change(by, case, at))
    if child.is_unborn:
        raise Refused(None, "An unborn child cannot be seen yet")
    _refuse_empty("seen_by", seen_by, "Enter who saw the child")
    _refuse_empty("how", how if how in SeenHow.values else "", "Choose how the child was seen")
    _refuse_empty(
        "alone", alone if alone in SeenAlone.values else "", "Choose whether the child was seen alone"
    )
    _refuse_moment("seen_at", seen_at, at)
    seen = ChildSeen.objects.create(
        child=child, at=seen_at, seen_by=seen_by, how=how, alone=alone, place=place, what=what, by=by
    )
    for referral in Referral.objects.filter(case=case).order_by("pk"):
        keep_clocks(referral, by=by, at=at)
    _explain(f"child:{child.pk}", Duty.CHILD_SEEN, late_reason, late_accepted_by, by=by, at=at)
    data = {"how": how, "alone": alone}
    record(events.CHILD_SEEN, case, subject=child, by=by, at=seen_at, data=data)
    return seen


def _explain(subject: str, duty: str, reason: str, accepted_by: str, *, by: User, at: datetime) -> None:
    """Give the reason that a clock met late owes; without one it stays owed: the act does not wait."""
    if not reason.strip() and not accepted_by.strip():
        return
    for clock in Deadline.objects.of(subject, duty):
        if clock.owes_reason:
            explain_lateness(clock, reason=reason, accepted_by=accepted_by, by=by, at=at)


def _refuse_empty(field: str, text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(field, sentence)


def _refuse_moment(field: str, moment: datetime, now: datetime) -> None:
    wrong = problem_with_moment(moment, now)
    if wrong is not None:
        raise Refused(field, wrong)
