"""Times as people read and write them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from govuk.moments import clock_time, duration, london, long_date, moment, read_time
from govuk.templatetags.govuk import dialled, typed_after


def test_a_moment_reads_as_gov_uk_writes_it() -> None:
    """In London's time, whatever zone it comes in."""
    assert moment(datetime(2026, 12, 24, 16, 30, tzinfo=UTC)) == "Thursday 24 December 2026 at 4:30pm"
    assert moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "Thursday 2 July 2026 at 12:30am"
    assert long_date(date(2026, 3, 1)) == "Sunday 1 March 2026"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 0), "midnight"),
        (time(12, 0), "midday"),
        (time(9, 5), "9:05am"),
        (time(16, 0), "4pm"),
        (time(0, 10), "12:10am"),
    ],
)
def test_times_of_day(at: time, words: str) -> None:
    """No 12am or 12pm."""
    assert clock_time(at) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=3, minutes=12), "3 hours 12 minutes"),
        (timedelta(hours=-1), "1 hour"),
        (timedelta(days=2, hours=4, minutes=59), "2 days 4 hours"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
    ],
)
def test_durations(length: timedelta, words: str) -> None:
    """No sign: the words around it say whether it is past."""
    assert duration(length) == words


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("4:30pm", time(16, 30)),
        ("4.30 p.m.", time(16, 30)),
        ("16:30", time(16, 30)),
        ("1630", time(16, 30)),
        ("4pm", time(16)),
        ("12am", time(0)),
        ("12:15 PM", time(12, 15)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("0900", time(9)),
        ("9", None),
        ("24:00", None),
        ("13pm", None),
        ("16:60", None),
        ("soon", None),
        ("", None),
        ("٣:٠٠", None),
    ],
)
def test_reading_a_time(text: str, at: time | None) -> None:
    """What could mean two things is not guessed."""
    assert read_time(text) == at


def test_the_hour_that_is_skipped_does_not_exist() -> None:
    """On 28 March 2027 the clocks go from 1am to 2am."""
    assert london(date(2027, 3, 28), time(1, 30)) is None
    assert london(date(2027, 3, 28), time(2, 0)) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_of_the_hour_that_comes_twice_the_first_is_meant() -> None:
    """On 25 October 2026 half past one comes twice."""
    assert london(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, ""), (9, ""), (10, ", typed 10 minutes later"), (130, ", typed 2 hours 10 minutes later")],
)
def test_what_was_typed_well_afterwards_says_so(minutes: int, said: str) -> None:
    """Both moments are kept; the lag between them is shown (`clocks.md`, instants)."""
    happened = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
    assert typed_after(happened + timedelta(minutes=minutes), happened) == said
    assert typed_after(None, happened) == typed_after(happened, None) == ""


def test_numbers_in_words_can_be_pressed() -> None:
    """And nothing else: what the words hold besides stays words."""
    assert dialled("Call 999, or ring 01632 960199 <b>by 9</b> in 1010") == (
        'Call <a class="govuk-link" href="tel:999">999</a>, or ring '
        '<a class="govuk-link" href="tel:01632960199">01632 960199</a> &lt;b&gt;by 9&lt;/b&gt; in 1010'
    )
