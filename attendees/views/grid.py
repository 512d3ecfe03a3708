"""The week grid: which rooms, lines and links are free when, against the legal limit and people's times.
Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from attendees.rules import finder
from attendees.rules.booking import KINDS
from attendees.rules.finder import FIRST_SHOWN, LAST_SHOWN, Offer, Times
from attendees.services.finding import busy_places
from deadlines.working_days import england
from govuk.moments import clock_time, duration, long_date
from strategy.enums import Format
from strategy.models import Place
from strategy.rules.slots import LONDON, Span, free_slots

MOST_DAYS = 7
Taken = list[tuple[str, Span]]


@dataclass(slots=True)
class Cell:
    """One half hour of one day."""

    free: list[Offer] = field(default_factory=list)
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
class Day:
    """A column: "Friday 25 December", and why nobody usually works then."""

    title: str
    note: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything that the page of booking shows about time."""

    days: list[date]
    columns: list[Day]
    rows: list[Row]
    first_lawful: list[Offer]
    next_best: list[tuple[Offer, str]]
    limit: datetime | None
    lawful_left: bool
    why_late: str
    places: Sequence[Place]
    has_more: bool
    whole_day: bool
    is_calls: bool = False  # each is made from anywhere: no place is looked for

    @property
    def only_out_of_hours(self) -> bool:
        """Whether what is lawful is all at night, on a weekend or on a bank holiday."""
        return bool(self.first_lawful) and not any(one.usual for one in self.first_lawful)


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
    people: Sequence[Times] = (),
    whole_day: bool = False,
    chosen: tuple[int, datetime] | None = None,
    without: int | None = None,
) -> Grid:
    """Return the grid of the days from today to a little after the limit; one query, however many rooms.

    `without` leaves a discussion's own booking out, so that it can be moved into its own time.
    """
    places, days = places_for(format, every), days_to_show(now, limit)
    busy = busy_places(places, window_of(days), without)
    holidays = england().bank_holidays
    offers = [
        offer
        for place in places
        for offer in offers_of(place, days, length, limit, now, busy.get(place.pk, []), people)
    ]
    offers = [replace(one, chosen=chosen == (one.place.pk, one.slot.start)) for one in offers]
    lawful, late = finder.best(offers)
    whole_day = whole_day or (bool(lawful) and not any(finder.is_shown(one.slot.start) for one in lawful))
    shown = [one for one in offers if whole_day or finder.is_shown(one.slot.start)]
    return Grid(
        days=days,
        columns=[Day(long_date(day).rsplit(" ", 1)[0], note_of(day, holidays)) for day in days],
        rows=make_rows(days, shown, taken_by_name(places, busy), limit, now, whole_day),
        first_lawful=lawful,
        next_best=[(one, duration(finder.shortfall(one.slot.start, limit))) for one in late] if limit else [],
        limit=limit,
        lawful_left=bool(lawful),
        why_late=finder.why_late(limit, [one.name for one in places], people, now) if limit else "",
        places=places,
        has_more=len(shown) < len(offers),
        whole_day=whole_day,
        is_calls=format == Format.SERIES_OF_CALLS,
    )


def offers_of(
    place: Place,
    days: Iterable[date],
    length: timedelta,
    limit: datetime | None,
    now: datetime,
    busy: Taken,
    people: Sequence[Times],
) -> Iterable[Offer]:
    """Yield each free time of one place, with who could not be there."""
    holidays = england().bank_holidays
    hours = place.opening()
    for day in days:
        for slot in free_slots(
            day,
            not_before=now.replace(second=0, microsecond=0),
            limit=limit,
            length=length,
            hours=hours,
            taken=[span for _, span in busy],
            bank_holidays=holidays,
            before=place.before,
            after=place.after,
        ):
            lacking, possible = finder.who_lacks(people, slot.start, slot.end)
            yield Offer(place, slot, lacking, possible, finder.is_usual(slot.start, holidays))


def window_of(days: Sequence[date]) -> tuple[datetime, datetime]:
    """The moments between which the grid looks."""
    start = datetime.combine(days[0], time(), LONDON)
    return start, datetime.combine(days[-1] + timedelta(days=2), time(), LONDON)


def days_to_show(now: datetime, limit: datetime | None) -> list[date]:
    """Return today and the days to the one after the limit, at least three and at most seven."""
    today = now.astimezone(LONDON).date()
    last = limit.astimezone(LONDON).date() + timedelta(days=1) if limit else today + timedelta(days=4)
    number = min(max((last - today).days + 1, 3), MOST_DAYS)
    return [today + timedelta(days=place) for place in range(number)]


def note_of(day: date, holidays: object) -> str:
    """Why a day is not usually worked."""
    if day in holidays:  # type: ignore[operator]
        return "bank holiday"
    return "weekend" if day.weekday() > 4 else ""


def taken_by_name(places: Iterable[Place], busy: dict[int, Taken]) -> Taken:
    """Return each time that is taken or out of use, with the place's name and why."""
    return [
        (f"{place.name} out of use: {why}" if why else f"{place.name} taken", span)
        for place in places
        for why, span in busy.get(place.pk, [])
    ]


def make_rows(
    days: Sequence[date],
    shown: Iterable[Offer],
    taken: Taken,
    limit: datetime | None,
    now: datetime,
    whole_day: bool,
) -> list[Row]:
    """Return a row for each half hour of the working day or the whole day, and the limit where it falls."""
    by_start: dict[datetime, list[Offer]] = {}
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
    by_start: dict[datetime, list[Offer]],
    taken: Taken,
    limit: datetime | None,
    now: datetime,
) -> Cell:
    """Return one half hour of one day; the moment that a skipped hour names has nothing."""
    cell = Cell(free=by_start.get(start.astimezone(UTC), []), lawful=limit is None or start <= limit)
    if start >= now:
        cell.taken = [name for name, (begin, end) in taken if begin <= start < end]
    return cell
