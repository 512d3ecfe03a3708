"""When a place is open, and its free times inside the legal limit."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
STEP = timedelta(minutes=30)
Span = tuple[datetime, datetime]
OpenFor = tuple[time | None, time | None]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """London times at which a place opens and closes; no times mean always."""

    opens: time | None = None
    closes: time | None = None
    differ: Mapping[int, OpenFor | None] = field(default_factory=dict)  # by weekday; None is closed
    on_bank_holidays: bool = True

    def on(self, day: date, bank_holidays: Container[date] = ()) -> OpenFor | None:
        """The times of one day, or None when it is closed."""
        if not self.on_bank_holidays and day in bank_holidays:
            return None
        return self.differ.get(day.weekday(), (self.opens, self.closes))


ALWAYS = OpeningHours()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a place is free; lawful when it starts no later than the limit."""

    start: datetime
    end: datetime
    lawful: bool


def overlaps(start: datetime, end: datetime, taken: Iterable[Span]) -> bool:
    """Whether a time touches any of the times already taken; one may begin when another ends."""
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def is_open(start: datetime, end: datetime, hours: OpeningHours, bank_holidays: Container[date] = ()) -> bool:
    """Whether a place is open throughout."""
    first, last = start.astimezone(LONDON), end.astimezone(LONDON)
    today = hours.on(first.date(), bank_holidays)
    if today is None:
        return False
    opens, closes = today
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
    hours: OpeningHours = ALWAYS,
    taken: Iterable[Span],
    bank_holidays: Container[date] = (),
    before: timedelta = timedelta(),
    after: timedelta = timedelta(),
) -> list[Slot]:
    """Return the free times of one place on one local day, on the half hour, from `not_before` on.

    `taken` holds what others occupy, with what is kept free around them; `before` and `after` are what this
    place keeps free around a booking.
    """
    busy = list(taken)
    slots = []
    for start in starts_of_day(day):
        end = start + length
        if start < not_before or not is_open(start, end, hours, bank_holidays):
            continue
        if not overlaps(start - before, end + after, busy):
            slots.append(Slot(start, end, lawful=limit is None or start <= limit))
    return slots


def first_free(
    start: datetime,
    *,
    length: timedelta,
    taken: Iterable[Span],
    hours: OpeningHours = ALWAYS,
    bank_holidays: Container[date] = (),
    before: timedelta = timedelta(),
    after: timedelta = timedelta(),
    days: int = 7,
) -> datetime | None:
    """Return the first moment from `start` on at which a place is free for so long, within some days.

    It is `start` itself, the end of something that is in the way, or the opening of a later day.
    """
    busy = list(taken)
    first = start.astimezone(LONDON).date()
    moments = [start, *(end + before for _, end in busy)]
    for number in range(days + 1):
        day = first + timedelta(days=number)
        if (today := hours.on(day, bank_holidays)) is not None:
            moments.append(datetime.combine(day, today[0] or time(), LONDON).astimezone(UTC))
    last = start + timedelta(days=days)
    for moment in sorted(moments):
        if not start <= moment <= last or overlaps(moment - before, moment + length + after, busy):
            continue
        if is_open(moment, moment + length, hours, bank_holidays):
            return moment
    return None
