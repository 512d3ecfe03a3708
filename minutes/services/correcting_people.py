"""Who took part, put right while the record is with the chair: quorum and its clocks follow (G20, B13)."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from django.db import transaction

from accounts.models import User
from attendees.enums import TAKES_PART, Mode
from attendees.models import Attendance
from attendees.services.attendance import Part
from attendees.services.joining import admit_all
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused
from govuk.moments import clock_time, moment
from minutes import events_after as events
from minutes.models import Minutes, PutRight
from minutes.services import asking, turns
from minutes.services.correcting import changes_of, lock_to_correct, manager_reason, why_of
from minutes.services.hold import follow_quorum, put_part
from minutes.services.record import changed

NOBODY = "Somebody must have taken part. Put right who did first"
ABOUT = "Who took part"


@transaction.atomic
def correct_attendance(
    minutes: Minutes, part: Part, *, reason: str, by: User, at: datetime, is_new: bool = False
) -> Attendance:
    """Put right how somebody took part, from when until when; or, `is_new`, add somebody who was there.

    1. Lock case, discussion and record; who may authorise, while the record is with the chair; a reason.
    2. Nobody came before the start or after the end. Without a time they were there from the start.
    3. Name, job and agency stay as they were that day. What they signed or said of the record stays, too.
    4. Who was there after all is asked to agree the record and to sign; who was not is no longer asked.
    5. Quorum follows, and with it every clock that it meets or opens again, as after corrected times.
    Raises NotAllowed, MoveNotAllowed, Refused at the field.
    """
    record = lock_to_correct(minutes, by, at)
    why = why_of(reason)
    was = record.discussion.attendance.filter(professional=part.professional).first()
    if is_new and was is not None:
        raise Refused("professional", f"{was.name} is recorded already. Put that right instead")
    part = _as_that_day(_in_time(record, part), was)
    before = _told(was)
    row = put_part(record, part, at)
    if was is not None and row.agency_name != was.agency_name:
        row.agency_name = was.agency_name
        row.save(update_fields=["agency_name"])
    if not record.discussion.attendance.filter(mode__in=TAKES_PART).exists():
        raise Refused("mode", NOBODY)
    changes = changes_of(before, _told(row))
    admit_all(record.discussion, by=by, at=at)
    _ask(record, was, row, by, at)
    who = f"{row.name}, {row.agency_name}"[:200]
    PutRight.objects.create(minutes=record, about=ABOUT, name=who, changes=changes, reason=why, by=by, at=at)
    changed(record)
    data = {"was": was.mode if was else "", "mode": row.mode, "reason": why}
    audit.record(events.ATTENDANCE_PUT_RIGHT, record.discussion.case, subject=row, by=by, at=at, data=data)
    follow_quorum(record, by, at, manager_reason=manager_reason(why, by, at))
    turns.settle_round(record, by=by)
    return row


def _in_time(record: Minutes, part: Part) -> Part:
    """The part with times within the discussion; without any for who did not take part."""
    start, end = record.discussion.started_at, record.discussion.ended_at
    if start is None or end is None:  # only an ended discussion has a record with the chair
        raise MoveNotAllowed("The discussion has not ended.")
    if part.mode not in Mode.values:
        raise Refused("mode", "Choose how they took part")
    if part.mode not in TAKES_PART:
        return replace(part, arrived_at=None, left_at=None, away=())
    arrived_at = part.arrived_at or start
    held = f"The discussion was held from {moment(start)} to {clock_time(end)}"
    if not start <= arrived_at <= end:
        raise Refused("arrived_at", f"{held}. Enter a time between them")
    if part.left_at is not None and not arrived_at < part.left_at <= end:
        raise Refused("left_at", f"{held}. Enter a time after they joined, or leave it empty")
    moments = [arrived_at, *[one for gap in part.away for one in gap], part.left_at or end]
    if part.away and any(one >= after for one, after in pairwise(moments)):
        raise Refused("away", f"{held}. Enter times between joining and leaving, the earliest first")
    return replace(part, arrived_at=arrived_at)


def _as_that_day(part: Part, was: Attendance | None) -> Part:
    if was is None:
        return part
    return replace(part, name=was.name, job_role=was.job_role, quorum_role=was.quorum_role)


def _ask(record: Minutes, was: Attendance | None, row: Attendance, by: User, at: datetime) -> None:
    was_there = was is not None and was.mode in TAKES_PART
    is_there = row.mode in TAKES_PART
    if is_there and not was_there:
        asking.ask_one(record, row, by=by, at=at)
    elif was_there and not is_there:
        asking.stop_asking(record, row, why="They did not take part after all", by=by, at=at)


def _told(row: Attendance | None) -> list[tuple[str, str]]:
    if row is None:
        return [
            (title, "") for title in ("how", "joined", "away", "left", "decides for the agency", "instead of")
        ]
    here = row.mode in TAKES_PART
    return [
        ("how", row.get_mode_display()),
        ("joined", moment(row.arrived_at) if row.arrived_at else ""),
        ("away", " and ".join(f"{clock_time(left)} to {clock_time(back)}" for left, back in row.away)),
        ("left", moment(row.left_at) if row.left_at else ""),
        ("decides for the agency", ("yes" if row.can_decide else "no") if here else ""),
        ("instead of", row.deputy_for),
    ]
