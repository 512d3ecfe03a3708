"""The queue of business support and its officer of the day (rows W16, W19 to W21)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.errors import NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from strategy.models import OfficerOfTheDay
from strategy.services import authorise
from strategy.services.officers import nominate_officer
from strategy.services.police import forward_to_police, record_receipt_call
from tests.builders.booking import a_booked_discussion
from tests.builders.requests import a_submitted_request, an_authorised_request
from tests.people import Cast, cast
from worklist.queue import lines_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_queue_is_by_the_clock_and_says_what_is_missing(
    client: Client, people: Cast, django_assert_num_queries: object
) -> None:
    now = timezone.now()
    first, second = an_authorised_request(people, at=now), an_authorised_request(people, at=now)
    Deadline.objects.filter(subject=f"referral:{first.referral_id}", duty="convene").update(
        due_at=now + timedelta(hours=30)
    )
    a_submitted_request(people, at=now)
    booked = a_booked_discussion(people, at=now)
    forward_to_police(second, agency=people.police, by=people.bea, at=now)
    record_receipt_call(second, caller="Sam Shah", availability="", by=people.bea, at=timezone.now())
    with django_assert_num_queries(6):  # type: ignore[operator]
        lines = lines_for(people.bea)
    assert [one.request for one in lines] == [second, booked.request, first]
    assert [(bool(one.letter), bool(one.call), bool(one.booked)) for one in lines] == [
        (True, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert lines_for(people.olga) == []
    client.force_login(people.bea)
    page = client.get("/queue/").content.decode()
    for told in (
        "Not forwarded",
        "Not yet sent",
        "Not yet",
        "Called",
        "Mo Mensah chairs",
        "Nobody is named yet.",
    ):
        assert told in page
    assert "Fenwick" not in page
    client.force_login(people.sam)
    assert client.get("/queue/").status_code == 403


def test_a_manager_names_who_is_on(client: Client, people: Cast) -> None:
    now, today = timezone.now(), timezone.localdate()
    with pytest.raises(NotAllowed):
        nominate_officer(people.bea, first=today, by=people.bea, at=now)
    for officer, first, last, field in (
        (people.sam, today, None, "officer"),
        (people.bea, today - timedelta(days=1), None, "first"),
        (people.bea, today, today - timedelta(days=1), "last"),
        (people.bea, today, today + timedelta(days=31), "last"),
    ):
        with pytest.raises(Refused) as refused:
            nominate_officer(officer, first=first, last=last, by=people.mo, at=now)
        assert refused.value.field == field
    nominate_officer(people.bea, first=today, last=today + timedelta(days=2), by=people.mo, at=now)
    nominate_officer(people.bea, first=today, by=people.otto, at=now)
    named = list(OfficerOfTheDay.objects.values_list("officer", "team", "by"))
    assert named == [(people.bea.pk, people.support.pk, by.pk) for by in (people.otto, people.mo, people.mo)]
    assert Entry.objects.filter(event="officer.nominated").count() == 2
    client.force_login(people.mo)
    data = {"officer": people.bea.pk, "first_day": "31", "first_month": "2", "first_year": today.year}
    assert client.post("/queue/officer/", data).status_code == 422
    day = today + timedelta(days=5)
    data = {"officer": people.bea.pk, "first_day": day.day, "first_month": day.month, "first_year": day.year}
    assert client.post("/queue/officer/", data).status_code == 302
    assert "Bea Bright" in client.get("/queue/").content.decode()
    people.support.manager = people.sam
    people.support.save()
    assert nominate_officer(people.bea, first=day, by=people.sam, at=now)
    link, number = "Name the officer of the day", f"tel:{people.bea.phone.replace(' ', '')}"
    for one, offered in ((people.mo, True), (people.sam, True), (people.bea, False)):
        client.force_login(one)
        page = client.get("/queue/").content.decode()
        assert (one.name, link in page, number in page) == (one.name, offered, True)
    client.force_login(people.olga)
    assert client.get("/queue/").status_code == 403


def test_what_the_manager_added_is_read_where_it_is_acted_upon(client: Client, people: Cast) -> None:
    """On the request, in the queue, when booking, and by the chair on the discussion's page."""
    request = authorise(a_submitted_request(people), note="Not in room 2", by=people.mo, at=timezone.now())
    client.force_login(people.bea)
    pages = ["/queue/", f"/requests/{request.pk}/", f"/requests/{request.pk}/book/"]
    assert [page for page in pages if "Not in room 2" not in client.get(page).content.decode()] == []
    booked = a_booked_discussion(people, request=request)
    client.force_login(people.mo)
    assert "Not in room 2" in client.get(f"/discussions/{booked.pk}/").content.decode()
