"""Rows to add and remove, without JavaScript."""

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("tests.govuk.urls"), pytest.mark.django_db]
KEY = "5b9c6a57-6ab1-4c3e-9d7e-000000000002"


def post(**extra: str) -> tuple[int, str, str]:
    """Send the page; return status, address and page."""
    data = {"_key": KEY, **{name.replace("__", "-"): value for name, value in extra.items()}}
    response = Client(SERVER_NAME="localhost").post("/people/", data)
    return response.status_code, response.headers.get("Location", ""), response.content.decode()


def test_another_row_keeps_what_was_typed_and_judges_nothing() -> None:
    """The wrong date is not yet an error."""
    status, _, page = post(_add="people", people__count="1", people__0__name="Ann", people__0__born_day="99")
    assert status == 200
    assert 'name="people-count" value="2"' in page
    assert page.count('value="Ann"') == page.count('value="99"') == 1
    assert 'name="people-1-name"' in page
    assert "There is a problem" not in page


def test_no_more_rows_than_allowed() -> None:
    """Three are the most."""
    _, _, page = post(_add="people", people__count="3")
    assert 'name="people-count" value="3"' in page
    assert 'name="_add"' not in page
    _, _, page = post(_add="people", people__count="9999")
    assert 'name="people-count" value="3"' in page


def test_removing_a_row_moves_the_later_ones_up() -> None:
    """The middle one goes."""
    names = {"people__0__name": "Ann", "people__1__name": "Ben", "people__2__name": "Cas"}
    _, _, page = post(_remove="people-1", people__count="3", **names)
    assert 'name="people-count" value="2"' in page
    assert [page.count(f'value="{name}"') for name in ("Ann", "Ben", "Cas")] == [1, 0, 1]


def test_blank_rows_are_left_out() -> None:
    """Only the filled ones reach the service, in their order."""
    _, address, _ = post(people__count="3", people__0__name="Ann", people__2__name="Cas")
    assert address == "/named/Ann-Cas/"


def test_the_least_number_is_asked_for_at_the_first_blank_row() -> None:
    """With a link to it."""
    status, _, page = post(people__count="2")
    assert status == 422
    assert page.count('<a href="#id_people-0-name">Person 1: enter name</a>') == 1
    assert '<a href="#id_people-1-name">' not in page


def test_a_half_filled_row_says_what_is_missing() -> None:
    """A date without a name."""
    status, _, page = post(people__count="2", people__0__name="Ann", people__1__born_day="1")
    assert status == 422
    assert page.count('<a href="#id_people-1-name">Person 2: enter name</a>') == 1
    assert page.count('<a href="#id_people-1-born_month">') == 1


def test_with_several_rows_the_summary_says_which_one_is_meant() -> None:
    """The same sentence may be about each; where there is one row it needs no number."""
    _, _, page = post(people__count="2", people__0__born_day="99", people__1__born_day="99")
    summary = page.partition("govuk-error-summary__body")[2].partition("</ul>")[0]
    assert (summary.count("Person 1: "), summary.count("Person 2: "), summary.count("<li><a href=")) == (
        summary.count("<li>") // 2, summary.count("<li>") // 2, summary.count("<li>"),
    )  # fmt: skip
    _, _, page = post(people__count="1", people__0__born_day="99")
    assert "Person 1: " not in page
