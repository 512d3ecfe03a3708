"""The way from a referral to the manager's authorisation, and the room, in a browser that runs no scripts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from minutes.models import Section
from tests.builders.meeting import a_started_discussion
from tests.looks.looking import DESK, let_in
from tests.people import cast
from tests.walk import ask, families
from tests.walk.people import Person
from tests.walk.world import Way, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def without_scripts(browser: Browser, site: str, email: str) -> Iterator[Person]:
    """Somebody whose browser runs no scripts; no page may fail meanwhile."""
    context = browser.new_context(viewport=DESK, locale="en-GB", java_script_enabled=False)  # type: ignore[arg-type]
    person = Person(context, site, email)
    yield person
    context.close()
    assert person.failures == []


def test_a_referral_is_recorded_submitted_and_authorised(browser: Browser, site: str) -> None:
    """Two children, another row by the server, the deadline at the press of a button, and the answer."""
    make_world()
    family = families.seeded(timezone.localdate())
    assert len(family.children) == 2
    with (
        without_scripts(browser, site, Way.EMAILS["worker"]) as worker,
        without_scripts(browser, site, Way.EMAILS["manager"]) as manager,
    ):
        worker.sign_in()
        request = ask.record_referral(worker, family)
        worker.go(f"/requests/{request}/circumstances/")
        worker.choose("kinds", family.circumstance)
        worker.press("Show the deadline")
        worker.sees("must be held on the same day")
        worker.press("Save and go on")
        worker.has_no_problem()
        ask.fill_request(worker, request, family)
        ask.submit(worker, request)
        manager.sign_in()
        ask.authorise(manager, request)


def test_a_step_of_the_room_is_saved_by_its_button(browser: Browser, site: str) -> None:
    """What is typed in a step is kept by Save, and ticked by the other button."""
    people = cast()
    record = a_started_discussion(people)
    with without_scripts(browser, site, people.bea.email) as bea:
        let_in(bea.context, people.bea, site)
        bea.go(f"/discussions/{record.discussion.pk}/record/?step=reasons")
        bea.page.locator(".meeting__step textarea").first.fill("She told her teacher.")
        bea.press("Save")
        bea.has_no_problem()
        expect(bea.page.locator(".meeting__step textarea").first).to_have_value("She told her teacher.")
        assert Section.objects.filter(minutes=record, text="She told her teacher.").count() == 1
        bea.page.locator("button[name=go][value=next]").click()
        expect(bea.page.locator(".step--done")).to_have_count(1)
        expect(bea.page.locator("h2[id^=step-]").first).to_contain_text("4. ")
