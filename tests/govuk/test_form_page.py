"""The one form page: acts once, brings refusals back, shows both texts of a clash."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.models import Agency
from govuk.models import Sent
from tests.govuk.pages import NOTE

pytestmark = pytest.mark.urls("tests.govuk.urls")
KEY = "5b9c6a57-6ab1-4c3e-9d7e-000000000001"


@pytest.fixture
def browser_client() -> Client:
    """Somebody at the service's own address."""
    return Client(SERVER_NAME="localhost")


def words(response: Any) -> str:
    """The page."""
    return str(response.content.decode())


@pytest.mark.django_db
def test_an_empty_form_comes_back_with_its_error(browser_client: Client) -> None:
    """422, the summary first, the title says so."""
    response = browser_client.post("/add/", {"_key": KEY, "name": ""})
    assert response.status_code == 422
    assert "<title>Error: Add an agency – " in words(response)
    assert words(response).index("There is a problem") < words(response).index("<h1")
    assert f'name="_key" value="{KEY}"' in words(response)


@pytest.mark.django_db
def test_success_goes_on_and_says_so(browser_client: Client) -> None:
    """302, one row, the browser is told which form was taken."""
    response = browser_client.post("/add/", {"_key": KEY, "name": "Police"})
    made = Agency.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, f"/agencies/{made.pk}/")
    assert response.cookies["sent"].value == KEY


@pytest.mark.django_db
def test_the_same_form_sent_twice_acts_once(browser_client: Client) -> None:
    """The second is answered with the first's address."""
    first = browser_client.post("/add/", {"_key": KEY, "name": "Police"})
    second = browser_client.post("/add/", {"_key": KEY, "name": "Police"})
    assert (second.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert Agency.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_another_act(browser_client: Client) -> None:
    """Going back and changing the text must not lose it."""
    browser_client.post("/add/", {"_key": KEY, "name": "Police"})
    browser_client.post("/add/", {"_key": KEY, "name": "Health"})
    assert sorted(Agency.objects.values_list("name", flat=True)) == ["Health", "Police"]


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_act_once() -> None:
    """Eight threads, one row, eight equal answers."""
    gate, answers = Barrier(8), []

    def send() -> None:
        gate.wait()
        response = Client(SERVER_NAME="localhost").post("/add/", {"_key": KEY, "name": "Police"})
        answers.append((response.status_code, response.headers.get("Location")))
        connections.close_all()

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(302, f"/agencies/{Agency.objects.get().pk}/")] * 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status", "sentence", "href"),
    [
        ("At its field", 409, "That name is taken", '<a href="#id_name">That name is taken</a>'),
        ("Moved on", 409, "It was closed yesterday", "<li>It was closed yesterday</li>"),
        (
            "Not you",
            403,
            "Only an administrator adds agencies",
            "<li>Only an administrator adds agencies</li>",
        ),
    ],
)
def test_a_refusal_comes_back_in_the_form(
    browser_client: Client, name: str, status: int, sentence: str, href: str
) -> None:
    """Typed text kept, nothing written, and the key is free for the next try."""
    response = browser_client.post("/add/", {"_key": KEY, "name": name})
    assert response.status_code == status
    assert href in words(response)
    assert f'value="{name}"' in words(response)
    assert (Agency.objects.count(), Sent.objects.count()) == (0, 0)


@pytest.fixture
def note() -> None:
    """A note at version 3."""
    NOTE.text, NOTE.version = "The father was told.", 3


@pytest.mark.django_db
@pytest.mark.usefixtures("note")
def test_a_stale_form_shows_both_texts_and_may_be_sent_again(browser_client: Client) -> None:
    """409 the first time; the page carries the new version, so that sending again is a decision."""
    response = browser_client.post(
        "/note/", {"_key": KEY, "_version": "2", "text": "The father was not told."}
    )
    assert response.status_code == 409
    assert words(response).count("The father was told.") == 1
    assert words(response).count("The father was not told.") == 2
    assert 'name="_version" value="3"' in words(response)
    again = browser_client.post("/note/", {"_key": KEY, "_version": "3", "text": "The father was not told."})
    assert (again.status_code, NOTE.text, NOTE.version) == (302, "The father was not told.", 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("note")
def test_a_finished_form_sent_again_is_not_stale(browser_client: Client) -> None:
    """A double click on a form with a version gets the first answer, not a clash with itself."""
    sent = {"_key": KEY, "_version": "3", "text": "New."}
    assert browser_client.post("/note/", sent).status_code == 302
    assert browser_client.post("/note/", sent).status_code == 302
    assert NOTE.version == 4


@pytest.mark.django_db
def test_a_page_of_one_button(browser_client: Client) -> None:
    """`page_for` without a form."""
    assert browser_client.get("/close/").status_code == 200
    assert browser_client.post("/close/", {"_key": KEY}).headers["Location"] == "/closed/"


def test_a_page_that_says_why_not(browser_client: Client) -> None:
    """The reason instead of the form."""
    response = browser_client.get("/shut/")
    assert response.status_code == 403
    assert "It is closed already." in words(response)
    assert "<form method" not in words(response).split("<main")[1]
