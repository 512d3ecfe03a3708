"""Half an hour's quiet or twelve hours end a session; what was typed is given back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from tests.people import cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.config.pages")]
NINE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TO_SIGN_IN = (302, "/account/login/?next=/trial/plain/")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that the test moves."""
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def visit(client: Client, **headers: str) -> tuple[int, str]:
    """Open the page; its status and where it leads."""
    answer = client.get("/trial/plain/", headers=headers)
    return answer.status_code, answer.headers.get("Location", "")


def test_half_an_hours_quiet_ends_it(client: Client, clock: time_machine.Traveller) -> None:
    client.force_login(cast().sam)
    assert visit(client) == (200, "")
    clock.shift(timedelta(minutes=30))
    assert visit(client) == (200, "")
    clock.shift(timedelta(minutes=30, seconds=1))
    assert visit(client) == TO_SIGN_IN


def test_a_page_asking_by_itself_does_not_keep_it_open(client: Client, clock: time_machine.Traveller) -> None:
    client.force_login(cast().sam)
    visit(client)
    for _ in range(3):
        clock.shift(timedelta(minutes=10))
        assert visit(client, **{"X-Background": "1"}) == (200, "")
    clock.shift(timedelta(seconds=1))
    assert visit(client) == TO_SIGN_IN


def test_twelve_hours_end_it_however_busy(client: Client, clock: time_machine.Traveller) -> None:
    client.force_login(cast().sam)
    for _ in range(12 * 4 + 1):
        assert visit(client) == (200, "")
        clock.shift(timedelta(minutes=15))
    assert visit(client) == TO_SIGN_IN


def test_text_sent_after_signing_out_comes_back() -> None:
    """The page offers the text, but neither the password nor the old token."""
    client = Client(headers={"Origin": "http://testserver"})
    answer = client.post("/trial/plain/", {"text": "Bruise on the left arm", "password": "hunter2"})
    page = answer.content.decode()
    assert answer.status_code == 401
    assert page.count('<input type="hidden" name="text" value="Bruise on the left arm">') == 1
    assert page.count("hunter2") == 0


def test_a_stale_form_is_given_back_and_can_be_sent_again() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    client.force_login(cast().sam)
    answer = client.post("/trial/plain/", {"text": "Bruise", "csrfmiddlewaretoken": "old"})
    page = answer.content.decode()
    assert (answer.status_code, page.count('name="text" value="Bruise"')) == (403, 1)
    token = page.split('name="csrfmiddlewaretoken" value="')[-1].split('"')[0]
    again = client.post("/trial/plain/", {"text": "Bruise", "csrfmiddlewaretoken": token})
    assert (again.status_code, again.content) == (200, b"Saved Bruise")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_another_sites_form_gets_no_button(origin: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": origin})
    client.force_login(cast().sam)
    answer = client.post("/trial/plain/", {"text": "planted"})
    assert (answer.status_code, answer.content.decode().count("planted")) == (403, 0)
