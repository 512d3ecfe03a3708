"""Pure rules: free times, tokens, whom a discussion should have."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from attendees.rules import expected, tokens
from attendees.rules.headings import headings_for
from strategy.rules.slots import OpeningHours, free_slots, overlaps

DAY = date(2026, 12, 1)
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """A winter moment: local time is UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def starts(**other: object) -> list[datetime]:
    given: dict[str, Any] = {
        "not_before": at(0),
        "limit": None,
        "length": HOUR,
        "hours": OpeningHours(time(9), time(12)),
        "taken": [],
    }
    return [slot.start for slot in free_slots(DAY, **{**given, **other})]  # type: ignore[arg-type]


def test_a_place_is_free_while_it_is_open() -> None:
    assert starts() == [at(9), at(9, 30), at(10), at(10, 30), at(11)]
    assert starts(length=timedelta(hours=3)) == [at(9)]
    assert starts(length=timedelta(hours=4)) == []
    assert len(starts(hours=OpeningHours())) == 48


def test_taken_times_are_left_out_and_one_may_begin_when_another_ends() -> None:
    assert starts(taken=[(at(10), at(11))]) == [at(9), at(11)]
    assert not overlaps(at(9), at(10), [(at(10), at(11))])
    assert overlaps(at(9), at(10, 1), [(at(10), at(11))])


def test_nothing_in_the_past_and_the_limit_itself_is_lawful() -> None:
    assert starts(not_before=at(10, 10)) == [at(10, 30), at(11)]
    slots = free_slots(
        DAY, not_before=at(0), limit=at(10), length=HOUR, hours=OpeningHours(time(9), time(12)), taken=[]
    )
    assert [slot.lawful for slot in slots] == [True, True, True, False, False]


@pytest.mark.parametrize(("day", "number"), [(date(2027, 3, 28), 46), (date(2026, 10, 25), 50)])
def test_the_days_on_which_the_clocks_change(day: date, number: int) -> None:
    slots = free_slots(
        day,
        not_before=at(0, day=date(2026, 1, 1)),
        limit=None,
        length=HOUR,
        taken=[],
    )
    assert len(slots) == number
    assert all(slot.end - slot.start == HOUR for slot in slots)


def test_tokens_are_long_and_codes_are_six_digits() -> None:
    seen = {tokens.token_of(b"key", str(number)) for number in range(500)}
    assert (len(seen), {len(one) for one in seen}) == (500, {43})
    codes = [tokens.code_of(b"key", str(number)) for number in range(2000)]
    assert {len(one) for one in codes} == {6}
    assert len(set(codes)) > 1990
    assert tokens.token_of(b"other", "1") != tokens.token_of(b"key", "1")
    assert tokens.digits_of(" 12 34-56 ") == "123456"


def test_whom_a_quorum_lacks() -> None:
    required = ["social_worker", "police", "health"]
    assert expected.missing_roles(required, {1: "social_worker", 2: "police", 3: "health"}) == []
    lacking = expected.missing_roles(required, {1: "social_worker", 2: "", 3: "education"})
    assert lacking == ["police", "health"]
    assert expected.in_words(lacking) == "police and health"
    assert expected.in_words([]) == ""


def test_health_is_asked_for_what_the_guidance_lists() -> None:
    assert headings_for("health") == (
        "Family", "Maternity", "School health", "Mental health", "Domestic abuse", "Substance misuse",
    )  # fmt: skip
    assert headings_for("housing") == ("Involvement", "Concerns", "Strengths", "Who lives there")
