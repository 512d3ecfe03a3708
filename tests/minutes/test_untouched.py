"""A file whose bytes are not those that were kept is given to nobody (P15): by no page and with no letter."""

import html

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from minutes.models import ActionLog
from minutes.services import circulate as circulating
from outbox.models import Enclosure, Letter, LetterEnclosure
from outbox.rendering import AlteredError, _attachment, render
from tests.builders.after import a_printed_version, copy_of
from tests.minutes.test_after_pages import by_link, signed_in
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_an_altered_file_is_given_to_nobody_and_business_support_is_told() -> None:
    """Each asking is in the ledger; the team that circulated hears once."""
    people = cast()
    version = a_printed_version(people)
    circulation = circulating.circulate(version.minutes, by=people.bea, at=timezone.now())
    rendition = version.renditions.get()
    with pgtrigger.ignore("outbox.Enclosure:enclosure_unchanged"):
        Enclosure.objects.filter(pk=rendition.enclosure_id).update(content=b"%PDF other")
    number = version.minutes.discussion_id
    bea = signed_in(people.bea)
    asked = [
        (bea, reverse("minutes:pdf", args=[number, 1])),
        (bea, reverse("minutes:copy_pdf", args=[number, "whole"])),
        (bea, reverse("minutes:bundle", args=[number, 1])),
        (by_link(version.minutes, "Paul Pike"), reverse("minutes:partner_pdf", args=[number])),
    ]
    for client, address in asked:
        answer = client.get(address)
        told = html.unescape(answer.content.decode())
        assert (answer.status_code, "its bytes were changed afterwards" in told) == (409, True), address
        assert b"%PDF" not in answer.content
    assert Entry.objects.filter(event="copy.altered").count() == len(asked)
    letter = Letter.objects.get(kind="file_altered")
    assert (letter.to_name, letter.to_email) == (people.support.name, people.support.mailbox)
    paul = copy_of(circulation, "Paul Pike").letter
    assert paul is not None
    enclosed = LetterEnclosure(letter=paul, enclosure_id=rendition.enclosure_id, filename="a.pdf")
    enclosed.content_type = "application/pdf"
    _attachment.cache_clear()
    with pytest.raises(AlteredError):
        render(paul, [enclosed], timezone.now())


def test_a_bundle_of_an_altered_record_says_so_on_a_page() -> None:
    people = cast()
    version = a_printed_version(people)
    with pgtrigger.ignore("minutes.ActionLog:action_log_unchanged"):
        ActionLog.objects.filter(pk=version.action_log_id).update(sha256="0" * 64)
    address = reverse("minutes:bundle", args=[version.minutes.discussion_id, 1])
    answer = signed_in(people.bea).get(address)
    assert (answer.status_code, "no longer what the chair authorised" in answer.content.decode()) == (
        409,
        True,
    )
