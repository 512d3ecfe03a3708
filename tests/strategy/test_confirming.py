"""The requester is reminded to telephone business support until the call is logged (row W21)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import make_aware

from accounts.models import User
from outbox.models import Letter
from strategy.models import StrategyRequest
from strategy.services import police
from strategy.services.confirming import remind_to_confirm
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast
from worklist.querysets import turns_and_heartbeat

pytestmark = pytest.mark.django_db
NOON = make_aware(datetime(2026, 7, 14, 12, 0))
HOUR = timedelta(hours=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def authorised(people: Cast, *, is_urgent: bool = False, at: datetime = NOON) -> StrategyRequest:
    wanted = an_authorised_request(people, at=at)
    wanted.is_urgent = is_urgent
    wanted.save()
    return wanted


def reminders() -> list[str]:
    return list(Letter.objects.filter(kind="confirm_receipt").order_by("pk").values_list("status", flat=True))


def test_every_two_hours_once_until_the_call_is_logged(people: Cast) -> None:
    wanted = authorised(people)
    since = wanted.authorisation.at
    assert remind_to_confirm(since + 2 * HOUR - timedelta(seconds=1)) == 0
    assert remind_to_confirm(since + 2 * HOUR) == 1
    assert [remind_to_confirm(since + 2 * HOUR + timedelta(minutes=n)) for n in (0, 5, 119)] == [0, 0, 0]
    letter = Letter.objects.get(kind="confirm_receipt")
    assert (letter.to_email, letter.context["team"]) == (people.sam.email, people.support.name)
    assert remind_to_confirm(since + 6 * HOUR) == 1  # what was missed meanwhile is not sent afterwards
    assert reminders() == ["queued", "queued"]
    police.record_receipt_call(
        wanted, caller="Sam Shah", availability="From 2pm", by=people.bea, at=since + 6 * HOUR
    )
    assert reminders() == ["cancelled", "cancelled"]
    assert remind_to_confirm(since + 8 * HOUR - timedelta(minutes=1)) == 0


def test_at_night_only_for_what_is_urgent(people: Cast) -> None:
    authorised(people)
    urgent = authorised(people, is_urgent=True)
    night = make_aware(datetime(2026, 7, 14, 23, 0))
    assert remind_to_confirm(night) == 1
    assert [one.case_ref for one in Letter.objects.filter(kind="confirm_receipt")] == [urgent.case.reference]


def test_not_once_the_discussion_should_have_begun_nor_twice_when_handed_over(people: Cast) -> None:
    wanted = authorised(people)
    wanted.carried_by = people.asha
    wanted.save()
    since = wanted.authorisation.at
    assert remind_to_confirm(since + 2 * HOUR) == 1
    assert Letter.objects.get(kind="confirm_receipt").to_email == people.asha.email
    wanted.discussions.create(
        case=wanted.case,
        number=1,
        format="virtual",
        planned_start=since + 3 * HOUR,
        planned_end=since + 4 * HOUR,
    )
    assert remind_to_confirm(since + 4 * HOUR) == 0
    wanted.discussions.update(status="cancelled")
    assert remind_to_confirm(since + 4 * HOUR) == 1


def test_it_stands_on_the_desk_and_on_the_request(people: Cast) -> None:
    wanted = an_authorised_request(people)
    sam = signed_in(people.sam)
    _, told, after = sam.get("/").content.decode().partition("Confirm the request and say when you can meet")
    child = wanted.children.all()[0]
    assert told and f"<bdi>{child.name}</bdi>" in after.partition("</li>")[0]
    page = sam.get(wanted.get_absolute_url()).content.decode()
    assert f"Telephone <strong>{people.support.name}</strong>" in page
    assert "Telephone <strong>" not in signed_in(people.mo).get(wanted.get_absolute_url()).content.decode()
    police.record_receipt_call(wanted, caller="Sam", availability="", by=people.bea, at=timezone.now())
    assert "Confirm the request" not in sam.get("/").content.decode()
    assert "Telephone <strong>" not in sam.get(wanted.get_absolute_url()).content.decode()


def test_the_number_in_the_navigation_counts_the_calls_too(people: Cast) -> None:
    wanted = an_authorised_request(people)
    with_call = turns_and_heartbeat(people.sam)[0]
    police.record_receipt_call(wanted, caller="Sam", availability="", by=people.bea, at=timezone.now())
    assert with_call - turns_and_heartbeat(people.sam)[0] == 1
