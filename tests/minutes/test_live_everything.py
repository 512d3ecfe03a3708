"""What happens in the meeting reaches every open page: texts for readers, ticks, people, decisions, boxes."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from attendees.enums import Mode
from attendees.models import Attendance, Professional
from attendees.services.attendance import Part
from minutes.models import Minutes
from minutes.services import allocated, decisions, hold, record, sections
from minutes.services.sharing import Told, decide_sharing
from tests.builders.meeting import a_started_discussion, a_threshold, an_opened_record, everybody, section_of
from tests.minutes.test_meeting_live import SOON, signed_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


def open_at(browser: Browser, site: str, user: object, minutes: Minutes, step: str) -> Page:
    """The room at one step, in somebody's own browser."""
    page = signed_in(browser, site, user)  # type: ignore[arg-type]
    page.goto(f"{site}{reverse('minutes:room', args=[minutes.discussion_id])}?step={step}")
    return page


def test_who_only_reads_sees_the_text_change(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    hal = open_at(browser, site, people.hal, minutes, "summary")
    assert hal.locator("textarea").count() == 0
    worries = hal.locator(".cell", has_text="Worries").locator(".cell__read")
    expect(worries).to_have_text("Nothing is recorded here.")

    cell = section_of(minutes, "worries")
    sections.save_section(cell, "She is\n\n<b>afraid</b>", version=0, by=people.bea, at=timezone.now())
    expect(worries).to_have_text("She is <b>afraid</b>", timeout=SOON)
    assert worries.evaluate("one => one.textContent") == "She is\n\n<b>afraid</b>"
    assert worries.evaluate("one => getComputedStyle(one).whiteSpaceCollapse") == "preserve"
    hal.context.close()


def test_ticks_decisions_and_the_head_follow_without_a_reload(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    child = minutes.discussion.request.children.get(given_names="Ruby")
    bea = open_at(browser, site, people.bea, minutes, "threshold")
    hal = open_at(browser, site, people.hal, minutes, "actions")
    now = timezone.now()

    record.tick_step(minutes, "reasons", done=True, by=people.mo, at=now)
    decisions.decide(minutes, child, a_threshold(rationale="An unexplained fracture."), by=people.mo, at=now)
    allocated.name_allocated_worker(minutes, people.sam, "01632 960321", by=people.mo, at=now)
    decide_sharing(minutes, Told("withhold", "The police come first."), by=people.mo, at=now)

    for page in (bea, hal):
        expect(page.locator(".step--done")).to_have_count(1, timeout=SOON)
        expect(page.locator(".room-head__worker")).to_contain_text("Sam Shah, 01632 960321", timeout=SOON)
    expect(bea.locator(".room-cards")).to_contain_text("An unexplained fracture.", timeout=SOON)
    expect(hal.locator(".meeting__step")).to_contain_text("The police come first.", timeout=SOON)
    bea.context.close()
    hal.context.close()


def test_the_start_is_seen_by_whoever_waits_for_it(browser: Browser, site: str) -> None:
    people = cast()
    minutes = an_opened_record(people)
    bea = open_at(browser, site, people.bea, minutes, "introductions")
    expect(bea.get_by_role("button", name="Record who is here").first).to_be_visible()
    now = timezone.now()
    hold.record_attendance(minutes, everybody(minutes), by=people.mo, at=now)
    expect(bea.locator(".meeting__step table")).to_contain_text("Paul Pike", timeout=SOON)
    expect(bea.get_by_role("button", name="Start the discussion")).to_be_visible()
    hold.start_discussion(minutes, by=people.mo, at=now)
    expect(bea.get_by_role("button", name="Read back and close")).to_be_visible(timeout=SOON)
    bea.context.close()


def test_nothing_is_swapped_under_somebodys_fingers(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    bea = open_at(browser, site, people.bea, minutes, "introductions")
    bea.get_by_role("button", name="Change who is here").focus()
    bea.evaluate("window.held = document.activeElement")
    record.tick_step(minutes, "reasons", done=True, by=people.mo, at=timezone.now())
    Attendance.objects.filter(name="Paul Pike").update(job_role="Inspector of police")
    expect(bea.locator(".step--done")).to_have_count(1, timeout=SOON)
    assert bea.evaluate("document.activeElement === window.held && window.held.isConnected")
    bea.locator("#line").focus()
    expect(bea.locator(".meeting__step table")).to_contain_text("Inspector of police", timeout=SOON)
    assert bea.evaluate("document.activeElement.id") == "line"
    bea.context.close()


def test_a_newcomers_box_appears_where_it_belongs_and_saves(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    bea = open_at(browser, site, people.bea, minutes, "information")
    hal = open_at(browser, site, people.hal, minutes, "information")
    rita = Professional.objects.create(name="Rita Roe", job_role="School nurse", agency=people.school)
    hold.arrive_late(minutes, Part(rita, Mode.PHONE), by=people.mo, at=timezone.now())
    box = bea.get_by_label("Rita Roe", exact=False).first
    expect(box).to_be_visible(timeout=SOON)
    expect(bea.locator("[data-new-box]")).to_contain_text("Rita Roe")
    expect(hal.locator(".cell", has_text="Rita Roe").locator(".cell__read")).to_be_visible(timeout=SOON)
    box.fill("She has not been in school.")
    expect(hal.locator(".cell", has_text="Rita Roe")).to_contain_text("not been in school", timeout=SOON)
    bea.context.close()
    hal.context.close()


def test_a_page_that_has_all_of_it_is_answered_with_nothing() -> None:
    """The first question too: the page carries the tag of what it was printed with."""
    people = cast()
    minutes = a_started_discussion(people)
    client = Client()
    client.force_login(people.bea)
    side = f"{reverse('minutes:side', args=[minutes.discussion_id])}?step=summary"
    noon = timezone.now().replace(second=10)
    with time_machine.travel(noon, tick=False):
        _ask_twice(client, minutes, people, side)


def _ask_twice(client: Client, minutes: Minutes, people: Cast, side: str) -> None:
    client.get(side)
    page = client.get(f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=summary")
    tag = page.context["tag"]
    assert client.get(side, headers={"If-None-Match": tag}).status_code == 304
    record.tick_step(minutes, "reasons", done=True, by=people.mo, at=timezone.now())
    told = client.get(side, headers={"If-None-Match": tag})
    assert told.status_code == 200
    for part in ("head", "agenda", "reading", "step-summary", "end-summary", "side"):
        assert f'data-part="{part}"' in told.content.decode(), part
