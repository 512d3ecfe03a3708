"""Holding the discussion: who is here, the start, late arrivals, early leavers and the close."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from attendees.enums import TAKES_PART, CallOutcome, Mode
from attendees.models import Attendance, Professional
from attendees.quorum import Quorum
from attendees.services import attendance as attending
from attendees.services.attendance import Part, Printed
from attendees.services.booking import refusal_of_chair
from attendees.services.joining import admit_all
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import clock_time, moment
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.text import one_line
from minutes.rules.wording import in_words
from minutes.services import asking, legal, turns
from minutes.services.actions import open_action_clocks
from minutes.services.agree import freeze_action_log
from minutes.services.allocated import take_on
from minutes.services.draft_check import let_draft_through
from minutes.services.record import changed, lock_record, make_room_to_speak, rules_of
from minutes.workflow import MINUTES
from protocols.enums import Severity
from strategy.clocks import keep_clocks
from strategy.enums import DiscussionStatus, Status
from strategy.models import Decision, Discussion, StrategyRequest
from strategy.workflow import DISCUSSION, REQUEST

PROTECTION_FIRST = (
    "The immediate protection decision is not recorded. It should have been made before the discussion "
    "started: record it now, with who in the police it was decided with, then close."
)
MEETING_TIME = frozenset({MinutesStatus.OPENED, MinutesStatus.LIVE})


@transaction.atomic
def confirm_right_meeting(
    minutes: Minutes, *, by: User, at: datetime, confirmed_at: datetime | None = None
) -> Minutes:
    """The children's details were read out and everyone is in the right meeting (row B03).

    Now, or at the real time when it is typed in afterwards; whoever confirms it first is believed. Raises
    NotAllowed, MoveNotAllowed, Refused at `confirmed_at`.
    """
    record = lock_to_run(minutes, by, at)
    if record.discussion.right_meeting_at is None:
        confirmed_at = confirmed_at or at
        _check_confirmed(record, confirmed_at, at)
        record.discussion.right_meeting_at = confirmed_at
        record.discussion.save(update_fields=["right_meeting_at"])
        changed(record)
        subject = record.discussion
        audit.record(events.RIGHT_MEETING, subject.case, subject=subject, by=by, at=confirmed_at)
    return record


@transaction.atomic
def record_attendance(
    minutes: Minutes,
    parts: Iterable[Part],
    *,
    printed: Mapping[int, Printed] | None = None,
    by: User,
    at: datetime,
) -> list[Attendance]:
    """Record who is here and how, absent contributors too (rows B04, C14, G20); quorum follows.

    Somebody recorded again is corrected; `printed` is what a page showed of each: a line that it left so is
    left as it now stands. Raises NotAllowed, MoveNotAllowed, Refused, and Overtaken for both at one line.
    """
    record = lock_to_run(minutes, by, at)
    wanted = attending.told_anew(record.discussion, parts, printed or {})
    if not wanted:
        return []
    rows = [put_part(record, part, at) for part in wanted]
    admit_all(record.discussion, by=by, at=at)
    changed(record)
    audit.record(
        events.ATTENDANCE_RECORDED,
        record.discussion.case,
        subject=record.discussion,
        by=by,
        at=at,
        data={"people": [f"{row.professional_id}:{row.mode}" for row in rows][:200]},
    )
    follow_quorum(record, by, at)
    return rows


@transaction.atomic
def start_discussion(
    minutes: Minutes,
    *,
    by: User,
    at: datetime,
    started_at: datetime | None = None,
    no_quorum_reason: str = "",
    as_held: bool = False,
) -> Minutes:
    """Start, now or at the real time when it is typed in afterwards.

    1. Lock discussion and record; only who runs the meeting; both must be able to move.
    2. Those recorded as here before the start are here from the start.
    3. Without quorum a reason is asked; the start then does not stop the convene clock (`clocks.md`).
    4. Write both moves; clocks follow the facts; tell the ledger.

    Whoever may chair no more does not start it; `as_held`: it has been held already, as it was.
    """
    record = lock_to_run(minutes, by, at)
    discussion, started_at = record.discussion, started_at or at
    DISCUSSION.check_move(discussion.status, DiscussionStatus.STARTED)
    MINUTES.check_move(record.status, MinutesStatus.LIVE)
    check_start(record, started_at, at)
    if not as_held and (reason := _refusal_of_chair(record, started_at)):
        raise Refused(None, reason)
    discussion.attendance.filter(arrived_at__gt=started_at).update(arrived_at=started_at)
    quorum = quorum_now(record, started_at)
    if not quorum.met and not no_quorum_reason.strip():
        raise Refused("no_quorum_reason", _missing_sentence(quorum))
    discussion.status, discussion.started_at, discussion.started_by = DiscussionStatus.STARTED, started_at, by
    discussion.no_quorum_reason = "" if quorum.met else no_quorum_reason.strip()[:300]
    discussion.save(update_fields=["status", "started_at", "started_by", "no_quorum_reason"])
    record.status = MinutesStatus.LIVE
    record.save(update_fields=["status"])
    changed(record)
    told = {"missing": list(quorum.missing), "reason": discussion.no_quorum_reason} if quorum.missing else {}
    audit.record(events.STARTED, discussion.case, subject=discussion, by=by, at=started_at, data=told)
    follow_quorum(record, by, at)
    keep_clocks(discussion.request.referral, by=by, at=at)
    return record


@transaction.atomic
def arrive_late(
    minutes: Minutes, part: Part, *, by: User, at: datetime, replaces: bool = False
) -> Attendance:
    """Somebody joins, comes back or is rung; if that completes quorum, convene is met then. `replaces`: they
    are here, and came at another time than was recorded. Raises NotAllowed, MoveNotAllowed, Refused."""
    record = lock_to_run(minutes, by, at)
    if part.mode not in TAKES_PART:
        raise Refused("mode", "Choose how they take part: in the room, by video or by telephone")
    known = record.discussion.attendance.filter(professional=part.professional, mode__in=TAKES_PART).first()
    moment_of_it = part.arrived_at or at
    row = put_part(record, attending.once_more(part, known, at=at, replaces=replaces), at)
    admit_all(record.discussion, by=by, at=at)
    changed(record)
    audit.record(events.ARRIVED, record.discussion.case, subject=row, by=by, at=moment_of_it)
    follow_quorum(record, by, at)
    return row


@transaction.atomic
def join_by_telephone(minutes: Minutes, professional: Professional, *, by: User, at: datetime) -> Attendance:
    """Tick somebody on the dial list: they are on the line from now on, before the start or after it.

    Whoever comes back on the line keeps when they first joined, with the time between. Raises NotAllowed,
    MoveNotAllowed, Refused at `joined` for somebody who is not expected.
    """
    record = lock_to_run(minutes, by, at)
    told = {
        one.professional.pk: one
        for one in attending.expected(record.discussion, permissions.booking_of(record.discussion))
    }
    part = told.get(professional.pk)
    if part is None:
        raise Refused("joined", f"{professional.name} is not asked to this discussion. Invite them first")
    known = record.discussion.attendance.filter(professional=professional, mode__in=TAKES_PART).first()
    if known is not None and known.left_at is None:
        raise MoveNotAllowed(f"{known.name} is on the line already, since {clock_time(known.spans[-1][0])}.")
    joined = replace(part, mode=Mode.PHONE, arrived_at=at, left_at=None)
    row = put_part(record, attending.once_more(joined, known, at=at), at)
    changed(record)
    audit.record(events.ARRIVED, record.discussion.case, subject=row, by=by, at=at, data={"mode": "phone"})
    follow_quorum(record, by, at)
    return row


@transaction.atomic
def leave_early(
    attendance: Attendance, *, by: User, at: datetime, left_at: datetime | None = None
) -> Attendance:
    """Somebody left before the end. Quorum that was once complete stays recorded; the close looks again."""
    record = lock_to_run(attendance.discussion.minutes, by, at)
    row: Attendance = Attendance.objects.lock(attendance)
    left_at = left_at or at
    if row.arrived_at is None:
        raise Refused("left_at", f"{row.name} was not recorded as here")
    if not row.spans[-1][0] <= left_at <= at:
        raise Refused("left_at", f"Enter a time after {row.name} arrived, and not in the future")
    row.left_at = left_at
    row.save(update_fields=["left_at"])
    changed(record)
    audit.record(events.LEFT, record.discussion.case, subject=row, by=by, at=left_at)
    follow_quorum(record, by, at)
    return row


@transaction.atomic
def close_discussion(
    minutes: Minutes,
    *,
    by: User,
    at: datetime,
    ended_at: datetime | None = None,
    read_back: bool = False,
    not_read_back: str = "",
    accepted: Mapping[str, str] | None = None,
) -> Minutes:
    """Close at the agreed end (rows W26, C27).

    1. Lock case, request, discussion and record; only who runs the meeting; all must be able to move.
    2. The end is not before the start; somebody was there; every child is decided or deferred; it was read
       back, or `not_read_back` says why not; what nobody should read in it is mended or `accepted`.
    3. Write the moves; the actions are agreed, and their log is frozen for signing.
    4. The case is the named worker's. Clocks follow: circulation, follow-up, agreeing the record, actions.
       Tell the ledger.
    5. Each who took part is asked by letter to agree the record and to sign.
    """
    case = Case.objects.lock(minutes.discussion.case)
    request: StrategyRequest = StrategyRequest.objects.lock(minutes.discussion.request)
    record = lock_to_run(minutes, by, at)
    discussion, ended_at = record.discussion, ended_at or at
    DISCUSSION.check_move(discussion.status, DiscussionStatus.ENDED)
    MINUTES.check_move(record.status, MinutesStatus.AGREED)
    _check_end(record, ended_at, at)
    _check_read_back(read_back, not_read_back)
    let = let_draft_through(record, accepted)
    quorum = quorum_now(record, ended_at)
    discussion.status, discussion.ended_at, discussion.ended_by = DiscussionStatus.ENDED, ended_at, by
    discussion.save(update_fields=["status", "ended_at", "ended_by"])
    REQUEST.check_move(request.status, Status.HELD)
    request.status = Status.HELD
    request.save(update_fields=["status"])
    record.status, record.agreed_at = MinutesStatus.AGREED, ended_at
    record.not_read_back = one_line(not_read_back)[:300]
    record.save(update_fields=["status", "agreed_at", "not_read_back"])
    record.actions.update(agreed_at=ended_at)
    changed(record)
    log = freeze_action_log(record, by=by, at=at)
    data = {"missing_at_close": list(quorum.missing), "quorate": discussion.quorate_at is not None}
    data |= {"not_read_back": record.not_read_back} if record.not_read_back else {}
    data |= {"let_through": let} if let else {}
    audit.record(events.CLOSED, discussion.case, subject=discussion, by=by, at=ended_at, data=data)
    take_on(record, case, by=by, at=at)
    keep_clocks(discussion.request.referral, by=by, at=at)
    open_action_clocks(record, by=by, at=at)
    turns.start_round(record, by=by, at=at)
    asking.ask_to_agree(record, log, by=by, at=at)
    return record


def quorum_now(minutes: Minutes, at: datetime) -> Quorum:
    """Quorum at a moment, from the attendance recorded so far."""
    discussion = minutes.discussion
    rows = list(discussion.attendance.select_related("professional"))
    return attending.quorum_of(rows, discussion, rules_of(discussion), at)


def undecided(minutes: Minutes) -> list[str]:
    """The children of the discussion for whom nothing is decided or deferred yet, by name."""
    decided = Decision.objects.filter(discussion=minutes.discussion).values("child_id")
    return [child.name for child in minutes.discussion.request.children.exclude(pk__in=decided)]


def protection_open(discussion: Discussion) -> bool:
    """Whether the immediate protection decision, due before the start, is still to be made (row W32)."""
    subject, duty = f"referral:{discussion.request.referral_id}", Duty.IMMEDIATE_PROTECTION_DECISION
    return bool(Deadline.objects.running().of(subject, duty).exists())


# --- Beats that several of them share ---------------------------------------------------------


def _refusal_of_chair(record: Minutes, at: datetime) -> str | None:
    """Why the chair who is booked may not chair any more, and what to do (row G11)."""
    booking = permissions.booking_of(record.discussion)
    if booking is None:
        return None
    reason = refusal_of_chair(record.discussion.request, booking.chair, at)
    return reason and f"{reason}. Name another chair on the page of the discussion, then start it."


def lock_to_run(minutes: Minutes, by: User, at: datetime) -> Minutes:
    """Lock discussion and record for who runs the meeting, until it is closed. Raises NotAllowed,
    MoveNotAllowed."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_run(by, record.discussion, at))
    if record.discussion.status == DiscussionStatus.CANCELLED:
        raise MoveNotAllowed("This discussion was cancelled.")
    if record.status not in MEETING_TIME:
        raise MoveNotAllowed(
            f"This discussion has ended and its record is “{record.get_status_display().lower()}”. "
            "Somebody may have been quicker: look at it again."
        )
    return record


def put_part(record: Minutes, part: Part, at: datetime) -> Attendance:
    """Write one person's part, with a place in the record for what they say. Raises Refused."""
    make_room_to_speak(record, part.professional, at)
    return attending.put(record.discussion, part, at=at)


def _check_confirmed(record: Minutes, confirmed_at: datetime, at: datetime) -> None:
    if confirmed_at > at:
        raise Refused("confirmed_at", "Enter when it was confirmed: it cannot be in the future")
    trigger = record.discussion.request.referral.triggered_at
    if confirmed_at < trigger:
        raise Refused("confirmed_at", f"Enter a time after what led to the discussion, on {moment(trigger)}")


def check_start(record: Minutes, started_at: datetime, at: datetime) -> None:
    """Refuse a start that cannot be: in the future, or before what led to it."""
    if started_at > at:
        raise Refused("started_at", "A discussion cannot start in the future. Check the time")
    trigger = record.discussion.request.referral.triggered_at
    if started_at < trigger:
        raise Refused("started_at", f"It cannot have started before what led to it, on {moment(trigger)}")


def _check_end(record: Minutes, ended_at: datetime, at: datetime) -> None:
    discussion = record.discussion
    if discussion.started_at is not None and ended_at < discussion.started_at:
        raise Refused("ended_at", f"It cannot end before it started, on {moment(discussion.started_at)}")
    if ended_at > at:
        raise Refused("ended_at", "A discussion cannot end in the future. Check the time")
    going_on = Q(outcome=CallOutcome.GOING_ON) | Q(ended_at__gt=ended_at)
    if call := discussion.calls.filter(going_on, struck_at=None).first():
        raise Refused("ended_at", f"Call {call.number} had not ended by then. End it or correct it first")
    if not discussion.attendance.filter(mode__in=TAKES_PART).exists():
        raise Refused(None, "Record who took part before you close the discussion.")
    if names := undecided(record):
        raise Refused(
            None, f"Decide for {in_words(names)}, or defer to a date, before you close the discussion."
        )
    if without := legal.without_legal_reason(record, ended_at):
        raise Refused(None, legal.sentence_of(without))
    must = rules_of(discussion).immediate_protection_limit.severity == Severity.BLOCK
    if must and protection_open(discussion):
        raise Refused(None, PROTECTION_FIRST)


def _check_read_back(read_back: bool, why_not: str) -> None:
    """What was not read back is said so: nobody ticks what was not done to be let out (C27)."""
    if not read_back and not why_not.strip():
        raise Refused(
            "read_back", "Read the decisions and actions back, then tick this. Or say why not below"
        )
    if read_back and why_not.strip():
        raise Refused("not_read_back", "Say why nothing was read back, or tick that it was: one of the two")


def _missing_sentence(quorum: Quorum) -> str:
    roles = in_words([attending.role_words(role) for role in quorum.missing])
    return f"There is no quorum without {roles}. Say why you start"


def follow_quorum(
    record: Minutes,
    by: User,
    at: datetime,
    *,
    manager_reason: str = "",
) -> None:
    """Bring the moment of quorum in line with who is recorded; the clocks follow when it moved."""
    discussion = record.discussion
    if discussion.started_at is None:
        return
    rows = list(discussion.attendance.select_related("professional"))
    since = attending.quorum_since(rows, discussion, rules_of(discussion), discussion.started_at)
    if since == discussion.quorate_at:
        return
    discussion.quorate_at = since
    discussion.save(update_fields=["quorate_at"])
    if since is not None:
        audit.record(events.QUORUM_COMPLETE, discussion.case, subject=discussion, by=by, at=since)
    keep_clocks(discussion.request.referral, by=by, at=at, manager_reason=manager_reason)
