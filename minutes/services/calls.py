"""A discussion held in telephone calls: each is written with its times, and whoever is reached takes part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import Agency, User
from attendees.enums import TAKES_PART, CallOutcome, Mode
from attendees.models import Attendance, DiscussionCall, Professional
from attendees.services.attendance import Part, told_by
from attendees.services.directory import add_professional
from attendees.services.joining import admit_all
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from minutes.rules.text import clean, one_line
from minutes.services.hold import check_start, follow_quorum, lock_to_run, put_part, start_discussion
from minutes.services.record import changed
from minutes.services.times import move_start, word_of_manager
from strategy.clocks import keep_clocks
from strategy.models import Discussion

WHY_MOVED = "The first call that reached somebody is the start."
NOT_YET = "The discussion is held in telephone calls: quorum is complete when all its roles are reached."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody on a call who is not in the directory: added when the call is written, not before."""

    name: str
    agency: Agency
    job_role: str
    quorum_role: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one call that has ended."""

    caller: Professional
    people: Sequence[Professional]
    outcome: str
    began_at: datetime
    ended_at: datetime
    phone: str = ""
    said: str = ""
    agreed: str = ""
    newcomer: Newcomer | None = None


@transaction.atomic
def begin_call(
    minutes: Minutes, person: Professional, *, caller: Professional, by: User, at: datetime
) -> DiscussionCall:
    """Somebody is being rung from now on; whether they are reached is told when it ends (row C02).

    Raises NotAllowed, MoveNotAllowed when a call with them goes on.
    """
    record = lock_to_run(minutes, by, at)
    _check_people(caller, [person])
    going_on = record.discussion.calls.filter(outcome=CallOutcome.GOING_ON, struck_at=None, people=person)
    if other := going_on.first():
        raise MoveNotAllowed(f"Call {other.number} with {person.name} is going on already.")
    call = DiscussionCall(discussion=record.discussion, number=_next_number(record), caller=caller)
    call.outcome, call.began_at = CallOutcome.GOING_ON, at
    call.phone = _told_by(record.discussion, person).number
    _keep(call, [person])
    changed(record)
    audit.record(events.CALL_BEGUN, record.discussion.case, subject=call, by=by, at=at)
    return call


@transaction.atomic
def record_call(minutes: Minutes, told: Told, *, by: User, at: datetime) -> DiscussionCall:
    """Write a call that has ended, also afterwards with its real times; whoever was reached takes part.

    Raises NotAllowed, MoveNotAllowed, Refused beside what cannot be.
    """
    record = lock_to_run(minutes, by, at)
    told = _checked(record, told, by, at)
    call = DiscussionCall(discussion=record.discussion, number=_next_number(record))
    _write(call, told)
    audit.record(
        events.CALL_RECORDED,
        record.discussion.case,
        subject=call,
        by=by,
        at=told.began_at,
        data={"outcome": told.outcome, "people": [one.pk for one in told.people]},
    )
    follow(record, [told.caller, *told.people], [], by, at)
    return call


@transaction.atomic
def correct_call(
    call: DiscussionCall, told: Told, *, version: int | None, by: User, at: datetime
) -> DiscussionCall:
    """End a call that goes on, or correct one: the entry of the ledger keeps the words there were.

    Raises NotAllowed, MoveNotAllowed for a struck call, StaleVersion, Refused beside what cannot be.
    """
    record = lock_to_run(call.discussion.minutes, by, at)
    row = locked(call)
    if version is not None and row.version != version:
        raise StaleVersion(None, "Somebody changed this call while you were writing. Both are shown.")
    told = _checked(record, told, by, at)
    was, before = _words(row), [row.caller, *row.people.all()]
    began_before = row.began_at
    ends = row.outcome == CallOutcome.GOING_ON
    row.version += 1
    _write(row, told)
    event = events.CALL_RECORDED if ends else events.CALL_CORRECTED
    audit.record(event, record.discussion.case, subject=row, by=by, at=at, data={"was": was})
    follow(record, [*before, told.caller, *told.people], [began_before], by, at)
    return row


@transaction.atomic
def strike_call(call: DiscussionCall, *, reason: str, by: User, at: datetime) -> DiscussionCall:
    """A call that was written by mistake: it stays, struck, and gives no attendance.

    Raises NotAllowed, MoveNotAllowed, Refused at `reason`.
    """
    record = lock_to_run(call.discussion.minutes, by, at)
    row = locked(call)
    if not one_line(reason):
        raise Refused("reason", "Enter why this call is struck")
    row.struck_at, row.struck_by, row.struck_reason = at, by, one_line(reason)[:300]
    row.version += 1
    row.save(update_fields=["struck_at", "struck_by", "struck_reason", "version"])
    audit.record(
        events.CALL_STRUCK, record.discussion.case, subject=row, by=by, at=at, data={"why": row.struck_reason}
    )
    follow(record, [row.caller, *row.people.all()], [row.began_at], by, at)
    return row


def locked(call: DiscussionCall) -> DiscussionCall:
    """The call, locked. Raises MoveNotAllowed when it was struck."""
    row: DiscussionCall = DiscussionCall.objects.lock(call)
    if row.struck_at is not None:
        raise MoveNotAllowed("This call was struck. Record it anew if it took place.")
    return row


def _next_number(record: Minutes) -> int:
    """The record is locked, so that two people who write at once get two numbers."""
    return (record.discussion.calls.aggregate(last=Max("number"))["last"] or 0) + 1


def _check_people(caller: Professional, people: Sequence[Professional]) -> None:
    if not people:
        raise Refused("people", "Choose or enter whom you rang")
    if caller in people:
        raise Refused("people", f"{caller.name} made this call. Choose whom they rang")


def _checked(record: Minutes, told: Told, by: User, at: datetime) -> Told:
    """What was told, when it can be, with a newcomer added to the directory."""
    _check(record, told, at)
    if told.newcomer is None:
        return told
    one = told.newcomer
    person = add_professional(
        name=one.name,
        agency=one.agency,
        job_role=one.job_role,
        quorum_role=one.quorum_role,
        phone=one.phone,
        by=by,
        at=at,
    )
    return replace(told, people=[*told.people, person], newcomer=None)


def _check(record: Minutes, told: Told, at: datetime) -> None:
    if told.newcomer is None or told.people:
        _check_people(told.caller, told.people)
    if told.outcome not in set(CallOutcome.values) - {CallOutcome.GOING_ON}:
        raise Refused("outcome", "Choose whether they were reached")
    check_times(record, told.began_at, told.ended_at, at)
    if told.outcome == CallOutcome.REACHED and not clean(told.said):
        raise Refused("said", "Enter what was said")


def check_times(record: Minutes, began_at: datetime, ended_at: datetime, at: datetime) -> None:
    """A call that was made: begun and ended by now, in this order, and not before its discussion could begin.

    Raises Refused at `began_at` or `ended_at`.
    """
    if began_at > at:
        raise Refused("began_at", "A call cannot begin in the future. Check the time")
    if ended_at > at:
        raise Refused("ended_at", "A call cannot end in the future. Check the time")
    if ended_at < began_at:
        raise Refused("ended_at", "The call must end after it began. Check both times")
    try:
        check_start(record, began_at, at)
    except Refused as refused:
        raise Refused("began_at", str(refused)) from refused


def _write(call: DiscussionCall, told: Told) -> None:
    call.caller, call.outcome, call.phone = told.caller, told.outcome, one_line(told.phone)[:40]
    call.began_at, call.ended_at = told.began_at, told.ended_at
    call.said, call.agreed = clean(told.said), clean(told.agreed)
    _keep(call, told.people)


def _keep(call: DiscussionCall, people: Sequence[Professional]) -> None:
    call.whom = "\n".join(_in_words(_told_by(call.discussion, one)) for one in people)
    call.save()
    call.people.set(people)


def _in_words(told: Part) -> str:
    person = told.professional
    return f"{told.name or person.name}, {told.job_role or person.job_role}, {person.agency.name}"


def _words(call: DiscussionCall) -> dict[str, str | None]:
    return {
        "whom": call.whom,
        "phone": call.phone,
        "outcome": call.outcome,
        "began_at": call.began_at.isoformat(),
        "ended_at": call.ended_at.isoformat() if call.ended_at else None,
        "said": call.said,
        "agreed": call.agreed,
    }


# --- What follows from the calls: who took part, the start, quorum and its clock -------------------------


def follow(
    record: Minutes, people: Iterable[Professional], no_longer: Sequence[datetime], by: User, at: datetime
) -> None:
    """These people took part as their calls say; the first call that reached somebody is the start."""
    reached = record.discussion.calls.filter(outcome=CallOutcome.REACHED, struck_at=None)
    calls = list(reached.prefetch_related("people"))
    for person in dict.fromkeys(people):
        theirs = [one for one in calls if one.caller_id == person.pk or person in one.people.all()]
        _attend(record, person, theirs, no_longer, at)
    if calls:
        _start_with(record, min(one.began_at for one in calls), no_longer, by, at)
    changed(record)
    admit_all(record.discussion, by=by, at=at)
    follow_quorum(record, by, at, manager_reason=word_of_manager(by, WHY_MOVED, at))


def _attend(
    record: Minutes,
    person: Professional,
    calls: Sequence[DiscussionCall],
    no_longer: Sequence[datetime],
    at: datetime,
) -> None:
    row = Attendance.objects.filter(discussion=record.discussion, professional=person).first()
    if not calls and (row is None or row.mode != Mode.PHONE or row.arrived_at not in no_longer):
        return  # what was recorded otherwise than by a call stands
    told = _told_by(record.discussion, person)
    part = replace(
        told,
        mode=Mode.PHONE if calls else Mode.ABSENT,
        quorum_role=told.quorum_role or (row.quorum_role if row else None),
        arrived_at=min((one.began_at for one in calls), default=None),
        left_at=max((one.ended_at for one in calls if one.ended_at), default=None),
    )
    if row is not None and row.mode in TAKES_PART and row.mode != Mode.PHONE:
        return  # they sat in the room or on video: a call beside it takes nothing from that
    put_part(record, part, at)


def _told_by(discussion: Discussion, person: Professional) -> Part:
    """As whom somebody is rung: as recorded, else as the replies say, a deputy for whom (rows C14, G06)."""
    invited = discussion.invitations.filter(professional=person, withdrawn_at=None)
    asked = invited.select_related("professional__agency", "deputy_of__professional").first()
    told = told_by(asked, Mode.PHONE) if asked else Part(person, Mode.PHONE)
    row = Attendance.objects.filter(discussion=discussion, professional=person).first()
    if row is None:
        return told
    return replace(
        told, name=row.name, job_role=row.job_role, can_decide=row.can_decide, deputy_for=row.deputy_for
    )


def _start_with(
    record: Minutes, began_at: datetime, no_longer: Sequence[datetime], by: User, at: datetime
) -> None:
    """The first call is the start; struck or corrected it gives the start up to the one that is now first."""
    discussion = record.discussion
    if record.status == MinutesStatus.OPENED:
        start_discussion(record, by=by, at=at, started_at=began_at, no_quorum_reason=NOT_YET, as_held=True)
        record.refresh_from_db()
        discussion.refresh_from_db()
        record.discussion = discussion
        return
    before = discussion.started_at
    if before is None or began_at == before or (began_at > before and before not in no_longer):
        return
    move_start(discussion, began_at)
    keep_clocks(discussion.request.referral, by=by, at=at, manager_reason=word_of_manager(by, WHY_MOVED, at))
    data = {"reason": WHY_MOVED, "before": {"started_at": before.isoformat()}}
    audit.record(events.TIMES_CORRECTED, discussion.case, subject=discussion, by=by, at=at, data=data)
