"""Chair and minute-taker in two browsers: each sees the other's words; a clash shows both; none is lost."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from minutes.models import Section
from tests.builders.meeting import a_started_discussion, section_of
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 5_000


def signed_in(browser: Browser, site: str, user: User) -> Page:
    """A browser of this person's own."""
    client = Client()
    client.force_login(user)
    context = browser.new_context(locale="en-GB", timezone_id="Europe/London")
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])
    return context.new_page()


def saved(page: Page, name: str, text: str) -> None:
    """Write this into a box, and wait until the server has kept it."""
    with page.expect_response(lambda answer: "/sections/" in answer.url and answer.status == 200):
        page.get_by_role("textbox", name=name).fill(text)


def test_two_people_in_one_record(browser: Browser, site: str) -> None:
    people = cast()
    minutes = a_started_discussion(people)
    room = f"{site}{reverse('minutes:room', args=[minutes.discussion_id])}?step=summary"
    bea, mo = signed_in(browser, site, people.bea), signed_in(browser, site, people.mo)
    bea.goto(room)
    mo.goto(room)

    # What Bea types saves itself, and Mo sees it within two seconds of its saving.
    bea.get_by_role("textbox", name="Grey areas").press_sequentially("Where were they on Saturday?", delay=20)
    expect(bea.locator(".save-state", has_text=re.compile(r"Saved \d\d:\d\d:\d\d")).first).to_be_visible(
        timeout=SOON
    )
    began = time.monotonic()
    expect(mo.get_by_role("textbox", name="Grey areas")).to_have_value(
        "Where were they on Saturday?", timeout=SOON
    )
    assert time.monotonic() - began < 2.5
    expect(mo.get_by_text("Bea Bright is typing here")).to_be_visible(timeout=SOON)

    # Both write in the same box: both texts are shown, and both are kept.
    mo.route("**/texts/**", lambda route: route.abort())
    saved(bea, "Protective factors", "Carol keeps every appointment.")
    mo.get_by_role("textbox", name="Protective factors").fill("The school sees them daily.")
    expect(mo.locator(".clash__text")).to_have_text(
        ["Carol keeps every appointment.", "The school sees them daily."], timeout=SOON
    )
    mo.get_by_role("button", name="Keep both").click()
    expect(mo.locator(".clash")).to_have_count(0)
    clock = r"\d\d:\d\d:\d\d"
    between = rf"\(Mo Mensah wrote at {clock}, while Bea Bright wrote what stands above at {clock}:\)"
    both = re.compile(rf"^Carol keeps every appointment\.\n\n{between}\nThe school sees them daily\.$")
    expect(bea.get_by_role("textbox", name="Protective factors")).to_have_value(both, timeout=SOON)

    # Both go on: what was there before is not said twice, and who takes the other text finds theirs again.
    box = mo.get_by_role("textbox", name="Protective factors")
    stood = box.input_value()
    saved(bea, "Protective factors", f"{stood} And Bea.")
    box.fill(f"{stood} And Mo.")
    mo.get_by_role("button", name="Keep both").click()
    kept = re.compile(r"And Bea\.\n\n\(.*:\)\nAnd Mo\.$")
    expect(box).to_have_value(kept)
    # Bea has Mo's before she writes on, or hers would be the text that clashes.
    expect(bea.get_by_role("textbox", name="Protective factors")).to_have_value(kept, timeout=SOON)
    saved(bea, "Protective factors", "Carol alone.")
    box.fill("Words that nobody took.")
    mo.get_by_role("button", name="Take theirs").click()
    expect(box).to_have_value("Carol alone.")
    mo.locator(".cell", has_text="Protective factors").get_by_role("link", name="Earlier texts").click()
    expect(mo.locator("ins", has_text="nobody took").first).to_be_visible()
    mo.go_back()

    # The network goes: the text stays in the tab and says so; when it is back, it is saved by itself.
    lost = re.compile(r"/sections/\d+/$")

    def gone(route: Route) -> None:
        route.abort()

    bea.route(lost, gone)
    bea.get_by_role("textbox", name="Worries").fill("Typed while the network was away")
    expect(bea.get_by_text("Your text is kept in this tab")).to_be_visible(timeout=SOON)
    bea.reload()
    expect(bea.get_by_role("textbox", name="Worries")).to_have_value("Typed while the network was away")
    bea.unroute(lost, gone)
    expect(mo.get_by_role("textbox", name="Worries")).to_have_value("", timeout=SOON)
    deadline = time.monotonic() + 15
    while section_of(minutes, "worries").text == "" and time.monotonic() < deadline:
        bea.wait_for_timeout(200)
    assert Section.objects.get(minutes=minutes, field="worries").text == "Typed while the network was away"

    # An action in one line, by keyboard alone, and the other one sees it.
    bea.locator("#line").focus()
    bea.keyboard.type("@police visit the home within 24 hours")
    bea.keyboard.press("Enter")
    expect(bea.get_by_text("Action 1: Paul Pike")).to_be_visible(timeout=SOON)
    assert bea.evaluate("document.activeElement.id") == "line"
    expect(mo.locator(".room-actions")).to_contain_text("Visit the home", timeout=SOON)
