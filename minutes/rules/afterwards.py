"""What cannot be among the moments told of a discussion afterwards, and of a whole night. Pure.

A page asks before everything on it can be read, so any moment may be missing: it is judged when it is there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from minutes.rules import actions
from strategy.rules.afterwards import Order, never, problems_with_order

# Each moment of a row with the field that it was typed in: `agreed-0-due_at`.
Rows = Iterable[tuple[str, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTimes:
    """The moments of a night beside those of its discussion."""

    came_in_at: datetime | None = None
    decided_at: datetime | None = None
    called_at: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A call of a series, with the row that it was typed in: `picked-0`."""

    row: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    said: str = ""


def problems_with_calls(calls: Iterable[Rung], ended_at: datetime | None) -> dict[str, str]:
    """What a series lacks: when each call began and ended, within the discussion, and what was said (C02)."""
    return {f"{one.row}-{field}": sentence for one in calls for field, sentence in _of_call(one, ended_at)}


def _of_call(one: Rung, ended_at: datetime | None) -> Iterator[tuple[str, str]]:
    if one.began_at is None:
        yield "joined_at", "Enter at what time they were called: it was a series of calls"
    if one.ended_at is None:
        yield "until_at", "Enter when the call with them ended"
    elif ended_at is not None and one.ended_at > ended_at:
        yield "until_at", "This is after the discussion ended. Check both times"
    if not one.said.strip():
        yield "said", "Enter what they said on the telephone"


def problems_with_talk(order: Order, due_at: Rows, now: datetime) -> dict[str, str]:
    """The word, the discussion, who joined, and the actions: none is due before its end, to the minute."""
    found = problems_with_order(order, now)
    ended_at = order.ended_at.replace(second=0, microsecond=0) if order.ended_at else None
    for field, due in due_at:
        wrong = actions.problems(text="-", has_owner=True, due_at=due, now=ended_at or due)
        if wrong:
            found[field] = wrong["due_at"]
    return found


def problems_with_night(times: NightTimes, order: Order, due_at: Rows, now: datetime) -> dict[str, str]:
    """The same, with what came in, the calls, and the immediate protection decision.

    Nothing is measured against a moment of coming in that cannot be true itself.
    """
    found = dict(_before_the_talk(times, now))
    came_in_at = None if "triggered_at" in found else times.came_in_at
    if "decided_at" not in found and came_in_at and times.decided_at and times.decided_at < came_in_at:
        found["decided_at"] = "This is before what came in: it cannot have been decided yet"
    return found | problems_with_talk(replace(order, came_in_at=came_in_at), due_at, now)


def _before_the_talk(times: NightTimes, now: datetime) -> Iterator[tuple[str, str]]:
    told = [
        ("What came in", "triggered_at", times.came_in_at),
        ("The decision", "decided_at", times.decided_at),
        *[("The call", field, moment) for field, moment in times.called_at],
    ]
    for what, field, moment in told:
        if moment is not None and (wrong := never(what, moment, now)):
            yield field, wrong
