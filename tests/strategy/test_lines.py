"""When a duty line is answered."""

from datetime import datetime, time

import pytest

from deadlines.working_days import LONDON, england
from strategy.rules.lines import Hours, is_answered

WEEK = Hours((0, 1, 2, 3, 4), time(9), time(17))


@pytest.mark.parametrize(
    ("day", "clock", "answered"),
    [
        ((2026, 11, 23), time(9), True),
        ((2026, 11, 23), time(8, 59), False),
        ((2026, 11, 23), time(16, 59), True),
        ((2026, 11, 23), time(17), False),
        ((2026, 11, 21), time(12), False),
        ((2026, 12, 25), time(12), False),
        ((2026, 7, 1), time(9), True),
    ],
)
def test_hours(day: tuple[int, int, int], clock: time, answered: bool) -> None:
    """London time, weekdays, no bank holiday; from the opening up to the closing."""
    moment = datetime.combine(datetime(*day).date(), clock, LONDON)
    assert is_answered(WEEK, moment, england()) == answered


def test_a_line_may_be_answered_on_bank_holidays() -> None:
    """Where it says so."""
    christmas = datetime(2026, 12, 25, 12, tzinfo=LONDON)
    assert is_answered(Hours((4,), time(9), time(17), on_bank_holidays=True), christmas, england())


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (WEEK, "Monday to Friday, 9am to 5pm"),
        (Hours((5, 6), time(12), time(20, 30)), "Saturday, Sunday, midday to 8:30pm"),
    ],
)
def test_in_words(hours: Hours, words: str) -> None:
    """As a person says it."""
    assert hours.in_words == words
