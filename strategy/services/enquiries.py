"""What becomes of a section 47 enquiry: its conference, or that none is required, and its close."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.models import Case
from cases.permissions import refusal_to_change
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import meet
from deadlines.working_days import END_OF_DAY, at_local, local_date
from strategy import events
from strategy.models import Enquiry

SATURDAY = 5


@transaction.atomic
def record_conference(enquiry: Enquiry, *, held_on: date, by: User, at: datetime) -> Enquiry:
    """The child protection conference was held; meets its clock.

    The date is never before the enquiry began, at a weekend (national rules 8615, 8870) or in the future.
    Raises NotAllowed, MoveNotAllowed, Refused("held_on").
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if held_on < local_date(kept.started_at):
        raise Refused("held_on", "This is before the enquiry began")
    if held_on > local_date(at):
        raise Refused("held_on", "This is in the future: record the conference when it has been held")
    if held_on.weekday() >= SATURDAY:
        raise Refused(
            "held_on", "This is a Saturday or Sunday: national returns refuse it, so check the date"
        )
    kept.conference_on, kept.conference_not_required = held_on, False
    kept.save(update_fields=["conference_on", "conference_not_required"])
    # A date, no time: it counts as done by the end of that day, and never in the future.
    _meet(kept, by=by, at=min(at, at_local(held_on, END_OF_DAY)))
    record(events.CONFERENCE_RECORDED, kept.child.case, subject=kept.subject, by=by, at=at)
    return kept


@transaction.atomic
def record_no_conference(enquiry: Enquiry, *, reason: str, by: User, at: datetime) -> Enquiry:
    """A conference is not required; meets its clock and closes the enquiry.

    Raises NotAllowed, MoveNotAllowed, Refused("reason").
    """
    kept = _lock_open(enquiry, by=by, at=at)
    kept.conference_not_required = True
    _close(kept, reason, by=by, at=at)
    _meet(kept, by=by, at=at)
    data = {"reason": reason[:300]}
    record(events.CONFERENCE_NOT_REQUIRED, kept.child.case, subject=kept.subject, by=by, at=at, data=data)
    return kept


@transaction.atomic
def close_enquiry(enquiry: Enquiry, *, reason: str, by: User, at: datetime) -> Enquiry:
    """The enquiry has ended; first its conference must be recorded as held, or as not required (rule 8868).

    Raises NotAllowed, MoveNotAllowed, Refused("reason").
    """
    kept = _lock_open(enquiry, by=by, at=at)
    if kept.conference_on is None and not kept.conference_not_required:
        raise Refused(None, "First record the conference, or that none is required")
    _close(kept, reason, by=by, at=at)
    record(events.ENQUIRY_CLOSED, kept.child.case, subject=kept.subject, by=by, at=at)
    return kept


def _lock_open(enquiry: Enquiry, *, by: User, at: datetime) -> Enquiry:
    case = Case.objects.lock(enquiry.child.case)
    kept: Enquiry = Enquiry.objects.lock(enquiry)
    refuse(refusal_to_change(by, case, at))
    if kept.closed_at is not None:
        raise MoveNotAllowed(f"This enquiry was closed by {kept.closed_by}. Look at it again.")
    return kept


def _close(kept: Enquiry, reason: str, *, by: User, at: datetime) -> None:
    if not reason.strip():
        raise Refused("reason", "Enter how the enquiry ended")
    kept.closed_at, kept.closed_by, kept.closed_reason = at, by, reason
    kept.save()


def _meet(kept: Enquiry, *, by: User, at: datetime) -> None:
    for clock in Deadline.objects.of(kept.subject, Duty.ICPC).running():
        meet(clock, by=by, at=at)
