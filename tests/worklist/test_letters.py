"""The letters page says in words what each letter is, and why it stands where it stands."""

import pytest
from django.test import Client
from django.utils import timezone

from outbox.models import Letter
from tests.builders.requests import a_submitted_request, an_authorised_request
from tests.people import cast
from worklist.querysets import address_now

pytestmark = pytest.mark.django_db


def test_letters_have_words_and_reasons() -> None:
    people = cast()
    a_submitted_request(people)
    letter = Letter.objects.get(kind="request_submitted")
    Letter.objects.filter(pk=letter.pk).update(status="needs_person", reason="550 no such mailbox")
    client = Client()
    client.force_login(people.adi)
    answer = client.get("/letters/")
    waiting = answer.context["waiting"]
    assert [one.words for one in waiting if one.pk == letter.pk] == ["Request submitted"]
    page = answer.content.decode()
    assert "Request submitted" in page
    assert "request_submitted" not in page
    assert "550 no such mailbox" in page


def a_failed_letter(**facts: object) -> Letter:
    letter = Letter.objects.get(kind="request_submitted")
    told = {"status": "needs_person", "reason": "550 no such mailbox"} | facts
    Letter.objects.filter(pk=letter.pk).update(**told)
    letter.refresh_from_db()
    return letter


@pytest.mark.parametrize("repair", ["again", "directory", "by_hand"])
def test_a_letter_that_failed_is_put_right_from_its_page(repair: str) -> None:
    """Sent to the address that failed, or to the one we have by now; or told another way, and how."""
    people = cast()
    an_authorised_request(people)
    letter = a_failed_letter(to_email="old@ambleford.example")
    client, page = Client(), f"/letters/{letter.pk}/"
    client.force_login(people.bea)
    assert page in client.get("/letters/").content.decode()
    now = address_now(letter)
    shown = client.get(page).content.decode()
    assert "old@ambleford.example" in shown and now in shown and now != ""
    answer = client.post(page, {"repair": repair, "how": ""})
    assert answer.status_code == (422 if repair == "by_hand" else 302)
    if repair == "by_hand":
        assert client.post(page, {"repair": repair, "how": "On the telephone"}).status_code == 302
    letter.refresh_from_db()
    wanted = {
        "again": ("queued", "old@ambleford.example"),
        "directory": ("queued", now),
        "by_hand": ("by_hand", "old@ambleford.example"),
    }
    assert (letter.status, letter.to_email) == wanted[repair]
    assert client.get(page).status_code == 403  # nothing is to be done any more


def test_no_address_is_typed_and_only_business_support_and_administrators_put_letters_right() -> None:
    people = cast()
    an_authorised_request(people)
    letter = a_failed_letter()
    page = f"/letters/{letter.pk}/"
    client = Client()
    for who, status in ((people.hal, 403), (people.sam, 403), (people.otto, 403)):
        client.force_login(who)
        assert client.post(page, {"repair": "again"}).status_code == status
    client.force_login(people.bea)
    sent = client.post(page, {"repair": "directory", "email": "thief@evil.example"})
    assert sent.status_code == 422
    letter.refresh_from_db()
    assert letter.status == "needs_person"
    for kind in ("circulation_link", "partner_code"):
        facts = {"kind": kind, "important_until": timezone.now()}
        Letter.objects.filter(pk=letter.pk).update(**facts)
        assert client.get(page).status_code == 403
