"""Working days of England and Wales, and the due moment of each of the five units.

Pure: the calendar is an argument. Everything is stored and compared in UTC; days are days of Europe/London.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from holidays.countries.united_kingdom import UnitedKingdom

if TYPE_CHECKING:
    from protocols.rules.limits import Limit

LONDON = ZoneInfo("Europe/London")
END_OF_DAY = time(23, 59, 59)
CLOSE_OF_BUSINESS = time(17, 0)  # local default
START_OF_BUSINESS = time(9, 0)  # the last-day warning of a working-day limit
LAST_PUBLISHED_YEAR = 2027  # gov.uk publishes about two years ahead: docs/adr/0010


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days count: Monday to Friday, no bank holiday; an authority's closure days are no part of it."""

    bank_holidays: Container[date]
    published_to: int
    extra: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Whether the day is Monday to Friday and no bank holiday of England and Wales."""
        return day.weekday() < 5 and day not in self.bank_holidays and day not in self.extra

    def nth_working_day(self, start: date, n: int) -> date:
        """The n-th working day after `start`, which is day 0 even when it is no working day."""
        day = start
        while n > 0:
            day += timedelta(days=1)
            n -= self.is_working(day)
        return day

    def is_by_rule(self, day: date) -> bool:
        """Whether the bank holidays of the day's year are not yet published but follow from the rule."""
        return day.year > self.published_to


class _England(UnitedKingdom):
    """The library falls silent after 2100; the rule does not."""

    end_year = 9999


@cache
def england(extra: frozenset[date] = frozenset()) -> WorkingCalendar:
    """The calendar of England and Wales; `extra` holds days proclaimed since the library's release."""
    return WorkingCalendar(_England(subdiv="ENG"), LAST_PUBLISHED_YEAR, extra)  # type: ignore[no-untyped-call]


def local_date(moment: datetime) -> date:
    """The date in London at that moment."""
    return moment.astimezone(LONDON).date()


def at_local(day: date, clock: time) -> datetime:
    """A wall-clock time of a London day, in UTC; only for hours that no clock change touches."""
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def end_of_day(moment: datetime) -> datetime:
    """23:59:59 in London on the day of that moment, in UTC."""
    return at_local(local_date(moment), END_OF_DAY)


def last_day(limit: Limit, start: datetime, calendar: WorkingCalendar) -> date | None:
    """The day on which a limit of days ends; None for hours and events."""
    match limit.unit.value:
        case "same_day":
            return local_date(start)
        case "calendar_days":
            return local_date(start) + timedelta(days=int(limit.n))
        case "working_days":
            return calendar.nth_working_day(local_date(start), int(limit.n))
    return None


def due_at(
    limit: Limit, start: datetime, calendar: WorkingCalendar, event_at: datetime | None = None
) -> datetime | None:
    """The moment (UTC) up to which something is on time; None while the event of `before` is unknown.

    Hours are elapsed hours, so weekends, bank holidays and clock changes make no difference; days end at
    23:59:59 in London.
    """
    if limit.unit.value == "hours":
        return start.astimezone(UTC) + timedelta(hours=float(limit.n))
    if limit.unit.value == "before":
        return None if event_at is None else event_at.astimezone(UTC)
    day = last_day(limit, start, calendar)
    assert day is not None  # the three units left are all counted in days
    return at_local(day, END_OF_DAY)


def target_at(unit: str, due: datetime | None) -> datetime | None:
    """Close of business on the last day of a working-day limit: what to aim at, never what is enforced."""
    if due is None or unit != "working_days":
        return None
    return at_local(local_date(due), CLOSE_OF_BUSINESS)


@dataclass(frozen=True, slots=True)
class Warnings:
    """When to warn: half of the time left, a fifth left, and 09:00 on the last day of working-day limits."""

    half_at: datetime
    fifth_at: datetime
    last_day_at: datetime | None


def warnings(limit_unit: str, starts_at: datetime, due: datetime) -> Warnings:
    """The warning moments (UTC) of a clock; shares are of elapsed time, also for working days."""
    whole = max(due - starts_at, timedelta(0))
    morning = at_local(local_date(due), START_OF_BUSINESS) if limit_unit == "working_days" else None
    return Warnings(due - whole / 2, due - whole / 5, morning)
