"""Refusals outside a form, and what went wrong, each become a page that explains."""

import pytest
from django.test import Client
from django.urls import get_resolver  # noqa: F401  loaded before the urls marker swaps it

from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.pages")]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.mark.parametrize(
    ("which", "status", "title", "sentence"),
    [
        ("refused", 409, "This cannot be done", "The room is too small."),
        ("not-allowed", 403, "You cannot do this", "Only a manager can authorise."),
        ("moved", 409, "This has moved on", "Mo has authorised this already."),
        ("altered", 409, "This was altered", "Its bytes were changed."),
        ("stale", 409, "Somebody changed this while you were writing", "Ada changed this at 2:02pm."),
        ("taken", 409, "Somebody else has this", "Otto has booked this room."),
    ],
)
def test_a_refusal_explains_itself(
    client: Client, people: Cast, which: str, status: int, title: str, sentence: str
) -> None:
    client.force_login(people.sam)
    answer = client.get(f"/trial/refuse/{which}/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert page.count(f'<h1 class="govuk-heading-l">{title}</h1>') == 1
    assert page.count(sentence) == 1
    assert ("load it again" in page) is (which != "altered")


def test_a_missing_page_says_so(client: Client, people: Cast) -> None:
    client.force_login(people.sam)
    answer = client.get("/trial/missing/")
    assert (answer.status_code, answer.content.decode().count(">Page not found</h1>")) == (404, 1)


def test_a_mistake_of_ours_says_so_without_the_database(people: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people.sam)
    answer = client.get("/trial/broken/")
    assert (answer.status_code, answer.content.decode().count("telephone, and record the call")) == (500, 1)


@pytest.mark.parametrize(
    "address", ["/trial/plain/", "/trial/missing/", "/trial/refuse/taken/", "/trial/broken/"]
)
def test_every_answer_has_safe_headers(people: Cast, address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people.sam)
    headers = client.get(address).headers
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
