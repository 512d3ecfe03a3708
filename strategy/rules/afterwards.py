"""In which order the moments of a discussion that has already been held can have come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from deadlines.working_days import START_OF_BUSINESS, WorkingCalendar, at_local, local_date
from referrals.rules import problem_with_moment

NIGHT_BEGINS = time(17)  # when the offices close and emergency duty begins
LONGEST = timedelta(hours=24)  # a series of calls may take a night, not a week


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is told of when things happened. `joined_at` has one entry for each person, by row of the page.

    What is None was not told, or could not be read.
    """

    came_in_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    said_at: datetime | None = None  # nothing was authorised by word of mouth without it
    joined_at: Sequence[tuple[str, datetime]] = ()


def problems_with_order(told: Order, now: datetime) -> dict[str, str]:
    """Name each moment that cannot be, with the sentence to show beside it, in the order of the page."""
    wrong = {
        "said_at": told.said_at and problem_with_word(told.said_at, told.came_in_at, told.ended_at, now),
        "started_at": told.started_at and _problem_with_start(told.started_at, told.came_in_at, now),
        "ended_at": told.ended_at and _problem_with_end(told.ended_at, told.started_at, now),
        **{field: _problem_with_joining(at, told, now) for field, at in told.joined_at},
    }
    return {field: sentence for field, sentence in wrong.items() if sentence}


def _problem_with_start(started_at: datetime, came_in_at: datetime | None, now: datetime) -> str | None:
    if wrong := never("The start", started_at, now):
        return wrong
    if came_in_at is not None and started_at < came_in_at:
        return "This is before what came in: it cannot have started yet"
    return None


def _problem_with_end(ended_at: datetime, started_at: datetime | None, now: datetime) -> str | None:
    if wrong := never("The end", ended_at, now):
        return wrong
    if started_at is not None and ended_at <= started_at:
        return "This is not after it started. Check both times"
    if started_at is not None and ended_at - started_at > LONGEST:
        return "This is more than a day after it started. Check both times"
    return None


def _problem_with_joining(joined_at: datetime, told: Order, now: datetime) -> str | None:
    if wrong := never("The time of joining", joined_at, now):
        return wrong
    if told.started_at is not None and joined_at < told.started_at:
        return "This is before it started: leave it empty for somebody who was there from the start"
    if told.ended_at is not None and joined_at > told.ended_at:
        return "This is after it ended. Check both times"
    return None


def problem_with_word(
    said_at: datetime, came_in_at: datetime | None, ended_at: datetime | None, now: datetime
) -> str | None:
    """Why a manager cannot have said so then; None when they can, also while the discussion was held."""
    if wrong := never("The manager’s word", said_at, now):
        return wrong
    if came_in_at is not None and said_at < came_in_at:
        return "This is before what came in: nobody can have authorised it yet"
    if ended_at is not None and said_at > ended_at:
        return (
            "This is after the discussion ended: what is authorised then is not authorised by word of mouth"
        )
    return None


def never(what: str, moment: datetime, now: datetime) -> str | None:
    """As `problem_with_moment`, naming what: a page has many moments, and its summary says which is meant."""
    wrong = problem_with_moment(moment, now)
    return wrong and f"{what}: {wrong[0].lower()}{wrong[1:]}"


def morning_after(moment: datetime, calendar: WorkingCalendar, hour: time = START_OF_BUSINESS) -> datetime:
    """By when the night is handed over: at this hour of the next working day, 09:00 unless told otherwise.

    “EDT handover by 09:00 next WD (Islington)”: the row is more exact than the issue’s “by 09:00”. Emergency
    duty is there all weekend and on bank holidays, and hands over to who works then. What is written before
    that hour on a working day is handed over that morning (`domain.md`, section 6).
    """
    day = local_date(moment)
    today = at_local(day, hour)
    if calendar.is_working(day) and moment < today:
        return today
    return at_local(calendar.nth_working_day(day, 1), hour)


def night_began(now: datetime, calendar: WorkingCalendar) -> datetime:
    """When the offices closed last: five in the afternoon of the last working day that has had it."""
    day = local_date(now)
    while not calendar.is_working(day) or at_local(day, NIGHT_BEGINS) > now:
        day -= timedelta(days=1)
    return at_local(day, NIGHT_BEGINS)
