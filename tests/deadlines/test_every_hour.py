"""P19: every hour of 2024 to 2032 in every unit, against a calculation that shares nothing with the rules.

The second calculation knows summer time by its rule (from 01:00 UTC on the last Sunday of March to the last
Sunday of October) and bank holidays as they are typed in `test_units.py`.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from deadlines.enums import NoticeKind
from deadlines.rules.schedule import schedule, tellings
from deadlines.working_days import due_at, england
from protocols.rules.limits import Limit, parse_limit
from tests.deadlines.test_units import LONDON, second_bank_holidays, second_nth_working_day

OFF = second_bank_holidays()
HOUR = timedelta(hours=1)
BEGIN, END = datetime(2024, 1, 1, tzinfo=UTC), datetime(2032, 9, 1, tzinfo=UTC)
LIMITS = ("hours(24)", "hours(0.5)", "same_day", "calendar_days(3)", "working_days(1)", "working_days(5)")
LONG = ("working_days(15)", "working_days(45)")  # once a day: they depend on the day alone


@cache
def last_sunday(year: int, month: int) -> date:
    """Of March or October, both of 31 days."""
    end = date(year, month, 31)
    return end - timedelta(days=end.isoweekday() % 7)


def is_summer(moment: datetime) -> bool:
    """Whether London is an hour ahead of UTC at that moment."""
    one = time(1, tzinfo=UTC)
    since = datetime.combine(last_sunday(moment.year, 3), one)
    until = datetime.combine(last_sunday(moment.year, 10), one)
    return since <= moment < until


@cache
def night(day: date) -> datetime:
    """The last second of a London day, in UTC."""
    end = datetime.combine(day, time(23, 59, 59), UTC)
    return end - HOUR if is_summer(end - HOUR) else end


@cache
def second_day(day: date, limit: str) -> datetime:
    """When a limit of days from this day ends."""
    unit, _, rest = limit.partition("(")
    n = int(rest.strip(")") or 0)
    return night(second_nth_working_day(day, n, OFF) if unit == "working_days" else day + timedelta(days=n))


def second_due(start: datetime, limit: str) -> datetime:
    """The due moment, calculated a second time."""
    if limit.startswith("hours"):
        return start + HOUR * float(limit[6:-1])
    return second_day((start + HOUR if is_summer(start) else start).date(), limit)


def test_every_hour_of_nine_years() -> None:
    calendar, tried, start = england(), 0, BEGIN
    limits = {name: parse_limit(name) for name in (*LIMITS, *LONG)}
    while start < END:
        for name in LIMITS if start.hour else (*LIMITS, *LONG):
            assert due_at(limits[name], start, calendar) == second_due(start, name), (start, name)
            tried += 1
        start += HOUR
    print(f"{tried} moments")
    assert tried == 3166 * (24 * len(LIMITS) + len(LONG))


starts = st.datetimes(datetime(2024, 1, 1), datetime(2032, 6, 1), timezones=st.just(UTC))
limits = st.sampled_from([parse_limit(name) for name in (*LIMITS, *LONG)])


@given(starts, limits)
def test_half_a_fifth_the_last_morning_and_the_breach(start: datetime, limit: Limit) -> None:
    due = due_at(limit, start, england())
    assert due is not None
    told = tellings(limit.unit.value, start, due)
    when = {kind: moment for moment, kind in told}
    assert abs((due - start) / 2 - (due - when[NoticeKind.HALF])) <= timedelta(microseconds=1)
    assert abs((due - start) / 5 - (due - when[NoticeKind.FIFTH])) <= timedelta(microseconds=1)
    assert when[NoticeKind.BREACH] == due + timedelta(microseconds=1)
    assert [kind for _, kind in told][-1] == NoticeKind.BREACH
    assert [moment for moment, _ in told] == sorted(moment for moment, _ in told)
    morning = when.get(NoticeKind.LAST_DAY)
    assert (morning is not None) == (limit.unit.value == "working_days")
    if morning is not None:
        local = morning.astimezone(LONDON)
        assert (local.date(), local.time()) == (due.astimezone(LONDON).date(), time(9))


@given(starts, limits, st.floats(-0.5, 1.5))
def test_what_is_told_next(start: datetime, limit: Limit, share: float) -> None:
    """The first telling to come; or the latest that has passed, so that who learns late learns at once."""
    due = due_at(limit, start, england())
    assert due is not None
    now = start + (due - start) * share
    found = schedule(limit.unit.value, start, due, now)
    told = tellings(limit.unit.value, start, due)
    passed = [one for one in told if one[0] <= now]
    assert (found.next_tell_at, found.next_kind) == (passed[-1] if passed else told[0])
