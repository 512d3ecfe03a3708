"""Two who want the same room at the same moment: one gets it, the other is told who has it (P9)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from attendees.models import Professional
from attendees.services.booking import book_and_invite
from attendees.services.directory import professional_for
from audit.errors import Taken
from strategy.enums import Format, Status
from strategy.models import Booking, Place, StrategyRequest
from tests.builders.booking import a_video_link, known_professionals
from tests.builders.requests import a_referral, an_authorised_request
from tests.people import Cast, cast

ROUNDS = 6


def book(
    request: StrategyRequest, place: Place, people: Cast, first: bool, gate: Barrier, start_in: int
) -> str:
    """Book on a connection of its own; what came of it."""
    now = timezone.now()
    begins = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=start_in)
    try:
        gate.wait(timeout=20)
        book_and_invite(
            StrategyRequest.objects.get(pk=request.pk),
            format=Format.VIRTUAL,
            place=place,
            start=begins,
            end=begins + timedelta(hours=1),
            chair=people.mo if first else people.ada,
            minute_taker=people.bea if first else people.eve,
            professionals=known,
            late_reason="A test of two at once",
            by=people.bea,
            at=now,
        )
    except Taken as taken:
        return f"{taken.field}: {taken.sentence}"
    finally:
        connection.close()
    return "booked"


known: list[Professional] = []


@pytest.mark.django_db(transaction=True)
def test_one_room_two_bookings_one_winner() -> None:
    people = cast()
    place = a_video_link()
    known[:] = known_professionals(people)
    for person in (people.sam, people.mo, people.ada, people.bea, people.eve):
        professional_for(person)
    for number in range(ROUNDS):
        pair = [an_authorised_request(people, referral=a_referral(people)) for _ in range(2)]
        gate, start_in = Barrier(2), 2 + 2 * number
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(book, one, place, people, one == pair[0], gate, start_in) for one in pair]
            told = sorted(one.result() for one in both)
        assert told[0] == "booked"
        assert told[1].startswith("place: Video link 1 is already booked from")
        assert "by Bea Bright" in told[1]
        states = sorted(
            StrategyRequest.objects.filter(pk__in=[one.pk for one in pair]).values_list("status", flat=True)
        )
        assert states == [Status.AUTHORISED, Status.BOOKED]
    assert Booking.objects.count() == ROUNDS
