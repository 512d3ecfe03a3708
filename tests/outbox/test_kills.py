"""P1 and P2, the small version of `script/drill outbox`; and that it sees the mistakes that others made."""

import random

import pytest

from script.drills import outbox as drill
from script.post.office import post_office
from tests.real import test_database_url as database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_ten_kills_lose_nothing() -> None:
    with post_office(database_url()) as post:
        first = drill.run(post, "random", 40, 5, random.Random(3))
        second = drill.run(post, "failpoint", 40, 5, random.Random(3))
        third = drill.run(post, "celery", 20, 3, random.Random(10))
    print(drill.HEAD, first.row("random"), second.row("failpoint"), third.row("celery"), sep="\n")
    assert sum(first.kills.values()) >= 5
    assert sum(second.kills.values()) >= 5
    assert third.kills["broker"] >= 1
    assert (sum(first.ends.values()), sum(second.ends.values()), sum(third.ends.values())) == (40, 40, 20)
    assert drill.met(first, second, third)


@pytest.mark.parametrize(("bug", "found"), [("marked first", "lost"), ("new id", "twice")])
def test_the_drill_sees_a_planted_bug(bug: str, found: str) -> None:
    with post_office(database_url(), bug) as post:
        half = drill.run(post, "failpoint", 30, 6, random.Random(3))
    print(drill.HEAD, half.row(bug), sep="\n")
    assert getattr(half, found) > 0
