"""The times of one telephone call, put right once the discussion has ended (rows C02, B13)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import DiscussionCall
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from cases.models import Case
from govuk.moments import clock_time, moment
from minutes import events_after as events
from minutes.models import Minutes, PutRight
from minutes.permissions.after import refusal_to_correct_call
from minutes.services import turns
from minutes.services.calls import check_times, follow, locked
from minutes.services.correcting import changes_of, manager_reason, why_not_now, why_of
from minutes.services.hold import follow_quorum
from minutes.services.record import lock_record
from minutes.services.times import CORRECTABLE

ABOUT = "When a call was"


@dataclass(frozen=True, slots=True)
class Times:
    """From when until when a call lasted."""

    began_at: datetime
    ended_at: datetime


@transaction.atomic
def correct_call_times(
    call: DiscussionCall, times: Times, *, reason: str, version: int | None = None, by: User, at: datetime
) -> DiscussionCall:
    """Put right when one call began and ended; what was said in it, and who was on it, stand.

    1. Lock case, discussion and record; who chaired or minuted it, until it is authorised; a reason.
    2. It ended after it began, within the discussion: its own end is corrected first where that was wrong.
    3. Whoever was on it is there from and until the new times; the first call that reached somebody is the
       start. Quorum follows, and with it every clock that it meets or opens again.
    4. What was, what is now and why stand in the record.
    Raises NotAllowed, MoveNotAllowed, StaleVersion, Refused at the field.
    """
    Case.objects.lock(call.discussion.case)
    record = lock_record(call.discussion.minutes)
    refuse(refusal_to_correct_call(by, record.discussion, at))
    if reason_not := why_not_corrected(record):
        raise MoveNotAllowed(reason_not)
    row = locked(call)
    if version is not None and row.version != version:
        raise StaleVersion(None, "Somebody changed this call while you were writing. Both are shown.")
    _check(record, times, at)
    before, began_before = _told(row), row.began_at
    row.began_at, row.ended_at = times.began_at, times.ended_at
    changes = changes_of(before, _told(row))
    why = why_of(reason)
    row.version += 1
    row.save(update_fields=["began_at", "ended_at", "version"])
    PutRight.objects.create(
        minutes=record, about=ABOUT, name=f"call {row.number}", changes=changes, reason=why, by=by, at=at
    )
    data = {"number": row.number, "reason": why, "was": before[0][1]}
    audit.record(events.CALL_PUT_RIGHT, record.discussion.case, subject=row, by=by, at=at, data=data)
    follow(record, [row.caller, *row.people.all()], [began_before], by, at)
    follow_quorum(record, by, at, manager_reason=manager_reason(why, by, at))
    turns.settle_round(record, by=by)
    return row


def why_not_corrected(record: Minutes) -> str | None:
    """Why no call of this record can be corrected now, or None."""
    return None if record.status in CORRECTABLE else why_not_now(record)


def _check(record: Minutes, times: Times, at: datetime) -> None:
    check_times(record, times.began_at, times.ended_at, at)
    over = record.discussion.ended_at
    if over is not None and times.ended_at > over:
        raise Refused(
            "ended_at",
            f"The discussion ended on {moment(over)}. Enter an earlier time, or correct that first",
        )


def _told(call: DiscussionCall) -> list[tuple[str, str]]:
    return [
        ("began", moment(call.began_at)),
        ("ended", clock_time(call.ended_at) if call.ended_at else ""),
    ]
