"""What becomes of a section 47 enquiry: its conference, later or not required, and how the enquiry ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.enums import AccessPurpose
from cases.models import Case
from cases.permissions import refusal_to_change
from cases.services import grant
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import foresee_lateness, meet
from deadlines.working_days import END_OF_DAY, at_local, local_date
from govuk.moments import long_date
from referrals.rules import problem_with_moment
from strategy import events, letters, permissions
from strategy.enums import EnquiryKind, Told
from strategy.models import ConferenceDelay, Enquiry, EnquiryKindChange
from strategy.rules import enquiries as rules
from strategy.services.standing_by import ask_to_confirm

KEPT = 300  # of a reason, in the ledger
FURTHEST = timedelta(days=366)  # of a conference that is planned: what is later is a year typed wrongly


@dataclass(frozen=True, slots=True)
class Ending:
    """How an enquiry ended: what it found, what follows in the codes of the dataset, and a sentence."""

    finding: str
    outcomes: Sequence[str] = ()
    closing: str = ""


@transaction.atomic
def record_conference(enquiry: Enquiry, *, held_on: date, plan: str, by: User, at: datetime) -> Enquiry:
    """The child protection conference was held, and made a plan (`plan` "yes") or not; meets its clock.

    The date is never before the enquiry began, at a weekend (national rules 8615, 8875) or in the future.
    Raises NotAllowed, MoveNotAllowed, Refused("held_on") or Refused("plan").
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if held_on > local_date(at):
        raise Refused("held_on", "This is in the future: record the conference when it has been held")
    if wrong := rules.problem_with_day(held_on, began=local_date(kept.started_at)):
        raise Refused("held_on", wrong)
    if plan not in (Told.YES, Told.NO):
        raise Refused("plan", "Choose whether a child protection plan was made")
    kept.conference_on, kept.conference_plan, kept.conference_not_required = held_on, plan, False
    kept.save(update_fields=["conference_on", "conference_plan", "conference_not_required"])
    # A date, no time: it counts as done by the end of that day, and never in the future.
    _meet(kept, by=by, at=min(at, at_local(held_on, END_OF_DAY)))
    data = {"held_on": held_on.isoformat(), "plan": plan}
    record(events.CONFERENCE_RECORDED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return kept


@transaction.atomic
def record_no_conference(
    enquiry: Enquiry,
    *,
    why: str,
    decided_by: str = "",
    decided_role: str = "",
    decided_at: datetime,
    ending: Ending,
    manager: User | None = None,
    by: User,
    at: datetime,
) -> Enquiry:
    """A manager decided that no conference is required; meets its clock and closes the enquiry.

    Whoever writes it down in their own name must be a manager. A `manager` with an account in whose name it
    is written may read it, is told by letter, and is to confirm it. Without a closing sentence the reason
    is it. Raises NotAllowed, MoveNotAllowed, and Refused at the field.
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if kept.conference_on is not None:
        raise MoveNotAllowed(
            f"The conference was held on {long_date(kept.conference_on)}: close the enquiry."
        )
    _refuse_empty("why", why, "Enter why no conference is required")
    if manager is not None:
        if permissions.refusal_to_decide_no_conference(manager, at):
            raise Refused("manager", f"{manager.name} is no manager who may decide this: choose who did")
        decided_by, decided_role = manager.name, manager.role_titles[:120]
    _refuse_empty("decided_by", decided_by, "Enter who decided it")
    _refuse_empty("decided_role", decided_role, "Enter their role")
    own = decided_by.strip().casefold() == by.name.casefold()
    if own and (reason := permissions.refusal_to_decide_no_conference(by, at)):
        raise Refused("decided_by", f"{reason} Enter the manager who decided it")
    if wrong := problem_with_moment(decided_at, at):
        raise Refused("decided_at", wrong)
    if decided_at < kept.started_at:
        raise Refused("decided_at", "This is before the enquiry began")
    kept.conference_not_required, kept.not_required_why = True, why.strip()
    kept.not_required_by, kept.not_required_role = decided_by.strip(), decided_role.strip()
    kept.not_required_at = decided_at
    data = _close(kept, ending, closing=ending.closing.strip() or why.strip(), by=by, at=at)
    _meet(kept, by=by, at=at)
    data |= {"reason": why.strip()[:KEPT]}
    if manager is not None and manager.pk != by.pk:
        data |= {"manager": f"user:{manager.pk}"}
        why = "Decided that no conference is required"
        grant(kept.child.case, user=manager, purpose=AccessPurpose.MANAGES, why=why, by=by, at=at)
        clock = ask_to_confirm(kept, manager, by=by, at=at)
        letters.no_conference_told(kept, manager, clock.due_at, by=by, at=at)
    record(events.CONFERENCE_NOT_REQUIRED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return kept


@transaction.atomic
def close_enquiry(enquiry: Enquiry, *, ending: Ending, by: User, at: datetime) -> Enquiry:
    """The enquiry has ended; first its conference must be recorded as held, or as not required (rule 8868).

    Raises NotAllowed, MoveNotAllowed, and Refused at the field.
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if kept.conference_on is None and not kept.conference_not_required:
        raise Refused(None, "First record the conference, or that none is required")
    data = _close(kept, ending, closing=ending.closing.strip(), by=by, at=at)
    record(events.ENQUIRY_CLOSED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return kept


@transaction.atomic
def agree_delay(
    enquiry: Enquiry,
    *,
    planned_on: date,
    why: str,
    manager: str,
    chair: str,
    safety_plan: str,
    by: User,
    at: datetime,
) -> ConferenceDelay:
    """The conference will be later than its limit: agreed by a manager and its chair, with a plan meanwhile.

    The limit stays; whoever records the conference late finds the reason there. Raises NotAllowed,
    MoveNotAllowed, and Refused at the field.
    """
    kept = _lock_open(enquiry, by=by, at=at)
    clock = Deadline.objects.of(kept.subject, Duty.ICPC).running().first()
    if clock is None or clock.due_at is None:
        raise MoveNotAllowed("The conference’s deadline no longer runs, so no delay is to be agreed.")
    if planned_on < local_date(at):
        raise Refused("planned_on", "This day has passed: enter today or a later day")
    if planned_on > local_date(at) + FURTHEST:
        raise Refused("planned_on", "This is more than a year away: check the year")
    if planned_on <= local_date(clock.due_at):
        raise Refused("planned_on", f"The limit is {long_date(clock.due_at)}, so this is no delay")
    if wrong := rules.problem_with_day(planned_on, began=local_date(kept.started_at)):
        raise Refused("planned_on", wrong)
    _refuse_empty("why", why, "Enter why the conference will be later")
    _refuse_empty("manager", manager, "Enter the social care manager who agreed")
    _refuse_empty("chair", chair, "Enter the chair of the conference who agreed")
    _refuse_empty("safety_plan", safety_plan, "Enter what keeps the child safe until then")
    why, manager, chair = why.strip(), manager.strip(), chair.strip()
    agreed = ConferenceDelay.objects.create(
        enquiry=kept, planned_on=planned_on, why=why, manager=manager, chair=chair,
        safety_plan=safety_plan.strip(), by=by, at=at,
    )  # fmt: skip
    reason = f"{why} Agreed with {chair}, who chairs the conference."
    foresee_lateness(clock, reason=reason, accepted_by=manager, by=by, at=at)
    data = {"planned_on": planned_on.isoformat(), "reason": why[:KEPT]}
    record(events.CONFERENCE_DELAYED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return agreed


@transaction.atomic
def name_police_lead(enquiry: Enquiry, *, police_lead: str, by: User, at: datetime) -> Enquiry:
    """Who leads a joint enquiry for the police, where nobody was named or somebody else does now (row C30).

    Raises NotAllowed, MoveNotAllowed, Refused("police_lead").
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if kept.kind != EnquiryKind.JOINT:
        raise MoveNotAllowed("Social care alone leads this enquiry.")
    _refuse_empty("police_lead", police_lead, "Enter who leads for the police")
    kept.police_lead = police_lead.strip()
    kept.save(update_fields=["police_lead"])
    record(events.POLICE_LEAD_NAMED, kept.child.case, subject=kept.subject, by=by, at=at)
    return kept


@transaction.atomic
def change_kind(
    enquiry: Enquiry, *, why: str, police_lead: str = "", by: User, at: datetime
) -> EnquiryKindChange:
    """A single enquiry becomes joint, with who leads for the police; a joint one becomes single (row C30).

    What the discussion decided stands as it was decided; the change is kept beside it with its reason.
    Raises NotAllowed, MoveNotAllowed, Refused at `why` or `police_lead`.
    """
    kept = _lock_open(enquiry, by=by, at=at)
    was = kept.kind
    now = EnquiryKind.SINGLE if was == EnquiryKind.JOINT else EnquiryKind.JOINT
    _refuse_empty("why", why, "Enter why it changes, and with whom this was agreed")
    lead = police_lead.strip() if now == EnquiryKind.JOINT else kept.police_lead
    if now == EnquiryKind.JOINT:
        _refuse_empty("police_lead", police_lead, "Enter who leads for the police")
    kept.kind, kept.police_lead = now, lead if now == EnquiryKind.JOINT else ""
    kept.save(update_fields=["kind", "police_lead"])
    change = EnquiryKindChange.objects.create(
        enquiry=kept, was=was, now=now, police_lead=lead, why=why.strip()[:KEPT], by=by, at=at
    )
    data = {"was": was, "now": now, "reason": change.why}
    record(events.ENQUIRY_KIND_CHANGED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return change


def _lock_open(enquiry: Enquiry, *, by: User, at: datetime) -> Enquiry:
    case = Case.objects.lock(enquiry.child.case)
    kept: Enquiry = Enquiry.objects.lock(enquiry)
    refuse(refusal_to_change(by, case, at))
    if kept.closed_at is not None:
        raise MoveNotAllowed(f"This enquiry was closed by {kept.closed_by}. Look at it again.")
    return kept


def _close(kept: Enquiry, ending: Ending, *, closing: str, by: User, at: datetime) -> dict[str, Any]:
    """Write how it ended; returns what the ledger keeps of it: codes, no words."""
    held = kept.conference_on is not None
    for field, sentence in rules.problems(ending.finding, ending.outcomes, has_conference=held).items():
        raise Refused(field, sentence)
    _refuse_empty("closing", closing, "Enter how the enquiry ended")
    kept.finding, kept.outcomes = ending.finding, rules.codes(ending.outcomes, has_conference=held)
    kept.closed_at, kept.closed_by, kept.closed_reason = at, by, closing
    kept.save()
    return {"finding": kept.finding, "outcomes": kept.outcomes}


def _refuse_empty(field: str, text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(field, sentence)


def _meet(kept: Enquiry, *, by: User, at: datetime) -> None:
    for clock in Deadline.objects.of(kept.subject, Duty.ICPC).running():
        meet(clock, by=by, at=at)
