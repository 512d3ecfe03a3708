"""Limits as somebody writes them."""

import pytest

from protocols.rules.limits import LimitError, calendar_days, hours, is_no_weaker, parse_limit, working_days


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hours(24)", "24 hours"),
        ("hours(1)", "1 hour"),
        ("hours(0.5)", "30 minutes"),
        ("same_day", "the same day"),
        ("calendar_days(3)", "3 calendar days"),
        ("working_days(1)", "1 working day"),
        ("before(discharge)", "before discharge"),
    ],
)
def test_a_limit_reads_back_as_it_was_written(text: str, words: str) -> None:
    assert (str(parse_limit(text)), parse_limit(text).in_words) == (text, words)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("3 day", "'3 day' is not a limit; write hours(24), same_day"),
        ("working_days(0)", "is a limit of zero"),
        ("hours(0.0)", "is a limit of zero"),
        ("working_days(-1)", "is not a limit"),
        ("working_days(1.5)", "whole numbers"),
        ("Hours(24)", "is not a limit"),
        ("hours(24) ", "is not a limit"),
        ("hours(99999)", "is not a limit"),
        ("weeks(1)", "is not a limit"),
        (24, "24 is not a limit"),
        (None, "None is not a limit"),
        (True, "True is not a limit"),
        (["hours(24)"], "is not a limit"),
        ("", "is not a limit"),
    ],
)
def test_what_is_no_limit_is_refused_in_a_sentence(text: object, says: str) -> None:
    with pytest.raises(LimitError, match=r"\.$") as refused:
        parse_limit(text)
    assert says in str(refused.value)


def test_weaker_than_the_floor() -> None:
    floor = working_days(15)
    assert [is_no_weaker(limit, floor) for limit in (working_days(15), calendar_days(15), hours(360))] == [
        True
    ] * 3
    assert [is_no_weaker(limit, floor) for limit in (working_days(16), calendar_days(16), hours(361))] == [
        False
    ] * 3
    assert not is_no_weaker(parse_limit("before(conference)"), floor)
