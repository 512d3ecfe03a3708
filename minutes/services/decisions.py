"""What is decided for each child, and the section 47 enquiry it opens (rows B08, C17, C24, C30)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from attendees.enums import TAKES_PART, QuorumRole
from attendees.models import Professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from cases.models import Child
from deadlines import services as deadlines
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import moment
from minutes import events
from minutes.enums import ActionKind, ActionOrigin, ActionStatus, MinutesStatus
from minutes.models import Action, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules import decisions as rules
from minutes.rules.text import clean, one_line
from minutes.services.actions import Task, edit_action, put_action, strike_action
from minutes.services.record import changed, lock_record
from referrals.enums import CircumstanceKind
from strategy.clocks import keep_clocks
from strategy.enums import SECTION_47, EnquiryKind, Outcome, PlanAfter, RiskLevel, Told
from strategy.models import Decision, EmergencyPower, Enquiry


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is decided for one child, as the chair says it."""

    outcome: str
    risk_level: str
    risk_text: str
    rationale: str
    legal_reason: str = ""
    deferred_to: date | None = None
    lead: User | None = None
    police_lead: str = ""
    plan: str = ""
    under_pressure: str = ""
    pressure_note: str = ""
    medical: "Medical | None" = None


@dataclass(frozen=True, slots=True)
class Medical:
    """Whether the child needs a medical assessment, on health's advice; a yes says what, where and when."""

    needed: str
    why: str
    kind: str = ""
    place: str = ""
    at: datetime | None = None
    owner: Professional | None = None


@transaction.atomic
def decide(
    minutes: Minutes, child: Child, said: Threshold, *, by: User, at: datetime, version: int | None = None
) -> Decision:
    """Record the decision for one child, or change it before the discussion ends.

    1. Lock discussion and record; only who runs the meeting, while it is held.
    2. Every outcome needs its reasons; an earlier version the writer did not see is a clash.
    3. Section 47 opens one enquiry for the child; a second open one is refused, naming the first.
       Another outcome than before takes an enquiry of this discussion back.
    4. The conference clock follows. Tell the ledger.
    """
    record = lock_record(minutes)
    discussion = record.discussion
    refuse(permissions.refusal_to_run(by, discussion, at))
    if record.status != MinutesStatus.LIVE:
        raise MoveNotAllowed(
            "Decisions are recorded while the discussion is held. "
            + ("Start it first." if record.status == MinutesStatus.OPENED else "It has ended.")
        )
    _check(record, child, said, at)
    decision = Decision.objects.filter(discussion=discussion, child=child).first()
    if decision is not None and version is not None and version != decision.version:
        raise StaleVersion(None, "Somebody changed this decision while you were writing. Both are shown.")
    event = events.DECIDED if decision is None else events.DECISION_CHANGED
    was = decision.outcome if decision else ""
    decision = decision or Decision(discussion=discussion, child=child, version=0)
    _write(decision, said, by, at)
    _keep_medical(record, decision, said.medical, by, at)
    enquiry = _keep_enquiry(record, decision, said, by, at)
    changed(record)
    data = {
        "child": child.pk,
        "outcome": said.outcome,
        "was": was,
        "enquiry": enquiry.pk if enquiry else None,
    }
    audit.record(event, discussion.case, subject=decision, by=by, at=at, data=data)
    keep_clocks(discussion.request.referral, by=by, at=at)
    return decision


def open_enquiry_elsewhere(child: Child, minutes: Minutes) -> Enquiry | None:
    """A section 47 enquiry of the child that another discussion opened and nobody has closed."""
    found = Enquiry.objects.filter(child=child, closed_at__isnull=True).exclude(discussion=minutes.discussion)
    return found.select_related("discussion").first()


def _check(record: Minutes, child: Child, said: Threshold, at: datetime) -> None:
    request = record.discussion.request
    if not request.children.filter(pk=child.pk).exists():
        raise Refused("child", "This child is not part of the discussion.")
    if said.outcome not in Outcome.values:
        raise Refused("outcome", "Choose what was decided")
    if said.risk_level not in RiskLevel.values:
        raise Refused("risk_level", "Choose the level of risk")
    emergency = request.referral.circumstances.filter(kind=CircumstanceKind.EMERGENCY_ACTION).exists()
    found = rules.problems(
        outcome=said.outcome,
        rationale=said.rationale,
        risk_text=said.risk_text,
        legal_reason=said.legal_reason,
        deferred_to=said.deferred_to,
        emergency_power=emergency,
        today=localdate(at),
        power=_power(child, at),
    )
    for field, sentence in found.items():
        raise Refused(field, sentence)
    _check_answers(said)
    first = open_enquiry_elsewhere(child, record)
    if said.outcome in SECTION_47 and first is not None:
        raise Refused(
            "outcome",
            f"{child.name} already has an open section 47 enquiry, from discussion {first.discussion.number} "
            f"on {moment(first.started_at)}. A child has one at a time: continue that one, or close it first",
        )


def _check_answers(said: Threshold) -> None:
    """What is asked beside the decision, where it was answered (rows H13, G08, C31)."""
    if said.plan and said.plan not in PlanAfter.values:
        raise Refused("plan", "Choose which plan takes the risks over")
    if said.under_pressure and said.under_pressure not in Told.values:
        raise Refused("under_pressure", "Choose whether the child is under pressure")
    if told := said.medical:
        found = rules.medical_problems(
            needed=told.needed,
            why=told.why,
            kind=told.kind,
            place=told.place,
            at=told.at,
            has_owner=told.owner is not None,
        )
        for field, sentence in found.items():
            raise Refused(field, sentence)


def _keep_medical(record: Minutes, decision: Decision, told: Medical | None, by: User, at: datetime) -> None:
    """A medical that is needed is an action, and never typed twice; one that is not needed is struck out."""
    action = medical_action(record, decision.child)
    if told is None or told.needed != rules.YES:
        if action is not None:
            strike_action(action, "No medical assessment is needed after all", by=by, at=at)
        return
    task = Task(
        text=f"{one_line(told.kind)} for {decision.child.name}, at {one_line(told.place)}",
        owner=told.owner,
        due_at=told.at,
        child=decision.child,
        how_known="What was found is on the case record",
        origin=ActionOrigin.MEDICAL,
        kind=ActionKind.EXAMINATION,
    )
    fields = {"owner": "medical_owner", "due_at": "medical_at"}
    if action is None:
        put_action(record, task, by=by, at=at, fields=fields)
    else:
        edit_action(action, task, by=by, at=at, fields=fields)


def medical_action(record: Minutes, child: Child) -> Action | None:
    """The open action of the child's medical assessment, if one was decided."""
    found: Action | None = Action.objects.filter(
        minutes=record, child=child, origin=ActionOrigin.MEDICAL, status=ActionStatus.OPEN
    ).first()
    return found


def _power(child: Child, at: datetime) -> str:
    """Which emergency power is in force for the child, in words; nothing when none is (s47(1)(a))."""
    found = EmergencyPower.objects.in_force(at).filter(child=child).first()
    if found is None:
        return ""
    return f"{found.get_kind_display()} is in force for {child.name} until {moment(found.expires_at)}"


def _write(decision: Decision, said: Threshold, by: User, at: datetime) -> None:
    decision.outcome, decision.risk_level = said.outcome, said.risk_level
    decision.risk_text, decision.rationale = clean(said.risk_text), clean(said.rationale)
    decision.legal_reason = clean(said.legal_reason)
    decision.deferred_to = said.deferred_to if said.outcome == Outcome.DEFERRED else None
    decision.plan, decision.under_pressure = said.plan, said.under_pressure
    decision.pressure_note = one_line(said.pressure_note)[:500]
    told = said.medical
    decision.medical = told.needed if told else ""
    decision.medical_why = clean(told.why) if told else ""
    is_needed = told is not None and told.needed == rules.YES
    decision.medical_kind = one_line(told.kind)[:120] if told and is_needed else ""
    decision.medical_place = one_line(told.place)[:200] if told and is_needed else ""
    decision.by, decision.at, decision.version = by, at, decision.version + 1
    decision.save()


def _keep_enquiry(
    record: Minutes, decision: Decision, said: Threshold, by: User, at: datetime
) -> Enquiry | None:
    """One enquiry when the outcome is section 47, none of this discussion when it is not."""
    mine = Enquiry.objects.filter(
        child=decision.child, discussion=record.discussion, closed_at__isnull=True
    ).first()
    if decision.outcome not in SECTION_47:
        if mine is not None:
            _take_back(mine, by, at)
        return None
    kind = EnquiryKind.JOINT if decision.outcome == Outcome.SECTION_47_JOINT else EnquiryKind.SINGLE
    opened, started_at = mine is None, record.discussion.started_at or at
    enquiry = mine or Enquiry(child=decision.child, discussion=record.discussion, started_at=started_at)
    enquiry.kind, enquiry.lead = kind, said.lead or _usual_lead(record)
    enquiry.police_lead = (one_line(said.police_lead) or _police(record)) if kind == EnquiryKind.JOINT else ""
    enquiry.save()
    if opened:
        audit.record(events.ENQUIRY_OPENED, record.discussion.case, subject=enquiry, by=by, at=at)
    return enquiry


def _take_back(enquiry: Enquiry, by: User, at: datetime) -> None:
    """Until the discussion ends its decision is in the making: an enquiry taken back never began."""
    reason = "The decision was changed before the discussion ended."
    subject, case = f"enquiry:{enquiry.pk}", enquiry.discussion.case
    for clock in Deadline.objects.running().of(subject, Duty.ICPC):
        deadlines.void(clock, reason=reason, by=by, at=at)
    enquiry.delete()
    audit.record(events.ENQUIRY_TAKEN_BACK, case, subject=subject, by=by, at=at, data={"why": reason})


def _usual_lead(record: Minutes) -> User:
    discussion = record.discussion
    return record.allocated_worker or discussion.case.allocated_worker or discussion.request.carrier


def _police(record: Minutes) -> str:
    """Row C30: the police lead the criminal side; the officer who takes part, until another is named."""
    officer = record.discussion.attendance.filter(quorum_role=QuorumRole.POLICE, mode__in=TAKES_PART).first()
    return officer.name if officer else ""
