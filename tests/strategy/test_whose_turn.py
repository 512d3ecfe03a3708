"""Whose turn a request is, with their number, on its page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ActingFor, Team, User
from cases.models import Case
from deadlines.models import Deadline
from strategy import services
from strategy.models import StrategyRequest
from tests.builders.meeting import a_held_discussion
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def page(user: User, address: str) -> str:
    """A page as somebody sees it."""
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def beside(text: str, name: str) -> str:
    """What a part of the page beside the request says, as it is read."""
    part = text.split(f'id="{name}">')[1].split("</section>")[0].split("</h2>")[1]
    return " ".join(re.sub("<[^>]*>", " ", part).split()).replace(" ,", ",")


def turn(user: User, request: StrategyRequest) -> str:
    return beside(page(user, f"/requests/{request.pk}/"), "turn")


def test_the_deputy_s_number_stands_where_the_manager_is_away(people: Cast) -> None:
    """Also beside the other clocks; not in a restricted case, which is never lent."""
    now, request = timezone.now(), a_submitted_request(people)
    assert turn(people.sam, request) == f"Authorise: Mo Mensah {people.mo.phone}"
    ActingFor.objects.create(
        absent=people.mo, deputy=people.otto, starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1), reason="Leave",
    )  # fmt: skip
    instead = f"Otto Oakes, for Mo Mensah, who is away {people.otto.phone}"
    assert turn(people.sam, request) == f"Authorise: {instead}"
    running = beside(page(people.sam, f"/requests/{request.pk}/"), "also")
    assert (instead in running, f"Sam Shah {people.sam.phone}" in running) == (True, True)
    Case.objects.filter(pk=request.case_id).update(restricted=True)
    assert turn(people.sam, request) == f"Authorise: Mo Mensah {people.mo.phone}"


def test_a_held_request_and_the_next_of_the_same_referral_have_a_turn_too(people: Cast) -> None:
    """The record’s; then by where the next request stands, for which no convene clock runs."""
    held = a_held_discussion(people)
    request = StrategyRequest.objects.get(pk=held.request_id)
    clock = Deadline.objects.running().get(subject=held.subject, duty="circulate_minutes")
    assert turn(people.sam, request) == f"{clock.verb}: {clock.owner} {clock.owner.phone}"
    again = services.start_request(request.referral, by=people.sam, at=timezone.now())
    assert not Deadline.objects.running().filter(duty="convene").exists()
    assert turn(people.sam, again) == f"Finish the request: Sam Shah {people.sam.phone}"
    Team.objects.filter(pk=people.support.pk).update(phone="01632 960555")
    StrategyRequest.objects.filter(pk=again.pk).update(status="authorised", submitted_at=timezone.now())
    assert turn(people.sam, again) == "Book: Strategy meeting business support 01632 960555"


def test_a_request_that_ended_says_so_with_whom_to_ask(people: Cast) -> None:
    """While something of it still runs, that is whose turn it is: here the immediate protection decision."""
    now, request = timezone.now(), a_submitted_request(people)
    services.decide_not_needed(request, rationale="Explained", by=people.mo, at=now)
    clock = Deadline.objects.running().most_urgent_first()[0]
    said = f"{clock.duty_title}: {clock.owner} {clock.owner.phone}"
    assert (turn(people.sam, request), clock.duty) == (said, "immediate_protection_decision")
    Deadline.objects.running().update(state="void", voided_at=now, void_reason="Not needed")
    said = "Nobody’s: nothing of this request waits. To ask about it: Sam Shah"
    assert turn(people.sam, request) == f"{said} {people.sam.phone}"
