"""P9, the small version of `script/drill booking`: one room, one hour, a dozen who press Book at once."""

import pytest

from script.drills import booking as drill
from tests.real import test_database_url as database_url

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_of_a_dozen_has_the_room_and_the_others_are_told_who() -> None:
    outcome = drill.rush(12, 2, database_url())
    print(drill.HEAD, outcome.row(), sep="\n")
    assert outcome.faults == []
    assert (outcome.booked, outcome.bookings, outcome.discussions, outcome.invited) == (1, 1, 1, 1)
    assert outcome.told == 11
    assert outcome.met


def test_the_drill_sees_a_double() -> None:
    outcome = drill.Outcome(people=2, processes=1, bookings=2, discussions=2, invited=2)
    for _ in range(2):
        drill.count(outcome, "booked", "", 0.1)
    assert not outcome.met
    drill.count(outcome, "told", "Somebody has it.", 0.1)
    assert outcome.faults == ["told: Somebody has it."]
