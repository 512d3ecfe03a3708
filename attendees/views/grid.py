"""The week grid: which rooms, lines and links are free when, against the legal limit. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from attendees.rules.booking import KINDS
from attendees.rules.slots import LONDON, Slot, free_slots
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
    past: bool = False

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
    """One half hour across the days."""

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
    earlier: bool
    whole_day: bool


def places_for(format: str) -> list[Place]:
    """Return the places in which a discussion of this format can be held."""
    kinds = KINDS.get(Format(format), set()) if format in Format.values else set()
    return list(Place.objects.filter(is_active=True, kind__in=kinds))


def make_grid(
    *,
    format: str,
    length: timedelta,
    limit: datetime | None,
    now: datetime,
    whole_day: bool = False,
    chosen: tuple[int, datetime] | None = None,
    without: int | None = None,
) -> Grid:
    """Return the grid of the days from today to a little after the limit; two queries, however many rooms.

    `without` leaves a discussion's own booking out, so that it can be moved into its own time.
    """
    places = places_for(format)
    days = days_to_show(now, limit)
    busy = busy_times(places, days, without)
    not_before = now.replace(second=0, microsecond=0)
    everything = [
        Free(place, slot, chosen == (place.pk, slot.start))
        for day in days
        for place in places
        for slot in free_slots(
            day, not_before=not_before, limit=limit, length=length, opens=place.opens_at,
            closes=place.closes_at, taken=busy.get(place.pk, []),
        )
    ]  # fmt: skip
    lawful = sorted((one for one in everything if one.slot.lawful), key=lambda one: one.slot.start)
    shown = [one for one in everything if whole_day or is_shown(one.slot.start, limit)]
    rows = make_rows(days, shown, places, busy, limit, now, whole_day)
    return Grid(
        days=days, rows=rows, first_lawful=lawful[:SUGGESTIONS], limit=limit, lawful_left=bool(lawful),
        places=places, earlier=len(shown) < len(everything), whole_day=whole_day,
    )  # fmt: skip


def days_to_show(now: datetime, limit: datetime | None) -> list[date]:
    """Return today and the days to the one after the limit, at least three and at most seven."""
    today = now.astimezone(LONDON).date()
    last = limit.astimezone(LONDON).date() + timedelta(days=1) if limit else today + timedelta(days=4)
    number = min(max((last - today).days + 1, 3), MOST_DAYS)
    return [today + timedelta(days=place) for place in range(number)]


def busy_times(
    places: Iterable[Place], days: Sequence[date], without: int | None
) -> dict[int, list[tuple[datetime, datetime]]]:
    """Return when each place is taken on these days: times only, for which family is nobody's business
    here."""
    start = datetime.combine(days[0], time(), LONDON)
    end = datetime.combine(days[-1] + timedelta(days=2), time(), LONDON)
    bookings = Booking.objects.filter(place__in=places, cancelled_at=None, during__overlap=(start, end))
    found: dict[int, list[tuple[datetime, datetime]]] = {}
    for place, during in bookings.exclude(discussion=without).values_list("place", "during"):
        found.setdefault(place, []).append((during.lower, during.upper))
    return found


def is_shown(start: datetime, limit: datetime | None) -> bool:
    """Whether a time is shown at first: the working day, and any hour when the limit allows no working day
    more."""
    return FIRST_SHOWN <= start.astimezone(LONDON).time() < LAST_SHOWN


def make_rows(
    days: Sequence[date],
    shown: Iterable[Free],
    places: Sequence[Place],
    busy: dict[int, list[tuple[datetime, datetime]]],
    limit: datetime | None,
    now: datetime,
    whole_day: bool,
) -> list[Row]:
    """Return a row for each half hour between the first and the last that has anything to say."""
    by_cell: dict[tuple[date, time], list[Free]] = {}
    for one in shown:
        local = one.slot.start.astimezone(LONDON)
        by_cell.setdefault((local.date(), local.time()), []).append(one)
    first, last = (time(0), time(23, 30)) if whole_day else (FIRST_SHOWN, time(17, 30))
    rows, drawn = [], False
    for minutes in range(first.hour * 60 + first.minute, last.hour * 60 + last.minute + 1, 30):
        at = time(minutes // 60, minutes % 60)
        cells = []
        for day in days:
            start = datetime.combine(day, at, LONDON)
            cell = Cell(
                free=by_cell.get((day, at), []), past=start < now, lawful=limit is None or start <= limit
            )
            if not cell.free and not cell.past:
                cell.taken = [
                    place.name
                    for place in places
                    if any(begin <= start < end for begin, end in busy.get(place.pk, []))
                ]
            if limit is not None and not cell.lawful and day == limit.astimezone(LONDON).date() and not drawn:
                cell.is_limit = drawn = True
            cells.append(cell)
        rows.append(Row(clock_time(at), cells))
    return rows


def day_titles(grid: Grid) -> list[str]:
    """Return the heading of each column: "Thursday 24 December"."""
    return [long_date(day).rsplit(" ", 1)[0] for day in grid.days]
