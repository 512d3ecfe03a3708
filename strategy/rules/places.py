"""A room, conference line or video link as typed: what cannot stand in it, and its hours in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from govuk.moments import DAYS, clock_time
from strategy.rules.lines import days_in_words
from strategy.rules.slots import OpenFor, OpeningHours

LONGEST_BUFFER = 240  # minutes
MOST_SEATS = 1000
BUFFER = f"Enter whole minutes from 0 to {LONGEST_BUFFER}"
SEATS = f"Enter how many it holds, from 1 to {MOST_SEATS}, or leave it empty"


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is kept about a place; without hours it is always open.

    `differ` holds the weekdays (Monday is 0) on which it keeps other hours than usual; None is closed.
    """

    name: str
    kind: str
    joining: str = ""
    opens_at: time | None = None
    closes_at: time | None = None
    differ: Mapping[int, OpenFor | None] = field(default_factory=dict)
    on_bank_holidays: bool = True
    buffer_before: int = 0
    buffer_after: int = 0
    capacity: int | None = None
    is_hospital: bool = False


def problems(facts: PlaceFacts) -> dict[str, str]:
    """What cannot stand in a place's hours and measures: field to sentence; `day_0` is Monday's."""
    wrong = {}
    if problem := problem_with_times(facts.opens_at, facts.closes_at):
        wrong["closes_at" if facts.opens_at else "opens_at"] = problem
    for day, times in facts.differ.items():
        if problem := problem_with_day(day, times):
            wrong[f"day_{day}"] = problem
    for name in ("buffer_before", "buffer_after"):
        if not 0 <= getattr(facts, name) <= LONGEST_BUFFER:
            wrong[name] = BUFFER
    if facts.capacity is not None and not 1 <= facts.capacity <= MOST_SEATS:
        wrong["capacity"] = SEATS
    return wrong


def problem_with_times(opens: time | None, closes: time | None) -> str:
    """What cannot stand in the hours of a place; empty for both means that it is always open."""
    if (opens is None) != (closes is None):
        return "Enter when it opens and when it closes, or neither"
    if opens is not None and closes is not None and closes <= opens:
        return "It must close after it opens"
    return ""


def problem_with_day(day: int, times: OpenFor | None) -> str:
    """What cannot stand in the hours of one weekday that differs; None for its hours is closed."""
    if not 0 <= day < len(DAYS):
        return "Choose a day of the week"
    if times is None:
        return ""
    opens, closes = times
    if opens is None or closes is None:
        return f"Enter when it opens and when it closes on {DAYS[day]}"
    return "" if opens < closes else f"On {DAYS[day]} it must close after it opens"


def hours_in_words(hours: OpeningHours) -> str:
    """ "8am to 6pm. Friday: 8am to 4pm. Saturday, Sunday: closed. Bank holidays: closed"."""
    days: dict[OpenFor | None, list[int]] = {}
    for day, times in sorted(hours.differ.items()):
        days.setdefault(times, []).append(day)
    words = [_times_in_words((hours.opens, hours.closes))]
    words += [f"{days_in_words(some)}: {_times_in_words(times)}" for times, some in days.items()]
    return ". ".join([*words, *([] if hours.on_bank_holidays else ["Bank holidays: closed"])])


def _times_in_words(times: OpenFor | None) -> str:
    if times is None:
        return "closed"
    opens, closes = times
    if opens is None or closes is None:
        return "Always open"
    return f"{clock_time(opens)} to {clock_time(closes)}"
