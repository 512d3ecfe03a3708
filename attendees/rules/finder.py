"""Which times to offer: lawful first, with everybody first, in working hours first (users-ask 23)."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from strategy.rules.slots import LONDON, Slot, Span, overlaps

FIRST_SHOWN, LAST_SHOWN = time(8), time(18)
MOST_LAWFUL, MOST_LATE = 6, 3


@dataclass(slots=True)
class Times:
    """When somebody cannot come; `only` are the times to which they bound themselves, if any."""

    name: str
    must: bool = False  # chair and minute-taker: nothing can be booked without them
    busy: list[Span] = field(default_factory=list)
    only: list[Span] = field(default_factory=list)

    def can(self, start: datetime, end: datetime) -> bool:
        """Whether nothing that they or our bookings say stands in the way."""
        if overlaps(start, end, self.busy):
            return False
        return not self.only or any(first <= start and end <= last for first, last in self.only)


@dataclass(frozen=True, slots=True)
class Offer:
    """One place that is free at one time, and who could not be there."""

    place: Any
    slot: Slot
    lacking: tuple[str, ...] = ()
    possible: bool = True  # chair and minute-taker are free
    usual: bool = True  # in working hours
    chosen: bool = False

    @property
    def value(self) -> str:
        """What the button sends: place and start."""
        return f"{self.place.pk}|{self.slot.start.isoformat()}"


def is_usual(start: datetime, bank_holidays: Container[date] = ()) -> bool:
    """Whether a time is one of the working day, on a day that is worked."""
    local = start.astimezone(LONDON)
    return is_shown(start) and local.weekday() < 5 and local.date() not in bank_holidays


def is_shown(start: datetime) -> bool:
    """Whether a time stands on the grid before early and late hours are asked for."""
    return FIRST_SHOWN <= start.astimezone(LONDON).time() < LAST_SHOWN


def who_lacks(people: Iterable[Times], start: datetime, end: datetime) -> tuple[tuple[str, ...], bool]:
    """Return the names of those who cannot come, and whether it could be booked all the same."""
    away = [one for one in people if not one.can(start, end)]
    return tuple(one.name for one in away), not any(one.must for one in away)


def best(offers: Iterable[Offer]) -> tuple[list[Offer], list[Offer]]:
    """Return the best lawful times, and the next best after the limit; each time once.

    With everybody before without somebody, working hours before others, then the soonest.
    """
    first: dict[datetime, Offer] = {}
    for one in sorted(offers, key=_rank):
        if one.possible:
            first.setdefault(one.slot.start, one)
    ranked = sorted(first.values(), key=_rank)
    lawful = [one for one in ranked if one.slot.lawful][:MOST_LAWFUL]
    late = sorted(
        (one for one in ranked if not one.slot.lawful), key=lambda one: (not one.usual, *_rank(one))
    )
    return lawful, late[:MOST_LATE]


def why_late(limit: datetime, names: Sequence[str], people: Iterable[Times], now: datetime) -> str:
    """Say what stands in the way of every time from now to the limit: the words of the reason."""
    if limit <= now:
        return "The legal limit has passed."
    away = [one.name for one in people if one.must and overlaps(now, limit, one.busy)]
    if not names:
        return "No room, line or link of this kind is kept here."
    told = f"Until the legal limit {_in_words(names)} {'is' if len(names) == 1 else 'are'} taken, closed or"
    return f"{told} too short free" + (f", or {_in_words(away)} is booked elsewhere." if away else ".")


def shortfall(start: datetime, limit: datetime) -> timedelta:
    """How long after the limit a time starts."""
    return max(start - limit, timedelta())


def _rank(one: Offer) -> tuple[bool, int, bool, datetime, str]:
    return not one.slot.lawful, len(one.lacking), not one.usual, one.slot.start, str(one.place)


def _in_words(names: Sequence[str]) -> str:
    shown = list(names[:4]) + ([f"{len(names) - 4} others"] if len(names) > 4 else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
