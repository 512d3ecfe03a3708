"""A limit: one of the five units and a number, as a protocol writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from protocols.enums import Unit

_SHAPE = re.compile(
    r"(hours|calendar_days|working_days)\(([0-9]{1,4})((?:\.[0-9]{1,2})?)\)|same_day|before\(([a-z_]{1,40})\)"
)
_SHAPES_IN_WORDS = "hours(24), same_day, calendar_days(3), working_days(5) or before(discharge)"
_SINGULAR = {Unit.HOURS: "hour", Unit.CALENDAR_DAYS: "calendar day", Unit.WORKING_DAYS: "working day"}


class LimitError(ValueError):
    """Somebody wrote a limit that cannot be counted; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So long and no longer: `n` units, or until `event`."""

    unit: Unit
    n: Decimal = Decimal(0)
    event: str = ""

    def __str__(self) -> str:
        if self.unit == Unit.SAME_DAY:
            return "same_day"
        if self.unit == Unit.BEFORE:
            return f"before({self.event})"
        return f"{self.unit.value}({self.n})"

    @property
    def in_words(self) -> str:
        """The limit as a person says it: "24 hours", "1 working day", "the same day"."""
        if self.unit == Unit.SAME_DAY:
            return "the same day"
        if self.unit == Unit.BEFORE:
            return f"before {self.event.replace('_', ' ')}"
        if self.unit == Unit.HOURS and self.n < 1:
            return f"{(self.n * 60).normalize():f} minutes"
        return f"{self.n} {_SINGULAR[self.unit]}{'' if self.n == 1 else 's'}"


def parse_limit(text: object) -> Limit:
    """Read "working_days(5)" and the like; raises `LimitError` with one clear sentence."""
    found = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise LimitError(f"{_shown(text)} is not a limit; write {_SHAPES_IN_WORDS}.")
    unit, whole, part, event = found.groups()
    if event:
        return Limit(Unit.BEFORE, event=event)
    if unit is None:
        return Limit(Unit.SAME_DAY)
    number = Decimal(int(whole)) + (Decimal(part) if part else 0)
    if part and unit != Unit.HOURS:
        raise LimitError(f"{_shown(text)} is not a limit; days are counted in whole numbers.")
    if number == 0:
        raise LimitError(
            f"{_shown(text)} is a limit of zero, which nobody could meet; write at least 1, or same_day."
        )
    return Limit(Unit(unit), number.normalize() if part else number)


def hours(n: int) -> Limit:
    """So many elapsed hours."""
    return Limit(Unit.HOURS, Decimal(n))


def calendar_days(n: int) -> Limit:
    """To the end of the n-th calendar day."""
    return Limit(Unit.CALENDAR_DAYS, Decimal(n))


def working_days(n: int) -> Limit:
    """To the end of the n-th working day."""
    return Limit(Unit.WORKING_DAYS, Decimal(n))


def before(event: str) -> Limit:
    """Until an event whose time may not be known yet."""
    return Limit(Unit.BEFORE, event=event)


SAME_DAY = Limit(Unit.SAME_DAY)


def is_no_weaker(limit: Limit, floor: Limit) -> bool:
    """Whether `limit` can never end later than `floor`, a number of working days.

    A calendar day is never longer than a working day, so counts of days compare as they stand.
    """
    days = {Unit.SAME_DAY: Decimal(0), Unit.HOURS: limit.n / 24, Unit.BEFORE: None}.get(limit.unit, limit.n)
    return days is not None and days <= floor.n


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
