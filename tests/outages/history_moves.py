"""The steps of a history: when each can be taken, and with what words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from audit.errors import Refused
from referrals.enums import CircumstanceKind
from referrals.rules import CircumstanceFacts
from strategy.enums import Format, Outcome
from tests.outages.history import History

SHIFTS = [timedelta(hours=n) for n in (-30, -7, -2, -1, 1, 3, 20)]
AHEADS = [timedelta(hours=n) for n in (1, 5, 30)]
OUTCOMES = [Outcome.SECTION_47_JOINT, Outcome.SECTION_47_SINGLE, Outcome.SECTION_17]
FORMATS = [Format.VIRTUAL, Format.TELEPHONE_CONFERENCE, Format.SERIES_OF_CALLS, Format.TELEPHONE]


@dataclass(frozen=True)
class Move:
    """One step."""

    name: str
    is_open: Callable[[History], Any]
    act: Callable[[Any, Any], None]
    onward: bool = True

    def __repr__(self) -> str:
        return self.name


def at_status(*wanted: str) -> Callable[[History], bool]:
    """While the latest request stands so."""
    return lambda history: history.status in wanted


def record_is(*wanted: str) -> Callable[[History], bool]:
    """While the latest record stands so."""
    return lambda history: history.minutes is not None and history.minutes.status in wanted


def has_quorum(history: History, wanted: bool) -> bool:
    """Whether the discussion that goes on is quorate."""
    return record_is("live")(history) and history.held[history.minutes.discussion_id]["quorate"] == wanted


def simply(name: str) -> Callable[[Any, Any], None]:
    """A move that asks for nothing; what the procedure blocks is left."""

    def act(machine: Any, data: Any) -> None:
        try:
            with transaction.atomic():
                getattr(machine.history, name)()
        except Refused as refusal:
            machine.trail.append(f"  blocked: {refusal.sentence}")

    return act


def circumstance(machine: Any, data: Any) -> None:
    """Tick one, or change what is recorded of it."""
    history = machine.history
    kind = data.draw(st.sampled_from(CircumstanceKind.values))
    learned = data.draw(st.sampled_from([None, machine.earlier(data, history.triggered_at)]))
    facts = CircumstanceFacts(
        kind=kind, learned_at=learned, learned_by="Sam, by telephone" if learned else ""
    )
    match kind:
        case "penetrative_sexual_abuse":
            needed = data.draw(st.sampled_from(["yes", "no", "unknown"]))
            facts = replace(facts, forensic_needed=needed, forensic_reason="The paediatrician decided")
        case "in_hospital":
            planned = data.draw(st.sampled_from([None, *AHEADS]))
            left = data.draw(st.sampled_from([None, None, machine.earlier(data, history.triggered_at)]))
            discharge = history.now + planned if planned else None
            facts = replace(facts, hospital="Cherry", planned_discharge_at=discharge, left_hospital_at=left)
        case "other":
            limit = data.draw(st.sampled_from([None, timedelta(hours=3), timedelta(hours=15)]))
            earlier = history.triggered_at + limit + timedelta(seconds=7) if limit else None
            facts = replace(facts, consulted="Hal Hart", advice="Hold it soon", earlier_limit_at=earlier)
    told = History.told(with_circumstances(history, history.circumstances | {kind: facts}))
    told = told | ({"agreed_at": agreed} if (agreed := agreed_of(history, kind, facts)) else {})
    machine.trail[-1] += f" {facts}"
    done = machine.change(
        data, lambda **by: history.tick(facts, **by), told, either_way=kind == "in_hospital"
    )
    if done:
        history.circumstances[kind] = facts


def take_back(machine: Any, data: Any) -> None:
    """Untick one."""
    history = machine.history
    kind = data.draw(st.sampled_from(sorted(history.circumstances)))
    left = {name: one for name, one in history.circumstances.items() if name != kind}
    told = History.told(with_circumstances(history, left))
    told = told | ({"agreed_at": history.agreed_at} if history.agreed_at and kind != "other" else {})
    machine.trail[-1] += f" {kind}"
    if machine.change(data, lambda **by: history.untick(kind, **by), told):
        history.circumstances = left


def with_circumstances(history: History, wanted: dict[str, CircumstanceFacts]) -> Any:
    """The history as it would be told with these."""
    other = object.__new__(History)
    other.__dict__ = history.__dict__ | {"circumstances": wanted}
    return other


def agreed_of(history: History, kind: str, facts: CircumstanceFacts) -> Any:
    """The earlier moment that stands after the change."""
    return facts.earlier_limit_at if kind == "other" else history.agreed_at


def correct(machine: Any, data: Any) -> None:
    """The time of the trigger, or of the receipt, was typed wrongly."""
    history = machine.history
    shift = data.draw(st.sampled_from(SHIFTS))
    held = [one["started_at"] for one in history.held.values()]
    learned = [one.learned_at for one in history.circumstances.values() if one.learned_at]
    agreed = [history.agreed_at - timedelta(seconds=1)] if history.agreed_at else []
    wanted = min([history.triggered_at + shift, history.now, *held, *learned, *agreed])
    received = data.draw(st.sampled_from([None, wanted, min(wanted + timedelta(hours=2), history.now)]))
    received = received or (wanted if history.trigger == "referral" else None)
    told = history.told() | {"triggered_at": wanted.isoformat()}
    told |= {"referral_received_at": received.isoformat() if received else None}
    told = told | ({"agreed_at": history.agreed_at} if history.agreed_at else {})
    machine.trail[-1] += f" {wanted:%d %b %H:%M} received {received}"
    if machine.change(data, lambda **by: history.correct(wanted, received, **by), told):
        history.triggered_at, history.received_at = wanted, received


def book(machine: Any, data: Any) -> None:
    """In any format; what the procedure forbids becomes a video meeting, unless the chair is not free."""
    format, ahead = data.draw(st.sampled_from(FORMATS)), data.draw(st.sampled_from(AHEADS))
    for wanted in dict.fromkeys((format, Format.VIRTUAL)):
        try:
            with transaction.atomic():
                machine.history.book(wanted, ahead)
            return
        except Refused as refusal:
            machine.trail.append(f"  {wanted}: {refusal.sentence}")


def start(machine: Any, data: Any) -> None:
    """Now, or typed in afterwards; with the police or without."""
    started, quorate = machine.earlier(data, machine.history.triggered_at), data.draw(st.booleans())
    machine.trail[-1] += f" {started:%d %b %H:%M} {'quorate' if quorate else 'not quorate'}"
    machine.history.start(started, quorate=quorate)


def join(machine: Any, data: Any) -> None:
    """The police come at some time since the start."""
    history = machine.history
    arrived = machine.earlier(data, history.held[history.minutes.discussion_id]["started_at"])
    machine.trail[-1] += f" {arrived:%d %b %H:%M}"
    history.join(arrived)


def decide(machine: Any, data: Any) -> None:
    """For one child; a second open enquiry of a child is refused."""
    child = data.draw(st.integers(0, len(machine.history.children) - 1))
    outcome = data.draw(
        st.sampled_from([Outcome.SECTION_47_JOINT, Outcome.SECTION_47_SINGLE, Outcome.SECTION_17])
    )
    machine.trail[-1] += f" child {child} {outcome}"
    try:
        with transaction.atomic():
            machine.history.decide(child, outcome)
    except Refused as refusal:
        machine.trail.append(f"  refused: {refusal.sentence}")


def close(machine: Any, data: Any) -> None:
    """Now, or typed in afterwards; one record in three is filled so that it can be circulated."""
    history = machine.history
    began = history.held[history.minutes.discussion_id]
    ended = machine.earlier(data, max(began["started_at"], began["quorate_at"] or began["started_at"]))
    machine.trail[-1] += f" {ended:%d %b %H:%M}"
    history.close(ended, full=data.draw(st.integers(0, 2)) == 0)


def see(machine: Any, data: Any) -> None:
    """A child was seen, perhaps some time ago."""
    child = data.draw(st.integers(0, len(machine.history.children) - 1))
    seen = machine.earlier(data, machine.history.triggered_at - timedelta(hours=5))
    machine.trail[-1] += f" child {child} {seen:%d %b %H:%M}"
    machine.history.see_child(child, seen)


def protect(machine: Any, data: Any) -> None:
    """Decided with the police, perhaps some time ago."""
    decided = machine.earlier(data, machine.history.triggered_at)
    machine.trail[-1] += f" {decided:%d %b %H:%M}"
    machine.history.decide_protection(decided)


def conference(machine: Any, data: Any) -> None:
    """Not required for one child."""
    machine.history.end_conference(data.draw(st.integers(0, len(machine.history.children) - 1)))


def dispatch(machine: Any, data: Any) -> None:
    """Some copies go, or all."""
    machine.history.dispatch(data.draw(st.sampled_from([1, 100])))


def can_circulate(history: History) -> bool:
    """A full record that is agreed."""
    return record_is("agreed")(history) and history.minutes.discussion_id in history.full


def copies_are(*status: str) -> Callable[[History], bool]:
    """Some copy of the latest record stands so."""
    return lambda history: bool(history.minutes and history.copies(*status))


def is_planned(history: History) -> bool:
    """While a discussion is booked and not begun."""
    return history.status == "booked" and history.discussion.status == "planned"


def move_booking(machine: Any, data: Any) -> None:
    """To another time: no clock moves."""
    try:
        with transaction.atomic():
            machine.history.move(data.draw(st.sampled_from(AHEADS)))
    except Refused as refusal:
        machine.trail.append(f"  blocked: {refusal.sentence}")


MOVES = [
    Move("ask", at_status("", "withdrawn", "not_needed", "held"), simply("ask")),
    Move("submit", at_status("draft", "returned"), simply("submit")),
    Move("send back", at_status("submitted"), simply("send_back"), onward=False),
    Move("authorise", at_status("submitted"), simply("authorise")),
    Move("withdraw", at_status("draft", "submitted", "returned", "authorised"), simply("withdraw"), False),
    Move("not needed", at_status("draft", "submitted", "returned"), simply("not_needed"), False),
    Move("book", at_status("authorised"), book),
    Move(
        "move",
        is_planned,
        move_booking,
        False,
    ),
    Move(
        "cancel",
        lambda h: is_planned(h) and h.minutes is None,
        simply("cancel"),
        False,
    ),
    Move("start", is_planned, start),
    Move("join", lambda h: has_quorum(h, False), join),
    Move("miscounted", lambda h: has_quorum(h, True), simply("miscounted"), False),
    Move("decide", record_is("live"), decide),
    Move("close", record_is("live"), close),
    Move("circulate", can_circulate, simply("circulate")),
    Move("dispatch", copies_are("queued", "to_hand"), dispatch),
    Move("bounce", copies_are("sent"), simply("bounce"), False),
    Move("resend", copies_are("bounced"), simply("resend")),
    Move("circumstance", lambda h: True, circumstance, False),
    Move("take back", lambda h: h.circumstances, take_back, False),
    Move("correct times", lambda h: True, correct, False),
    Move("see child", lambda h: True, see, False),
    Move("protect", lambda h: h.request, protect, False),
    Move("no conference", lambda h: h.initiated and not record_is("live")(h), conference, False),
]
