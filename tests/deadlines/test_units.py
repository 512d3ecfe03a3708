"""The five units: every vector of the specification, and a second calculation of working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines.working_days import due_at, end_of_day, england, target_at, warnings
from protocols.rules.limits import SAME_DAY, before, calendar_days, hours, parse_limit, working_days

LONDON = ZoneInfo("Europe/London")
CHRISTMAS_EVE = datetime(2026, 12, 24, 16, 30, tzinfo=LONDON)
MAUNDY_THURSDAY = datetime(2027, 3, 25, 16, 30, tzinfo=LONDON)
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=LONDON)
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=LONDON)


def end(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=LONDON)


PRINTED = [
    (CHRISTMAS_EVE, "hours(24)", datetime(2026, 12, 25, 16, 30, tzinfo=LONDON)),
    (CHRISTMAS_EVE, "same_day", end(2026, 12, 24)),
    (CHRISTMAS_EVE, "calendar_days(3)", end(2026, 12, 27)),
    (CHRISTMAS_EVE, "working_days(1)", end(2026, 12, 29)),
    (CHRISTMAS_EVE, "working_days(3)", end(2026, 12, 31)),
    (CHRISTMAS_EVE, "working_days(5)", end(2027, 1, 5)),
    (CHRISTMAS_EVE, "working_days(15)", end(2027, 1, 19)),
    (CHRISTMAS_EVE, "working_days(45)", end(2027, 3, 2)),
    (MAUNDY_THURSDAY, "working_days(1)", end(2027, 3, 30)),
    (MAUNDY_THURSDAY, "working_days(5)", end(2027, 4, 5)),
    (MAUNDY_THURSDAY, "working_days(15)", end(2027, 4, 19)),
    (MAUNDY_THURSDAY, "working_days(45)", end(2027, 6, 2)),
    *[
        (start, limit, due)
        for start in (FRIDAY, SATURDAY)
        for limit, due in (
            ("working_days(1)", end(2026, 11, 23)),
            ("working_days(5)", end(2026, 11, 27)),
            ("working_days(15)", end(2026, 12, 11)),
        )
    ],
    (
        datetime(2026, 10, 24, 12, 0, tzinfo=LONDON),
        "hours(24)",
        datetime(2026, 10, 25, 11, 0, tzinfo=LONDON),
    ),
    (datetime(2027, 3, 27, 12, 0, tzinfo=LONDON), "hours(24)", datetime(2027, 3, 28, 13, 0, tzinfo=LONDON)),
]


@pytest.mark.parametrize(("start", "limit", "due"), PRINTED)
def test_the_printed_vectors(start: datetime, limit: str, due: datetime) -> None:
    assert due_at(parse_limit(limit), start.astimezone(UTC), england()) == due.astimezone(UTC)


def test_the_day_is_the_day_in_london_not_in_utc() -> None:
    just_after_midnight = datetime(2026, 7, 1, 0, 30, tzinfo=LONDON)  # 30 June in UTC
    assert end_of_day(just_after_midnight) == datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC)


def test_before_an_event_has_no_moment_while_it_is_unknown() -> None:
    assert due_at(before("discharge"), FRIDAY, england()) is None
    assert due_at(before("discharge"), FRIDAY, england(), SATURDAY) == SATURDAY


def test_half_an_hour_is_elapsed_time() -> None:
    assert due_at(parse_limit("hours(0.5)"), FRIDAY, england()) == FRIDAY + timedelta(minutes=30)


def test_close_of_business_is_the_target_of_working_day_limits_only() -> None:
    due = end(2026, 7, 1)
    assert target_at("working_days", due) == datetime(2026, 7, 1, 17, 0, tzinfo=LONDON)
    assert target_at("hours", due) is None


def test_warnings_are_shares_of_elapsed_time() -> None:
    start = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    when = warnings("hours", start, start + timedelta(hours=10))
    assert (when.half_at, when.fifth_at) == (start + timedelta(hours=5), start + timedelta(hours=8))
    assert when.last_day_at is None
    assert warnings("working_days", start, end(2026, 11, 23)).last_day_at == datetime(
        2026, 11, 23, 9, tzinfo=UTC
    )


# The published bank holidays of England and Wales, typed from gov.uk, and 2028 to 2032 worked out by hand:
# deliberately not from the library that the rules use.
EASTER_MONDAYS = {
    2024: (4, 1), 2025: (4, 21), 2026: (4, 6), 2027: (3, 29), 2028: (4, 17), 2029: (4, 2), 2030: (4, 22),
    2031: (4, 14), 2032: (3, 29),
}  # fmt: skip


def second_bank_holidays() -> set[date]:
    found: set[date] = set()
    for year, (month, day) in EASTER_MONDAYS.items():
        easter = date(year, month, day)
        found |= {easter, easter - timedelta(days=3)}
        found |= {first_monday(year, 5), last_monday(year, 5), last_monday(year, 8)}
        new_year = date(year, 1, 1)
        found.add(new_year + timedelta(days={5: 2, 6: 1}.get(new_year.weekday(), 0)))
        christmas = date(year, 12, 25)
        found |= {
            christmas + timedelta(days=n)
            for n in {4: (0, 3), 5: (2, 3), 6: (1, 2)}.get(christmas.weekday(), (0, 1))
        }
    return found


def first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def second_nth_working_day(start: date, n: int, off: set[date]) -> date:
    """Counts by filtering a long list, where the rules walk day by day."""
    days = (start + timedelta(days=ahead) for ahead in range(1, 4 * n + 30))
    return [day for day in days if day.isoweekday() not in (6, 7) and day not in off][n - 1]


def test_every_day_of_2024_to_2032_agrees_with_a_second_calculation() -> None:
    off, calendar = second_bank_holidays(), england()
    tried = 0
    day = date(2024, 1, 1)
    while day < date(2032, 9, 1):
        for n in (1, 2, 3, 5, 10, 15, 45):
            assert calendar.nth_working_day(day, n) == second_nth_working_day(day, n, off), (day, n)
            tried += 1
        day += timedelta(days=1)
    assert tried == 3166 * 7


@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2032, 12, 31), timezones=st.just(UTC)),
    st.integers(min_value=1, max_value=60),
)
def test_units_over_any_hour(start: datetime, n: int) -> None:
    calendar = england()
    by_hours = due_at(hours(n), start, calendar)
    by_days, by_working = due_at(calendar_days(n), start, calendar), due_at(working_days(n), start, calendar)
    today = due_at(SAME_DAY, start, calendar)
    assert by_hours and by_days and by_working and today
    assert by_hours - start == timedelta(hours=n)
    assert today <= by_days <= by_working
    assert {moment.astimezone(LONDON).strftime("%H:%M:%S") for moment in (today, by_days, by_working)} == {
        "23:59:59"
    }
    assert calendar.is_working(by_working.astimezone(LONDON).date())
    assert by_days.astimezone(LONDON).date() - start.astimezone(LONDON).date() == timedelta(days=n)
    one_more = due_at(working_days(n + 1), start, calendar)
    assert one_more and one_more > by_working


def test_a_proclaimed_day_is_no_working_day() -> None:
    proclaimed = england(frozenset({date(2026, 11, 23)}))
    assert proclaimed.nth_working_day(date(2026, 11, 20), 1) == date(2026, 11, 24)


def test_the_rule_goes_on_where_the_library_ends() -> None:
    assert not england().is_working(date(2104, 12, 25))
    assert england().is_by_rule(date(2028, 1, 1)) and not england().is_by_rule(date(2027, 12, 31))
