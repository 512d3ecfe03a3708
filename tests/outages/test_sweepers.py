"""P4 and P5, the small version of `script/drill sweep`; and that it sees what it is there to see."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from deadlines.models import Deadline, Notice
from deadlines.services import sweep
from escalations.models import Telling
from script.benches.sweep import people
from script.drills import sweep as drill
from tests.real import test_database_url as database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drill's processes work on the test's database, with an authority in it."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    people()


def test_three_sweepers_of_which_one_is_killed() -> None:
    part = drill.killed_sweepers(120, 6, random.Random(3))
    print(drill.HEAD, part.row(), sep="\n")
    assert (part.clocks, part.blows, part.is_sound) == (120, 6, True)
    assert drill.breaks_in_the_chain() == 0


def test_a_clock_that_goes_back_and_no_sweep_for_three_days() -> None:
    back, none = drill.clock_goes_back(60), drill.nobody_for_three_days(60)
    print(drill.HEAD, back.row(), none.row(), sep="\n")
    assert (back.blows, back.told, back.is_sound) == (20, 180, True)
    assert (none.told, none.is_sound) == (60, True)


def test_three_beats_on_a_broker_that_is_emptied_and_killed(tmp_path: Path) -> None:
    part = drill.broken_broker(60, 30, tmp_path, every=3.0)
    print(drill.HEAD, part.row(), sep="\n")
    assert part.blows > 20
    assert (part.clocks, part.is_sound) == (60, True)


@pytest.mark.parametrize("bug", ["lost", "twice", "wrong moment", "nobody told"])
def test_the_drill_sees_a_mistake(bug: str) -> None:
    now = timezone.now()
    drill.fill("planted:", 10, now, timedelta(hours=1), 0.5)
    sweep(now + timedelta(hours=9))
    one = Notice.objects.first()
    assert one is not None
    if bug == "twice":
        for seconds in (1, 2):
            due = one.due_at - timedelta(seconds=seconds)
            Notice.objects.create(deadline=one.deadline, kind="half", due_at=due)
    elif bug == "wrong moment":
        Deadline.objects.filter(pk=one.deadline_id).update(breached_at=now)
    else:
        Telling.objects.filter(notice=one).delete()
    if bug == "lost":
        one.delete()
    part = drill.seen(drill.Part("planted"), "planted:")
    assert not part.is_sound
    assert part.lost == (bug == "lost") and part.twice == (bug == "twice")
