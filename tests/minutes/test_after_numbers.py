"""Numbers that nothing of ours can have, in addresses and in what a browser posts: an answer, never a 500."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from minutes.services.saving import Typed
from tests.builders.after import an_authorised_version
from tests.builders.meeting import a_started_discussion, section_of
from tests.people import cast

pytestmark = pytest.mark.django_db
ENDLESS = "9" * 5000  # longer than Python is willing to read
TOO_BIG = "9" * 20  # longer than the database can hold


@pytest.mark.parametrize("number", [TOO_BIG, ENDLESS])
def test_a_version_that_cannot_be_is_not_found(client: Client, number: str) -> None:
    people = cast()
    version = an_authorised_version(people)
    client.force_login(people.mo)
    address = reverse("minutes:read", args=[version.minutes.discussion_id])
    assert client.get(address, {"version": number}).status_code == 404


@pytest.mark.parametrize("number", [TOO_BIG, ENDLESS])
def test_a_box_that_cannot_be_is_passed_over(client: Client, number: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    client.force_login(people.bea)
    posted = {f"text-{number}": "x", f"version-{number}": number, "version-1": number}
    assert Typed.read(posted) == Typed(texts={}, versions={}, markings={})
    address = reverse("minutes:save_step", args=[minutes.discussion_id, "summary"])
    answer = client.post(address, urlencode(posted), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 302


@pytest.mark.parametrize("number", [TOO_BIG, ENDLESS])
def test_a_box_saved_on_top_of_no_version_is_a_clash(client: Client, number: str) -> None:
    people = cast()
    cell = section_of(a_started_discussion(people), "grey")
    client.force_login(people.bea)
    address = reverse("minutes:save_section", args=[cell.minutes.discussion_id, cell.pk])
    assert client.post(address, {"text": "Typed", "version": number}).status_code == 409


@pytest.mark.parametrize("number", [TOO_BIG, ENDLESS])
def test_a_recipient_that_cannot_be_is_passed_over(client: Client, number: str) -> None:
    people = cast()
    version = an_authorised_version(people)
    client.force_login(people.bea)
    address = reverse("minutes:circulate", args=[version.minutes.discussion_id])
    assert client.post(address, {"extra": number}).status_code in (302, 409)
