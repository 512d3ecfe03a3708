"""What is decided for each child, and the section 47 enquiry it opens (rows B08, C17, C24, C30)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from attendees.enums import TAKES_PART, QuorumRole
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from cases.models import Child
from deadlines import services as deadlines
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import moment
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.permissions import meeting as permissions
from minutes.rules import decisions as rules
from minutes.rules.text import clean, one_line
from minutes.services import answers
from minutes.services.answers import Answers, Medical, medical_action
from minutes.services.record import changed, lock_record
from referrals.enums import CircumstanceKind
from strategy.clocks import keep_clocks
from strategy.enums import SECTION_47, EnquiryKind, Outcome, RiskLevel
from strategy.models import Decision, EmergencyPower, Enquiry

NONE_YET = 0  # the version that somebody saw for whom nothing was decided yet
UNDECIDED_YET = "The decision was changed before the discussion ended."  # until then it is in the making


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Answers):
    """What is decided for one child, as the chair says it, and what is answered beside it."""

    outcome: str
    risk_level: str
    risk_text: str
    rationale: str
    deferred_to: date | None = None
    lead: User | None = None
    police_lead: str = ""


@transaction.atomic
def decide(
    minutes: Minutes, child: Child, said: Threshold, *, by: User, at: datetime, version: int | None = None
) -> Decision:
    """Record the decision for one child, or change it before the discussion ends.

    1. Lock discussion and record; only who runs the meeting, while it is held.
    2. Every outcome needs its reasons; a version the writer did not see is a clash, the first one too:
       who saw no decision yet sends `version` 0.
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
    check(record, child, said, at)
    refuse_second_enquiry(record, child, said)
    decision = Decision.objects.filter(discussion=discussion, child=child).first()
    if version is not None and version != (decision.version if decision else NONE_YET):
        raise StaleVersion(None, "Somebody changed this decision while you were writing. Both are shown.")
    event = events.DECIDED if decision is None else events.DECISION_CHANGED
    was = decision.outcome if decision else ""
    decision = decision or Decision(discussion=discussion, child=child, version=0)
    _write(decision, said, by, at)
    answers.keep_medical(record, child, said.medical, by=by, at=at)
    enquiry = keep_enquiry(record, decision, said, by=by, at=at)
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


def check(record: Minutes, child: Child, said: Threshold, at: datetime) -> None:
    """Raise Refused at the field where what is decided at a moment cannot stand (rows B08, C17, C24)."""
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
        legal_reason=said.legal_reason or "",
        deferred_to=said.deferred_to,
        emergency_power=emergency,
        today=localdate(at),
        power=_power(child, at),
    )
    for field, sentence in found.items():
        raise Refused(field, sentence)
    answers.check(said)


def refuse_second_enquiry(record: Minutes, child: Child, said: Threshold) -> None:
    """A child has one section 47 enquiry at a time: Refused("outcome"), naming the first (rule 8839)."""
    first = open_enquiry_elsewhere(child, record)
    if said.outcome in SECTION_47 and first is not None:
        raise Refused(
            "outcome",
            f"{child.name} already has an open section 47 enquiry, from discussion {first.discussion.number} "
            f"on {moment(first.started_at)}. A child has one at a time: continue that one, or close it first",
        )


def _power(child: Child, at: datetime) -> str:
    """Which emergency power is in force for the child, in words; nothing when none is (s47(1)(a))."""
    found = EmergencyPower.objects.in_force(at).filter(child=child).first()
    if found is None:
        return ""
    return f"{found.get_kind_display()} is in force for {child.name} until {moment(found.expires_at)}"


def put_words(decision: Decision, said: Threshold) -> None:
    """Put what was decided and why into the decision; the caller saves it."""
    decision.outcome, decision.risk_level = said.outcome, said.risk_level
    decision.risk_text, decision.rationale = clean(said.risk_text), clean(said.rationale)
    decision.deferred_to = said.deferred_to if said.outcome == Outcome.DEFERRED else None


def _write(decision: Decision, said: Threshold, by: User, at: datetime) -> None:
    put_words(decision, said)
    answers.write(decision, said)
    decision.by, decision.at, decision.version = by, at, decision.version + 1
    decision.save()


def keep_enquiry(
    record: Minutes, decision: Decision, said: Threshold, *, by: User, at: datetime, why: str = UNDECIDED_YET
) -> Enquiry | None:
    """One enquiry when the outcome is section 47, none of this discussion when it is not.

    Called with the record locked. It began when the discussion did; one that is taken back says `why`.
    """
    mine = Enquiry.objects.filter(
        child=decision.child, discussion=record.discussion, closed_at__isnull=True
    ).first()
    if decision.outcome not in SECTION_47:
        if mine is not None:
            _take_back(mine, why, by, at)
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


def _take_back(enquiry: Enquiry, why: str, by: User, at: datetime) -> None:
    """An enquiry taken back never began: its clock ends with the reason, and the ledger keeps both."""
    subject, case = f"enquiry:{enquiry.pk}", enquiry.discussion.case
    for clock in Deadline.objects.running().of(subject, Duty.ICPC):
        deadlines.void(clock, reason=why, by=by, at=at)
    enquiry.delete()
    audit.record(events.ENQUIRY_TAKEN_BACK, case, subject=subject, by=by, at=at, data={"why": why})


def _usual_lead(record: Minutes) -> User:
    discussion = record.discussion
    return record.allocated_worker or discussion.case.allocated_worker or discussion.request.carrier


def _police(record: Minutes) -> str:
    """Row C30: the police lead the criminal side; the officer who takes part, until another is named."""
    officer = record.discussion.attendance.filter(quorum_role=QuorumRole.POLICE, mode__in=TAKES_PART).first()
    return officer.name if officer else ""


__all__ = [
    "Medical", "Threshold", "check", "decide", "keep_enquiry", "medical_action", "open_enquiry_elsewhere",
    "put_words", "refuse_second_enquiry",
]  # fmt: skip
