"""A passage that somebody marks is not unmarked by a page that was printed before (rows C25, G12)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from attendees.enums import Marking
from audit.models import Entry
from minutes import events
from minutes.models import Minutes, Section
from minutes.services.sections import mark_section
from tests.builders.meeting import a_started_discussion, section_of
from tests.minutes.test_meeting_live import SOON, signed_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def printed(cell: Section, marking: str = "", was: str = "") -> dict[str, Any]:
    """What the page of a step sends of one box; its marking as it was printed unless told otherwise."""
    told = {"text": cell.text, "version": cell.version, "marking": marking or cell.marking}
    return {
        f"{name}-{cell.pk}": value for name, value in (told | {"was-marking": was or cell.marking}).items()
    }


def post(client: Client, minutes: Minutes, typed: dict[str, Any]) -> str:
    """Send the step that the agencies speak in; what is said on the page that follows."""
    address = reverse("minutes:save_step", args=[minutes.discussion_id, "information"])
    return client.post(address, typed | {"go": "stay"}, follow=True).content.decode()


def test_a_page_printed_before_the_chair_marked_does_not_take_the_marking_off(
    client: Client, people: Cast
) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution")
    typed = printed(cell)
    mark_section(cell, Marking.POLICE_SENSITIVE, by=people.mo, at=timezone.now())
    client.force_login(people.bea)

    page = post(client, minutes, typed)

    assert Section.objects.get(pk=cell.pk).marking == Marking.POLICE_SENSITIVE
    assert Entry.objects.filter(event=events.SECTION_MARKED).count() == 1
    assert "marked this passage too" not in page  # she changed nothing, so nothing is said


@pytest.mark.parametrize(
    ("theirs", "mine", "stands", "is_said"),
    [
        (Marking.POLICE_SENSITIVE, Marking.SHARE, Marking.POLICE_SENSITIVE, True),
        (Marking.SHARE, Marking.THIRD_PARTY, Marking.THIRD_PARTY, False),
        (Marking.THIRD_PARTY, Marking.THIRD_PARTY, Marking.THIRD_PARTY, False),
    ],
)
def test_of_two_markings_the_stricter_stands_and_it_is_said(
    client: Client, people: Cast, theirs: str, mine: str, stands: str, is_said: bool
) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution")
    typed = printed(cell, marking=mine)
    mark_section(cell, theirs, by=people.mo, at=timezone.now())
    client.force_login(people.bea)

    page = post(client, minutes, typed)

    assert Section.objects.get(pk=cell.pk).marking == stands
    assert (f"stricter of both stands: “{Marking(stands).label}”" in page) == is_said


def test_the_box_that_saves_itself_is_answered_the_marking_that_stands(client: Client, people: Cast) -> None:
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution")
    mark_section(cell, Marking.POLICE_SENSITIVE, by=people.mo, at=timezone.now())
    client.force_login(people.bea)
    address = reverse("minutes:mark_section", args=[minutes.discussion_id, cell.pk])

    told = client.post(address, {"marking": Marking.SHARE, "was": Marking.NOT_FAMILY}).json()
    assert told["text"] == Marking.POLICE_SENSITIVE
    assert "Police-sensitive" in told["sentence"]
    seen = client.post(address, {"marking": Marking.SHARE, "was": Marking.POLICE_SENSITIVE}).json()
    assert (seen["text"], "sentence" in seen) == (Marking.SHARE, False)  # whoever saw it may take it off


@pytest.mark.django_db(transaction=True)
def test_an_open_page_shows_the_marking_and_its_button_leaves_it(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "contribution")
    bea = signed_in(browser, site, people.bea)
    bea.goto(f"{site}{reverse('minutes:room', args=[minutes.discussion_id])}?step=information")
    choice = bea.locator(f"#marking-{cell.pk}")
    expect(choice).to_have_value(Marking.NOT_FAMILY)

    mark_section(cell, Marking.POLICE_SENSITIVE, by=people.mo, at=timezone.now())
    expect(choice).to_have_value(Marking.POLICE_SENSITIVE, timeout=SOON)
    choice.select_option(Marking.THIRD_PARTY)
    expect(bea.locator(f"#marking-{cell.pk} ~ .save-state")).to_contain_text("Saved", timeout=SOON)
    assert Section.objects.get(pk=cell.pk).marking == Marking.THIRD_PARTY
    mark_section(cell, Marking.POLICE_SENSITIVE, by=people.mo, at=timezone.now())
    bea.get_by_role("button", name="Tick and go on").click()
    bea.wait_for_url("**step=summary")
    assert Section.objects.get(pk=cell.pk).marking == Marking.POLICE_SENSITIVE
    bea.context.close()
