"""What may happen to one stored clock."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from audit import events
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.refs import by_ref
from audit.services import record
from deadlines.duties import duty_name
from deadlines.enums import ClockState, NoticeKind
from deadlines.models import Deadline
from deadlines.permissions import refusal_to_explain
from deadlines.rules.answers import Answer
from deadlines.rules.schedule import FIRST_INSTANT, schedule
from deadlines.rules.wording import long_time
from deadlines.services.asking import note_late
from deadlines.working_days import LONDON, target_at

if TYPE_CHECKING:
    from accounts.models import Team, User
    from cases.models import Case
    from protocols.rules.settings import Protocol

OPENED = events.register("deadline.opened", "Deadline set")
MOVED = events.register("deadline.moved", "Deadline moved")
MET = events.register("deadline.met", "Deadline met")
PUT_RIGHT = events.register("deadline.put_right", "Deadline put right after it was met")
REOPENED = events.register("deadline.reopened", "Deadline open again")
VOIDED = events.register("deadline.voided", "Deadline no longer needed")
HANDED_OVER = events.register("deadline.handed_over", "Turn handed over")
LATENESS = events.register("deadline.lateness_explained", "Reason for lateness given")
FORESEEN = events.register("deadline.lateness_foreseen", "Delay agreed beforehand")


@transaction.atomic
def open_clock(
    *,
    case: Case,
    subject: str,
    answer: Answer,
    by: User | None,
    at: datetime,
    duty: str = "",
    owner: User | None = None,
    owner_team: Team | None = None,
    verb: str = "",
    protocol: Protocol | None = None,
    manager_reason: str = "",
    may_lengthen: bool = False,
) -> Deadline:
    """Start a clock, or bring the one already running for this subject and duty in line with the answer.

    `duty` defaults to the answer's; inner clocks of a room pass their own registered name. `protocol` is the
    version the clock keeps. Raises `Refused` as `recompute` does, `UnknownDutyError` for an unknown name.
    """
    name = duty_name(duty or answer.duty)
    running = Deadline.objects.running().of(subject, name.name).filter(case=case).first()
    if running is not None:
        return recompute(
            running, answer=answer, by=by, at=at, manager_reason=manager_reason, may_lengthen=may_lengthen
        )
    clock = Deadline(case=case, subject=subject, duty=name.name, verb=verb or name.verb)
    clock.owner, clock.owner_team = somebody_there(case, owner, owner_team)
    if protocol is not None:
        clock.protocol_slug, clock.protocol_version = protocol.slug, protocol.version
    _take(clock, answer, at)
    try:
        with transaction.atomic():
            clock.save(force_insert=True)
    except IntegrityError as twice:
        if "deadline_open_once" not in str(twice):
            raise
        running = Deadline.objects.running().of(subject, name.name).get(case=case)
        return recompute(running, answer=answer, by=by, at=at, manager_reason=manager_reason)
    _record(OPENED, clock, by, at, due=_iso(clock.due_at), limit=clock.limit)
    return clock


@transaction.atomic
def recompute(
    deadline: Deadline,
    *,
    answer: Answer,
    by: User | None,
    at: datetime,
    manager_reason: str = "",
    may_lengthen: bool = False,
) -> Deadline:
    """Bring a running clock in line with facts that changed; nothing happens when the answer is the same.

    Shortening happens by itself, and so does a provisional clock's move to the request. Lengthening needs
    `manager_reason`, or `may_lengthen` where the rules let a fact move it either way (a draft's
    circumstances, a changed discharge). Raises `Refused("reason", …)`.
    """
    clock = _lock_running(deadline)
    before = clock.due_at
    if not (manager_reason or may_lengthen or clock.is_provisional):
        _refuse_later(before, answer.due_at)
    same = _facts_of(clock)
    _take(clock, answer, at, keep_telling=answer.due_at == before)
    if _facts_of(clock) == same:
        return clock
    clock.save()
    _record(MOVED, clock, by, at, was=_iso(before), due=_iso(clock.due_at), reason=manager_reason)
    return clock


@transaction.atomic
def meet(
    deadline: Deadline, *, by: User | None, at: datetime, late_reason: str = "", late_accepted_by: str = ""
) -> Deadline:
    """It was done, at `at`. Met late it owes a reason: given here, or later by `explain_lateness`.

    A breach that no sweep has told of yet is still told: meeting a clock must not hide that it was late.
    """
    clock = _lock_running(deadline)
    clock.state, clock.met_at, clock.met_by_ref = ClockState.MET, at, by_ref(by)
    clock.late_reason, clock.late_accepted_by = late_reason, late_accepted_by
    _settle_lateness(clock)
    clock.save()
    if clock.owes_reason:
        note_late(clock)
    _record(MET, clock, by, at, due=_iso(clock.due_at), late=clock.was_met_late)
    return clock


@transaction.atomic
def put_right(
    deadline: Deadline,
    *,
    answer: Answer,
    met_at: datetime,
    by: User | None,
    at: datetime,
    manager_reason: str = "",
    may_lengthen: bool = False,
) -> Deadline:
    """Bring a clock that was met in line with facts learnt afterwards: when it was due, or when it was done.

    Met late after all it owes a reason, and its breach is told. Nothing happens when all is as it was. A due
    moment moves later as a running clock's does: Raises `Refused("reason", …)`.
    """
    clock = _lock(deadline)
    if clock.state != ClockState.MET:
        raise MoveNotAllowed("Only a deadline that was met can be put right.")
    before, same = clock.due_at, (*_facts_of(clock), clock.met_at)
    if not (manager_reason or may_lengthen):
        _refuse_later(before, answer.due_at)
    _take(clock, answer, at)
    clock.met_at = met_at
    if (*_facts_of(clock), met_at) == same:
        return deadline
    _settle_lateness(clock)
    if not clock.was_met_late:
        clock.late_reason = clock.late_accepted_by = ""
    clock.save()
    data = {"was": _iso(before), "due": _iso(clock.due_at), "met": _iso(met_at), "reason": manager_reason}
    _record(PUT_RIGHT, clock, by, at, late=clock.was_met_late, **data)
    return clock


@transaction.atomic
def explain_lateness(
    deadline: Deadline, *, reason: str, accepted_by: str, by: User | None, at: datetime
) -> Deadline:
    """Why a clock was met late and who accepted it. Raises `Refused` when nothing is said."""
    clock = _lock(deadline)
    if not clock.was_met_late:
        raise MoveNotAllowed("This deadline was not met late, so no reason is owed.")
    if not reason.strip():
        raise Refused("late_reason", "Say why this was late.")
    if not accepted_by.strip():
        raise Refused("late_accepted_by", "Say who accepted that this was late.")
    clock.late_reason, clock.late_accepted_by = reason, accepted_by
    clock.save(update_fields=["late_reason", "late_accepted_by"])
    _record(LATENESS, clock, by, at, accepted_by=accepted_by)
    return clock


@transaction.atomic
def explain_late_clock(
    deadline: Deadline, *, late_reason: str, late_accepted_by: str, by: User, at: datetime
) -> Deadline:
    """A person says why a clock was met late and who accepted it: at once, or from their worklist.

    Raises NotAllowed, MoveNotAllowed when somebody has said it already, Refused at the field.
    """
    clock = _lock(deadline)
    refuse(refusal_to_explain(by, clock, at))
    if clock.was_met_late and clock.late_reason:
        raise MoveNotAllowed("Somebody has already said why this was late. Look at the case again.")
    return explain_lateness(clock, reason=late_reason, accepted_by=late_accepted_by, by=by, at=at)


@transaction.atomic
def foresee_lateness(
    deadline: Deadline, *, reason: str, accepted_by: str, by: User | None, at: datetime
) -> Deadline:
    """A running clock will be met late, agreed beforehand: it stays due when it is, and keeps the reason.

    Whoever is asked why it was late finds these words filled in. May this be agreed is the calling room's
    question. Raises MoveNotAllowed when it no longer runs.
    """
    clock = _lock_running(deadline)
    clock.foreseen_reason, clock.foreseen_accepted_by = reason, accepted_by
    clock.save(update_fields=["foreseen_reason", "foreseen_accepted_by"])
    _record(FORESEEN, clock, by, at, accepted_by=accepted_by)
    return clock


@transaction.atomic
def reopen(deadline: Deadline, *, reason: str, by: User | None, at: datetime) -> Deadline:
    """It was not done after all (a hard bounce): the clock runs again with the same due moment."""
    clock = _lock(deadline)
    if clock.state != ClockState.MET:
        raise MoveNotAllowed("Only a deadline that was met can be opened again.")
    clock.state, clock.met_at, clock.met_by_ref = ClockState.RUNNING, None, ""
    clock.late_reason = clock.late_accepted_by = ""
    _schedule(clock, at)
    try:
        with transaction.atomic():
            clock.save()
    except IntegrityError as twice:
        raise MoveNotAllowed("A newer deadline for the same duty is already running.") from twice
    _record(REOPENED, clock, by, at, reason=reason)
    return clock


@transaction.atomic
def void(deadline: Deadline, *, reason: str, by: User | None, at: datetime) -> Deadline:
    """It need not be done, for this reason; whether this person may say so is the calling room's question."""
    if not reason.strip():
        raise Refused("reason", "Say why this is not needed.")
    clock = _lock_running(deadline)
    clock.state, clock.voided_at, clock.void_reason = ClockState.VOID, at, reason
    _stop_telling(clock)
    clock.save()
    _record(VOIDED, clock, by, at, reason=reason)
    return clock


@transaction.atomic
def hand_over(
    deadline: Deadline,
    *,
    by: User | None,
    at: datetime,
    owner: User | None = None,
    owner_team: Team | None = None,
    verb: str = "",
) -> Deadline:
    """Whose turn it is now, and for what: a person, a team, or both. Nothing moves if it is theirs."""
    if owner is None and owner_team is None:
        raise Refused("owner", "Somebody must own this deadline.")
    clock = _lock_running(deadline)
    owner, owner_team = somebody_there(clock.case, owner, owner_team)
    wanted = (owner.pk if owner else None, owner_team.pk if owner_team else None, verb or clock.verb)
    if (clock.owner_id, clock.owner_team_id, clock.verb) == wanted:
        return clock
    clock.owner, clock.owner_team, clock.verb = owner, owner_team, wanted[2]
    clock.save(update_fields=["owner", "owner_team", "verb"])
    _record(HANDED_OVER, clock, by, at, owner=wanted[0], team=wanted[1], verb=wanted[2])
    return clock


def somebody_there(
    case: Case, owner: User | None, owner_team: Team | None
) -> tuple[User | None, Team | None]:
    """Whose account is closed owns nothing: then it is the team's turn, or that of the case's own team."""
    if owner is None or owner.is_active:
        return owner, owner_team
    return None, owner_team or case.team


def _lock(deadline: Deadline) -> Deadline:
    locked: Deadline = Deadline.objects.lock(deadline)
    return locked


def _lock_running(deadline: Deadline) -> Deadline:
    clock = _lock(deadline)
    if clock.state != ClockState.RUNNING:
        raise MoveNotAllowed("This deadline is no longer running; somebody may have been quicker.")
    return clock


def _refuse_later(before: datetime | None, after: datetime | None) -> None:
    if before is None or (after is not None and after <= before):
        return  # nothing is later than an open gate
    later = long_time(after) if after else "an open gate"
    raise Refused(
        "reason",
        f"This would move the deadline from {long_time(before)} to {later}. "
        "Only a manager may do that, with a reason.",
    )


def _settle_lateness(clock: Deadline) -> None:
    """Of a clock that is met: a breach that nobody was told of is still told, and nothing else is."""
    _stop_telling(clock)
    late = clock.breached_at = clock.due_at if clock.was_met_late else None
    if late is not None and not clock.notices.filter(kind=NoticeKind.BREACH, due_at=late).exists():
        clock.next_tell_at, clock.next_kind = late + FIRST_INSTANT, NoticeKind.BREACH


def _take(clock: Deadline, answer: Answer, at: datetime, *, keep_telling: bool = False) -> None:
    """Write an answer of the rules into the row; the schedule of warnings follows a moved due moment."""
    clock.starts_at, clock.due_at, clock.gate = answer.starts_at, answer.due_at, answer.gate
    if answer.due_at is None and not answer.gate:
        clock.gate = "The event is not yet known."
    clock.is_provisional = answer.is_provisional
    clock.limit, clock.because, clock.source = answer.limit or "", answer.because, answer.source
    clock.candidates = _candidates(answer)
    clock.target_at = target_at(_unit(clock), answer.due_at)
    if not keep_telling:
        clock.breached_at = None
        _schedule(clock, at)


def _candidates(answer: Answer) -> list[dict[str, Any]]:
    found = [(one, False) for one in answer.candidates] + [(one, True) for one in answer.set_aside]
    return [
        {"limit": one.limit, "due_at": _iso(one.due_at), "because": one.because, "set_aside": aside}
        for one, aside in found
    ]


def _schedule(clock: Deadline, now: datetime) -> None:
    for name, value in asdict(schedule(_unit(clock), clock.starts_at, clock.due_at, now)).items():
        setattr(clock, name, value)


def _unit(clock: Deadline) -> str:
    return clock.limit.partition("(")[0]


def _stop_telling(clock: Deadline) -> None:
    clock.next_tell_at, clock.next_kind = None, ""


def _facts_of(clock: Deadline) -> tuple[Any, ...]:
    return (
        clock.starts_at, clock.due_at, clock.limit, clock.because, clock.source, clock.gate, clock.candidates,
    )  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(LONDON).isoformat()


def _record(event: str, clock: Deadline, by: User | None, at: datetime, **data: Any) -> None:
    told = {key: value for key, value in data.items() if value not in (None, "")}
    subject = f"deadline:{clock.pk}"
    record(
        event,
        clock.case,
        subject=subject,
        by=by,
        at=at,
        data={"duty": clock.duty, "of": clock.subject, **told},
    )
