"""The letters page says in words what each letter is, and why it stands where it stands."""

import pytest
from django.test import Client

from outbox.models import Letter
from tests.builders.requests import a_submitted_request
from tests.people import cast

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
