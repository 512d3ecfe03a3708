"""Correcting when a discussion began and ended, while its record is not authorised; every clock follows."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from attendees.enums import TAKES_PART, CallOutcome, Mode
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from govuk.moments import moment
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.permissions import meeting as permissions
from minutes.services import turns
from minutes.services.actions import open_action_clocks
from minutes.services.hold import check_start, follow_quorum
from minutes.services.record import changed, lock_record
from strategy.clocks import keep_clocks
from strategy.models import Discussion, Enquiry, StrategyRequest
from strategy.permissions import refusal_to_lengthen

CORRECTABLE = frozenset({MinutesStatus.AGREED, MinutesStatus.WITH_CHAIR})


@transaction.atomic
def correct_discussion_times(
    minutes: Minutes, *, started_at: datetime, ended_at: datetime, reason: str, by: User, at: datetime
) -> Minutes:
    """Correct the start and the end of a discussion that was typed wrongly.

    1. Lock request, discussion and record; only who runs the meeting; ended, and not yet authorised.
    2. The times must be possible, and nobody may have arrived or come back after the end. A reason is asked.
       Where both move by as much, the day or the hour was typed wrongly: everybody's times and those of the
       calls move with them.
    3. Write them; who was here from the start is so from the new one, and who is recorded as leaving after
       the end left with it; enquiries begin with the start.
    4. Every clock follows: earlier by itself, later only when a manager corrects. Tell the ledger.
    Raises NotAllowed, MoveNotAllowed, Refused at the field.
    """
    StrategyRequest.objects.lock(minutes.discussion.request)
    record = lock_record(minutes)
    discussion = record.discussion
    refuse(permissions.refusal_to_run(by, discussion, at))
    if record.status not in CORRECTABLE or discussion.started_at is None or discussion.ended_at is None:
        status = record.get_status_display().lower()
        raise MoveNotAllowed(f"This record is “{status}”: its times cannot be corrected now.")
    why = " ".join(reason.split())[:300]
    shift = started_at - discussion.started_at
    is_whole = shift and abs(ended_at - discussion.ended_at - shift) < timedelta(minutes=1)
    if is_whole:
        _move_everybody(discussion, shift)
    _check(record, started_at, ended_at, why, at)
    before = {"started_at": discussion.started_at.isoformat(), "ended_at": discussion.ended_at.isoformat()}
    (_begin if is_whole else move_start)(discussion, started_at)
    _move_end(record, ended_at)
    manager = word_of_manager(by, why, at)
    follow_quorum(record, by, at, manager_reason=manager)
    keep_clocks(discussion.request.referral, by=by, at=at, manager_reason=manager)
    open_action_clocks(record, by=by, at=at)
    if turns.round_clock(record) is not None:
        turns.start_round(record, by=by, at=at)
    changed(record)
    data = {"reason": why, "before": before}
    audit.record(events.TIMES_CORRECTED, discussion.case, subject=discussion, by=by, at=at, data=data)
    return record


def word_of_manager(by: User, why: str, at: datetime) -> str:
    """The reason for which clocks may move later, when whoever corrects is a manager; else empty."""
    return why if refusal_to_lengthen(by, at) is None else ""


def _check(record: Minutes, started_at: datetime, ended_at: datetime, why: str, at: datetime) -> None:
    check_start(record, started_at, at)
    if ended_at <= started_at:
        raise Refused("ended_at", "It cannot end before it started. Check both times")
    if ended_at > at:
        raise Refused("ended_at", "A discussion cannot end in the future. Check the time")
    joined = record.discussion.attendance.filter(mode__in=TAKES_PART, arrived_at__gt=ended_at)
    late = joined.exclude(arrived_at=record.discussion.started_at).first()  # who was here at the start moves
    if late is not None and late.arrived_at is not None:
        raise Refused(
            "ended_at", f"{late.name} is recorded as joining after that, at {moment(late.arrived_at)}"
        )
    _check_nobody_came_back(record.discussion, ended_at)
    if not why:
        raise Refused("reason", "Enter why the times are changed")


def _check_nobody_came_back(discussion: Discussion, ended_at: datetime) -> None:
    for row in discussion.attendance.filter(mode__in=TAKES_PART).exclude(away=[]):
        back = row.away[-1][1]
        if back > ended_at:
            raise Refused("ended_at", f"{row.name} is recorded as coming back after that, at {moment(back)}")


def move_start(discussion: Discussion, started_at: datetime) -> None:
    """Write another start of a discussion that is locked: who was here from the start is so from the new one,
    and enquiries begin with it. Whoever was rung is there from their own call on, also when that was the
    start until an earlier one was written down. The caller brings quorum and clocks in line."""
    calls = discussion.calls.filter(outcome=CallOutcome.REACHED, struck_at=None)
    rung = Q(professional__in=calls.values("people")) | Q(professional__in=calls.values("caller"))
    from_start = discussion.attendance.filter(arrived_at=discussion.started_at)
    discussion.attendance.filter(left_at__lt=started_at).update(left_at=started_at)
    from_start.exclude(rung, mode=Mode.PHONE).update(arrived_at=started_at)
    discussion.attendance.filter(arrived_at__lt=started_at).update(arrived_at=started_at)
    _begin(discussion, started_at)


def _begin(discussion: Discussion, started_at: datetime) -> None:
    if (old_start := discussion.started_at) is not None:
        Enquiry.objects.filter(discussion=discussion, started_at=old_start).update(started_at=started_at)
    discussion.started_at = started_at
    discussion.save(update_fields=["started_at"])


def _move_everybody(discussion: Discussion, shift: timedelta) -> None:
    """Who joined ten minutes late did so on the right day, too."""
    for row in discussion.attendance.exclude(away=[]):
        row.away = [[left + shift, back + shift] for left, back in row.away]
        row.save(update_fields=["away"])
    moved = {"arrived_at": F("arrived_at") + shift, "left_at": F("left_at") + shift}
    discussion.attendance.filter(arrived_at__isnull=False).update(**moved)
    discussion.calls.update(began_at=F("began_at") + shift, ended_at=F("ended_at") + shift)


def _move_end(record: Minutes, ended_at: datetime) -> None:
    discussion: Discussion = record.discussion
    discussion.attendance.filter(left_at__gt=ended_at).update(left_at=ended_at)
    record.actions.filter(agreed_at=discussion.ended_at).update(agreed_at=ended_at)
    discussion.ended_at = ended_at
    discussion.save(update_fields=["ended_at"])
    record.agreed_at = ended_at
    record.save(update_fields=["agreed_at"])
