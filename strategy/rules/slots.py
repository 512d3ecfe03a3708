"""Free times of a place inside the legal limit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
STEP = timedelta(minutes=30)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a place is free; lawful when it starts no later than the limit."""

    start: datetime
    end: datetime
    lawful: bool


def overlaps(start: datetime, end: datetime, taken: Iterable[Span]) -> bool:
    """Whether a time touches any of the times already taken; one may begin when another ends."""
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def is_open(start: datetime, end: datetime, opens: time | None, closes: time | None) -> bool:
    """Whether a place that opens and closes at these local times is open throughout; no times mean always."""
    first, last = start.astimezone(LONDON), end.astimezone(LONDON)
    if opens is not None and first.time() < opens:
        return False
    if closes is None:
        return True
    return last.time() <= closes and last.date() == first.date()


def starts_of_day(day: date) -> Iterator[datetime]:
    """Each half hour of a local day that exists, in order, in UTC (so that adding a length is elapsed
    time)."""
    moment = datetime.combine(day, time(), LONDON).astimezone(UTC)
    while moment.astimezone(LONDON).date() == day:
        yield moment
        moment += STEP


def free_slots(
    day: date,
    *,
    not_before: datetime,
    limit: datetime | None,
    length: timedelta,
    opens: time | None,
    closes: time | None,
    taken: Iterable[Span],
) -> list[Slot]:
    """Return the free times of one place on one local day, on the half hour, from `not_before` on."""
    busy = list(taken)
    slots = []
    for start in starts_of_day(day):
        end = start + length
        if start >= not_before and is_open(start, end, opens, closes) and not overlaps(start, end, busy):
            slots.append(Slot(start, end, lawful=limit is None or start <= limit))
    return slots
