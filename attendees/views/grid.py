"""The week grid: which rooms, lines and links are free when, against the legal limit. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from attendees.rules.booking import KINDS
from attendees.rules.slots import LONDON, Slot, Span, free_slots
from govuk.moments import clock_time, long_date
from strategy.enums import Format
from strategy.models import Booking, Place

MOST_DAYS = 7
FIRST_SHOWN, LAST_SHOWN = time(8), time(18)
SUGGESTIONS = 6


@dataclass(frozen=True, slots=True)
class Free:
    """One place that is free at one time."""

    place: Place
    slot: Slot
    chosen: bool = False

    @property
    def value(self) -> str:
        """What the button sends: place and start."""
        return f"{self.place.pk}|{self.slot.start.isoformat()}"


@dataclass(slots=True)
class Cell:
    """One half hour of one day."""

    free: list[Free] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    lawful: bool = True
    is_limit: bool = False

    @property
    def look(self) -> str:
        """The class that colours it; the words inside say the same."""
        if any(one.chosen for one in self.free):
            return "chosen"
        if self.free:
            return "lawful" if self.lawful else "late"
        return "taken" if self.taken else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One half hour across the days; the last row may hold the limit alone."""

    title: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything that the page of booking shows about time."""

    days: list[date]
    rows: list[Row]
    first_lawful: list[Free]
    limit: datetime | None
    lawful_left: bool
    places: Sequence[Place]
    has_more: bool
    whole_day: bool

    @property
    def day_titles(self) -> list[str]:
        """The heading of each column: "Thursday 24 December"."""
        return [long_date(day).rsplit(" ", 1)[0] for day in self.days]


def places_for(format: str, every: Iterable[Place]) -> list[Place]:
    """Return the places in which a discussion of this format can be held."""
    kinds = KINDS.get(Format(format), set()) if format in Format.values else set()
    return [place for place in every if place.kind in kinds]


def make_grid(
    every: Iterable[Place],
    *,
    format: str,
    length: timedelta,
    limit: datetime | None,
    now: datetime,
    whole_day: bool = False,
    chosen: tuple[int, datetime] | None = None,
    without: int | None = None,
) -> Grid:
    """Return the grid of the days from today to a little after the limit; one query, however many rooms.

    `without` leaves a discussion's own booking out, so that it can be moved into its own time.
    """
    places = places_for(format, every)
    days = days_to_show(now, limit)
    busy = busy_times(places, days, without)
    everything = [
        Free(place, slot, chosen == (place.pk, slot.start))
        for day in days
        for place in places
        for slot in free_slots(
            day,
            not_before=now.replace(second=0, microsecond=0),
            limit=limit,
            length=length,
            opens=place.opens_at,
            closes=place.closes_at,
            taken=busy.get(place.pk, []),
        )
    ]
    lawful = sorted((one for one in everything if one.slot.lawful), key=lambda one: one.slot.start)
    shown = [one for one in everything if whole_day or is_usual(one.slot.start)]
    return Grid(
        days=days,
        rows=make_rows(days, shown, taken_by_name(places, busy), limit, now, whole_day),
        first_lawful=first_times(lawful),
        limit=limit,
        lawful_left=bool(lawful),
        places=places,
        has_more=len(shown) < len(everything),
        whole_day=whole_day,
    )


def first_times(lawful: Sequence[Free]) -> list[Free]:
    """Return the first lawful times, each once; early and late hours only when nothing else is left."""
    each: dict[datetime, Free] = {}
    for one in lawful:
        each.setdefault(one.slot.start, one)
    usual = [one for one in each.values() if is_usual(one.slot.start)]
    return (usual or list(each.values()))[:SUGGESTIONS]


def is_usual(start: datetime) -> bool:
    """Whether a time is one of the working day."""
    return FIRST_SHOWN <= start.astimezone(LONDON).time() < LAST_SHOWN


def days_to_show(now: datetime, limit: datetime | None) -> list[date]:
    """Return today and the days to the one after the limit, at least three and at most seven."""
    today = now.astimezone(LONDON).date()
    last = limit.astimezone(LONDON).date() + timedelta(days=1) if limit else today + timedelta(days=4)
    number = min(max((last - today).days + 1, 3), MOST_DAYS)
    return [today + timedelta(days=place) for place in range(number)]


def busy_times(places: Iterable[Place], days: Sequence[date], without: int | None) -> dict[int, list[Span]]:
    """Return when each place is taken: times only, for which family it is is nobody's business here."""
    start = datetime.combine(days[0], time(), LONDON)
    end = datetime.combine(days[-1] + timedelta(days=2), time(), LONDON)
    bookings = Booking.objects.filter(place__in=places, cancelled_at=None, during__overlap=(start, end))
    found: dict[int, list[Span]] = {}
    for place, during in bookings.exclude(discussion=without).values_list("place", "during"):
        found.setdefault(place, []).append((during.lower, during.upper))
    return found


def taken_by_name(places: Iterable[Place], busy: dict[int, list[Span]]) -> list[tuple[str, Span]]:
    """Return each time that is taken, with the place's name."""
    return [(place.name, span) for place in places for span in busy.get(place.pk, [])]


def make_rows(
    days: Sequence[date],
    shown: Iterable[Free],
    taken: Sequence[tuple[str, Span]],
    limit: datetime | None,
    now: datetime,
    whole_day: bool,
) -> list[Row]:
    """Return a row for each half hour of the working day or the whole day, and the limit where it falls."""
    by_start: dict[datetime, list[Free]] = {}
    for one in shown:
        by_start.setdefault(one.slot.start, []).append(one)
    first, last = (0, 24 * 60) if whole_day else (FIRST_SHOWN.hour * 60, LAST_SHOWN.hour * 60)
    limit_day = limit.astimezone(LONDON).date() if limit else None
    rows, drawn = [], False
    for minutes in range(first, last, 30):
        at = time(minutes // 60, minutes % 60)
        cells = [make_cell(datetime.combine(day, at, LONDON), by_start, taken, limit, now) for day in days]
        if not drawn and limit_day in days and not cells[days.index(limit_day)].lawful:
            cells[days.index(limit_day)].is_limit = drawn = True
        rows.append(Row(clock_time(at), cells))
    if not drawn and limit_day in days:
        rows.append(Row("Later", [Cell(is_limit=day == limit_day) for day in days]))
    return rows


def make_cell(
    start: datetime,
    by_start: dict[datetime, list[Free]],
    taken: Sequence[tuple[str, Span]],
    limit: datetime | None,
    now: datetime,
) -> Cell:
    """Return one half hour of one day; the moment that a skipped hour names has nothing."""
    cell = Cell(free=by_start.get(start.astimezone(UTC), []), lawful=limit is None or start <= limit)
    if start >= now:
        cell.taken = [name for name, (begin, end) in taken if begin <= start < end]
    return cell
