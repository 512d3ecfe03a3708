"""The pages on which a place is taken out of use: who may, what must be moved, and back into use."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.errors import MoveNotAllowed
from audit.models import Entry
from strategy.models import Discussion, Place, PlaceBlock
from strategy.services import places
from tests.builders.booking import a_booked_discussion, a_room
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def booked(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def place_of(discussion: Discussion) -> Place:
    found = discussion.bookings.get().place
    assert found is not None
    return found


def as_person(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def typed(start: datetime, end: datetime, reason: str = "Water in the ceiling") -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat(), "reason": reason}


def test_business_support_takes_a_room_out_of_use_and_sees_what_must_be_moved(
    people: Cast, booked: Discussion
) -> None:
    room, client = place_of(booked), as_person(people.bea)
    url = reverse("strategy:block_place", args=[room.pk])
    link = reverse("attendees:discussion", args=[booked.pk])
    assert link not in client.get(url).content.decode()
    data = typed(timezone.now(), booked.planned_end + DAY)
    answer = client.post(url, data, follow=True)
    page = answer.content.decode()
    assert (answer.redirect_chain[-1][0], link in page) == (url, True)
    assert f"{room} is out of use. 1 booking must be moved." in page
    entry = Entry.objects.get(event="place.blocked")
    assert entry.data == {"block": PlaceBlock.objects.get().pk, "bookings": [booked.bookings.get().pk]}
    page = client.get(link).content.decode()
    assert (f"{room} is out of use then: Water in the ceiling." in page, "Move to another" in page) == (
        True,
        True,
    )
    assert f"{room} is out of use then" in client.get(reverse("worklist:queue")).content.decode()


def test_whoever_may_not_see_the_case_sees_a_time_and_who_booked(people: Cast, booked: Discussion) -> None:
    """An administrator sees no child's record, and none is found by way of a room."""
    room, client = place_of(booked), as_person(people.adi)
    url = reverse("strategy:block_place", args=[room.pk])
    page = client.post(url, typed(timezone.now(), booked.planned_end), follow=True).content.decode()
    assert (
        "1 booking must be moved" in page,
        f"Booked by {people.bea.name}, {people.bea.phone}" in page,
    ) == (
        True,
        True,
    )
    assert (booked.case.reference in page, reverse("attendees:discussion", args=[booked.pk]) in page) == (
        False,
        False,
    )


def test_a_place_is_put_back_into_use(people: Cast, booked: Discussion) -> None:
    room, client = place_of(booked), as_person(people.bea)
    now = timezone.now()
    places.block_place(room, start=now, end=now + 9 * DAY, reason="Flooded", by=people.adi, at=now)
    block, other = PlaceBlock.objects.get(), a_room("Room 9")
    url = reverse("strategy:block_place", args=[room.pk])
    back = reverse("strategy:lift_block", args=[room.pk, block.pk])
    assert back in client.get(url).content.decode()
    assert client.get(reverse("strategy:lift_block", args=[other.pk, block.pk])).status_code == 404
    assert "Flooded" in client.get(back).content.decode()
    page = client.post(back, follow=True).content.decode()
    assert ("is back in use" in page, back in page, "must be moved" in page) == (True, False, False)
    assert client.post(back).status_code == 409
    link = reverse("attendees:discussion", args=[booked.pk])
    assert "out of use" not in client.get(link).content.decode()


def test_a_time_that_is_over_is_neither_listed_nor_lifted(people: Cast) -> None:
    room, now = a_room(), timezone.now()
    places.block_place(
        room, start=now, end=now + timedelta(minutes=5), reason="Paint", by=people.bea, at=now
    )  # fmt: skip
    later = now + DAY
    assert [list(one.to_come) for one in places.with_blocks(later)] == [[]]  # type: ignore[attr-defined]
    with pytest.raises(MoveNotAllowed):
        places.lift_block(PlaceBlock.objects.get(), by=people.bea, at=later)


def test_what_is_typed_is_kept_beside_its_sentence(people: Cast) -> None:
    room, now = a_room(), timezone.now()
    client = as_person(people.bea)
    url = reverse("strategy:block_place", args=[room.pk])
    answer = client.post(url, typed(now + DAY, now, "Paint"))
    assert (answer.status_code, answer.context["form"].errors["end"]) == (
        409,
        ["It must be back in use after it goes out of use"],
    )
    assert 'value="Paint"' in answer.content.decode()
    answer = client.post(url, {"reason": ""})
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (422, ["end", "reason", "start"])


@pytest.mark.parametrize("rooms", [1, 3])
def test_the_lists_take_as_many_statements_however_long(
    people: Cast, rooms: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for number in range(rooms):
        room = a_room(f"Room {number}")
        places.block_place(room, start=now, end=now + DAY, reason="Paint", by=people.bea, at=now)
    with django_assert_num_queries(2):
        assert [len(one.to_come) for one in places.with_blocks(now)] == [1] * rooms  # type: ignore[attr-defined]
    page = as_person(people.bea).get(reverse("strategy:out_of_use")).content.decode()
    assert page.count("Paint") == rooms
    assert as_person(people.adi).get(reverse("strategy:places")).content.decode().count("Paint") == rooms


def test_only_who_books_or_keeps_places_may(people: Cast) -> None:
    room = a_room()
    urls = [reverse("strategy:out_of_use"), reverse("strategy:block_place", args=[room.pk])]
    may = {
        name
        for name in ("sam", "mo", "ada", "asha", "bea", "eve", "hal", "ira", "adi", "paul", "stranger")
        if all(as_person(getattr(people, name)).get(url).status_code == 200 for url in urls)
    }
    assert may == {"bea", "eve", "adi"}
