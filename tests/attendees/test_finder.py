"""The finder of lawful times: rooms, people's times, what is told when none is left (users-ask 23)."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from attendees.rules import finder
from attendees.rules.finder import Offer, Times
from attendees.services import availability, finding
from attendees.services.availability import Said
from attendees.services.directory import professional_for
from attendees.services.finding import Sought
from attendees.views.grid import make_grid
from audit.errors import NotAllowed, Refused
from deadlines.models import Deadline
from outbox.models import Letter
from strategy.models import Place
from strategy.rules.slots import Slot
from tests.builders.booking import a_booked_discussion, a_room, a_video_link
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast

HOUR = timedelta(hours=1)
NOW = datetime(2026, 12, 23, 12, tzinfo=UTC)  # a Wednesday; Friday is Christmas Day


def offer(hour: int, *, lacking: tuple[str, ...] = (), lawful: bool = True, usual: bool = True) -> Offer:
    start = NOW + hour * HOUR
    return Offer("Room", Slot(start, start + HOUR, lawful), lacking, usual=usual)


def test_lawful_first_then_everybody_then_working_hours_then_soonest() -> None:
    offers = [
        offer(1, lacking=("Paul Pike",)),
        offer(2, usual=False),
        offer(4),
        offer(3),
        offer(30, lawful=False),
        offer(28, lawful=False, usual=False),
    ]
    lawful, late = finder.best(offers)
    assert [round((one.slot.start - NOW) / HOUR) for one in lawful] == [3, 4, 2, 1]
    assert [round((one.slot.start - NOW) / HOUR) for one in late] == [30, 28]


def test_who_said_when_they_can_cannot_at_other_times() -> None:
    bound = Times("Paul Pike", only=[(NOW, NOW + 2 * HOUR)], busy=[(NOW, NOW + HOUR)])
    assert [bound.can(NOW + n * HOUR, NOW + (n + 1) * HOUR) for n in (-1, 0, 1, 2)] == [
        False,
        False,
        True,
        False,
    ]
    chair = Times("Mo Mensah", must=True, busy=[(NOW, NOW + HOUR)])
    assert finder.who_lacks([bound, chair], NOW, NOW + HOUR) == (("Paul Pike", "Mo Mensah"), False)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def places() -> list[Place]:
    return list(Place.objects.with_hours())


def test_the_grid_at_christmas(people: Cast) -> None:
    a_room(opens_at=time(9), closes_at=time(17), on_bank_holidays=False)
    limit = datetime(2026, 12, 27, 23, 59, 59, tzinfo=UTC)
    grid = make_grid(places(), format="face_to_face", length=HOUR, limit=limit, now=NOW)
    assert [(one.title, one.note) for one in grid.columns][:5] == [
        ("Wednesday 23 December", ""),
        ("Thursday 24 December", ""),
        ("Friday 25 December", "bank holiday"),
        ("Saturday 26 December", "bank holiday"),
        ("Sunday 27 December", "weekend"),
    ]
    assert grid.first_lawful[0].slot.start == NOW
    christmas = [one for row in grid.rows for one in row.cells[2].free]
    assert christmas == []


def test_no_lawful_time_says_why_and_shows_the_next_best(people: Cast) -> None:
    a_room(opens_at=time(9), closes_at=time(17))
    now = datetime(2026, 12, 4, 16, 59, tzinfo=UTC)  # Friday 16:59
    limit = datetime(2026, 12, 5, 8, 0, tzinfo=UTC)
    grid = make_grid(places(), format="face_to_face", length=HOUR, limit=limit, now=now)
    assert (grid.lawful_left, grid.first_lawful) == (False, [])
    assert grid.why_late == "Until the legal limit Room 1, Cherry House is taken, closed or too short free."
    assert [late for _, late in grid.next_best] == ["1 hour", "1 hour 30 minutes", "2 hours"]


def test_bookings_invitations_and_what_people_said_are_read_in_one_statement(
    people: Cast, django_assert_num_queries: object
) -> None:
    now = timezone.now()
    other = a_booked_discussion(people, at=now)
    request = an_authorised_request(people, at=now)
    paul = request.wanted.get(professional__name="Paul Pike").professional
    hetty = request.wanted.get(professional__name="Hetty Hall").professional
    start = other.planned_start
    said = [Said(hetty, False, start + 3 * HOUR, start + 4 * HOUR, "By telephone")]
    with pytest.raises(NotAllowed):
        availability.state_times(request, said, by=people.olga, at=now)
    with pytest.raises(Refused) as refused:
        availability.state_times(request, [Said(hetty, True, start, start)], by=people.bea, at=now)
    assert refused.value.field == "times"
    availability.state_times(request, said, by=people.sam, at=now)
    sought = [Sought("Mo Mensah", user=people.mo.pk, must=True)]
    sought += [Sought(one.name, one.pk, one.user_id) for one in (paul, hetty)]
    window = (start - HOUR, start + timedelta(days=1))
    with django_assert_num_queries(1):  # type: ignore[operator]
        times = {one.name: one for one in finding.times_of(request, sought, window, None)}
    span = (start, start + HOUR)
    assert times["Mo Mensah"].busy == times["Paul Pike"].busy == [span]
    assert sorted(times["Hetty Hall"].busy) == [span, (start + 3 * HOUR, start + 4 * HOUR)]
    free = {one.name: one for one in finding.times_of(request, sought, window, other.pk)}
    assert (free["Mo Mensah"].busy, free["Paul Pike"].busy) == ([], [])
    availability.state_times(request, [], by=people.bea, at=now)
    assert not request.stated_times.exists()


def test_the_manager_is_told_once_that_no_lawful_time_is_left(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    Deadline.objects.filter(duty="convene").update(due_at=timezone.now() - HOUR)
    a_video_link()
    client.force_login(people.bea)
    page = client.get(f"/requests/{request.pk}/book/").content.decode()
    assert "No time is left within the legal limit" in page
    assert "The legal limit has passed." in page
    assert f"/requests/{request.pk}/no-lawful-time/" in page
    for _ in range(2):
        assert client.post(f"/requests/{request.pk}/no-lawful-time/").status_code == 302
    letter = Letter.objects.get(kind="no_lawful_time")
    assert (letter.to_name, letter.context["reference"]) == ("Mo Mensah", request.case.reference)


def test_times_are_written_down_on_their_page(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    address = f"/requests/{request.pk}/times/"
    asker = professional_for(people.sam)
    assert "Sam Shah" in client.get(address).content.decode()
    tomorrow = timezone.localtime() + timedelta(days=1)
    row = {
        "times-count": "1",
        "times-0-professional": asker.pk,
        "times-0-can_come": "yes",
        "times-0-how": "By telephone",
    }
    for part, clock in (("start", "10:00"), ("end", "9am")):
        row |= {
            f"times-0-{part}_day": tomorrow.day,
            f"times-0-{part}_month": tomorrow.month,
            f"times-0-{part}_year": tomorrow.year,
            f"times-0-{part}_time": clock,
        }
    answer = client.post(address, row)
    assert answer.status_code == 422
    assert "It must end after it begins" in answer.content.decode()
    assert client.post(address, row | {"times-0-end_time": "midday"}).status_code == 302
    kept = request.stated_times.get()
    assert (kept.professional, kept.can_come, kept.how) == (asker, True, "By telephone")
    assert client.get(address).content.decode().count("selected") >= 1
    client.force_login(people.mo)
    assert client.get(address).status_code == 403
