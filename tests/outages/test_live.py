"""P16, the small versions of `script/drill live` and `script/bench live`; and that they see mistakes."""

import random
from collections import Counter
from typing import Any

import pytest

from script.benches import live as bench
from script.drills import live as drill
from script.meeting import SHARED, Meeting, a_meeting, server
from tests.builders.meeting import section_of
from tests.real import test_database_url as database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_two_type_and_two_watch_on_the_real_server_and_no_word_is_lost() -> None:
    meeting = a_meeting(2)
    with server(database_url()) as site:
        told = bench.hold(meeting, site, 4)
    print(told.figures)
    assert told.words > 4 and told.is_whole  # how quickly is for a quiet machine


@pytest.mark.browser
def test_web_server_and_browser_are_killed_while_somebody_types(playwright: Any) -> None:
    meeting = a_meeting(0)
    with server(database_url()) as site:
        outcome = drill.run(playwright, site, meeting, ["web server", "browser"], random.Random(5))
    print(drill.HEAD, outcome.row(), sep="\n")
    assert (sum(outcome.blows.values()), outcome.met) == (2, True)


def kept_as(meeting: Meeting, field: str, *texts: str) -> None:
    """A box that has had these texts."""
    from minutes.services.sections import save_section

    cell = section_of(meeting.minutes, field)
    for version, text in enumerate(texts):
        now = meeting.minutes.discussion.started_at
        save_section(cell, text, version=version, by=meeting.typists[0], at=now)


@pytest.mark.parametrize(
    ("text", "late", "reordered"), [("w1 w2", 0, 0), ("w1", 1, 0), ("w2 w1", 0, 1), ("w1 w2 w2", 0, 1)]
)
def test_the_drill_sees_a_word_lost_out_of_order_or_twice(text: str, late: int, reordered: int) -> None:
    meeting = a_meeting(0)
    kept_as(meeting, drill.BOX, text)
    outcome = drill.Outcome(blows=Counter({"browser": 1}))
    drill.compare(meeting, ["w1", "w2"], outcome)
    assert (outcome.late, outcome.reordered, outcome.met) == (late, reordered, not late + reordered)


@pytest.mark.parametrize(
    ("kept", "stood", "missing"),
    [
        ("w1 w11 w12", "w1 w11 w12", ""),
        ("w1 w11", "w1 w11", "w12"),
        ("w1 w11 w1", "w1 w11 w1", "w12"),  # saved in the middle of the last word
        ("w1", "w1", "w11 w12"),
        ("w1 w12 w11", "w1 w11 w12", ""),  # out of order: `compare` finds it
        ("", "", "w1 w11 w12"),
    ],
)
def test_a_word_cut_by_the_kill_is_missing_and_its_beginning_stands(
    kept: str, stood: str, missing: str
) -> None:
    typed = [("w1", 0.0), ("w11", 1.0), ("w12", 2.0)]
    found = drill.survived(typed, kept.split())
    assert [" ".join(word for word, _ in some) for some in found] == [stood, missing]


@pytest.mark.parametrize(("texts", "lost", "reordered"), [(("a1", "a1 a2"), 0, 0), (("a1", "a2"), 1, 1)])
def test_the_bench_sees_an_overwritten_word(texts: tuple[str, ...], lost: int, reordered: int) -> None:
    meeting = a_meeting(0)
    kept_as(meeting, SHARED, *texts)
    told = bench.Outcome(people=2, saves=2)
    typist = bench.Typist(None, meeting, 0, 0.0, told)  # type: ignore[arg-type]
    typist.typed[meeting.address(SHARED)] = ["a1", "a2"]
    bench.compare(meeting, [typist], told)
    assert (told.lost, told.reordered, told.is_whole) == (lost, reordered, not lost + reordered)
