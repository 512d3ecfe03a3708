"""The room in a browser: at 400 %, in the order it is read, and when access is taken away in the middle."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cases.models import Access
from tests.builders.meeting import a_full_record, section_of
from tests.looks.looking import ZOOMED, let_in
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 6_000
# What a screen reader comes to, in the order of the page, with the place where each stands.
READ = """() => [...document.querySelectorAll("main :is(h1, h2, textarea, #line, .room-go button)")]
  .filter(one => one.checkVisibility())
  .map(one => [one.labels?.[0]?.textContent ?? one.textContent, one.getBoundingClientRect().top + scrollY])"""
NAMELESS = """() => [...document.querySelectorAll("main :is(textarea, input, select, button)")]
  .filter(one => one.type !== "hidden")
  .filter(one => one.checkVisibility())
  .filter(one => !(one.labels?.[0]?.textContent ?? one.textContent).trim()).map(one => one.outerHTML)"""


def open_room(browser: Browser, site: str, width: int) -> tuple[Page, str]:
    """Bea in the room at the summary, on a screen of that width."""
    people = cast()
    minutes = a_full_record(people)
    context = browser.new_context(viewport={"width": width, "height": 640}, locale="en-GB")
    let_in(context, people.bea, site)
    page = context.new_page()
    page.goto(f"{site}{reverse('minutes:room', args=[minutes.discussion_id])}?step=summary")
    return page, section_of(minutes, "grey").text


def test_at_400_percent_nothing_sticks_out_and_it_is_read_in_its_order(browser: Browser, site: str) -> None:
    page, _ = open_room(browser, site, ZOOMED)

    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED
    assert page.evaluate(NAMELESS) == []
    read = page.evaluate(READ)
    words = [" ".join(text.split()) for text, _ in read]
    boxes = ["Worries", "Protective factors", "Grey areas"]
    assert words[0].startswith("Strategy")
    assert words[2].startswith("5. ") and words[6].startswith("Tick and go on to ")
    assert [words[1], *words[3:6], *words[7:]] == ["Agenda", *boxes, "Save", "Add an action"]
    assert [top for _, top in read] == sorted(top for _, top in read)  # on one column as in the page
    page.get_by_role("textbox", name="Worries").focus()
    page.keyboard.press("Tab")
    while "Protective" not in (page.evaluate("document.activeElement.labels?.[0]?.textContent") or ""):
        page.keyboard.press("Tab")
    page.keyboard.type(" Typed at 400 %.")
    expect(page.get_by_text("Saving…").or_(page.locator(".save-state--saved")).first).to_be_visible()
    page.context.close()


def test_access_taken_away_in_the_middle_clears_the_page_and_keeps_ones_own_last_words(
    browser: Browser, site: str
) -> None:
    page, theirs = open_room(browser, site, 1280)
    expect(page.get_by_role("textbox", name="Grey areas")).to_have_value(theirs)
    page.route("**/sections/*/", lambda route: route.abort())
    page.get_by_role("textbox", name="Worries").press("Control+End")
    page.keyboard.type(" My last words.")
    Access.objects.update(until=timezone.now())

    expect(page.get_by_text("You can no longer see this record")).to_be_visible(timeout=SOON)
    assert page.locator("main textarea").count() == 0
    assert theirs not in page.content()
    assert page.locator(".clash__text").all_text_contents() == [" My last words."]
    assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('auto:'))") == []
    page.context.close()
