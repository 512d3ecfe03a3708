"""From the request on to booking and to the discussion: nobody has to know an address."""

import pytest
from django.test import Client

from accounts.models import User
from strategy.models import StrategyRequest
from tests.builders.booking import a_booked_discussion
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def buttons(user: User, request: StrategyRequest) -> list[str]:
    """Where the request's page leads this person, of the pages that book or show the discussion."""
    client = Client()
    client.force_login(user)
    answer = client.get(f"/requests/{request.pk}/")
    assert answer.status_code == 200
    return [
        href for _, href, _ in answer.context["next_steps"] if f'href="{href}"' in answer.content.decode()
    ]


def test_business_support_books_from_the_request(people: Cast) -> None:
    request = an_authorised_request(people)
    base = f"/requests/{request.pk}/"
    assert buttons(people.bea, request) == [f"{base}book/", f"{base}forward/", f"{base}receipt-call/"]
    assert buttons(people.sam, request) == []


def test_everybody_finds_the_discussion_from_the_request(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    there = [f"/discussions/{discussion.pk}/"]
    assert buttons(people.bea, discussion.request) == there
    assert buttons(people.sam, discussion.request) == there


def test_what_is_learnt_later_is_told_from_the_request(people: Cast) -> None:
    """The social worker and the manager find the circumstances; business support reads them only."""
    request = an_authorised_request(people)
    link = f'href="/requests/{request.pk}/circumstances/"'
    pages = {}
    for who in (people.sam, people.mo, people.bea):
        client = Client()
        client.force_login(who)
        pages[who] = link in client.get(f"/requests/{request.pk}/").content.decode()
    assert pages == {people.sam: True, people.mo: True, people.bea: False}
