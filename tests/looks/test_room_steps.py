"""Every step of the room at 400 % and by keyboard alone: headings, landmarks, order, focus that is seen."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from minutes.models import StepTick
from tests.builders.meeting import a_full_record
from tests.looks.looking import ZOOMED, let_in, violations
from tests.looks.test_keyboard import LOOK
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = [
    "children",
    "introductions",
    "reasons",
    "information",
    "summary",
    "threshold",
    "actions",
    "allocated",
]
OUTLINE = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter(one => one.checkVisibility()).map(one => [Number(one.tagName[1]), one.textContent.trim()])"""
LANDMARKS = """() => [...document.querySelectorAll("header, nav, main, aside, footer, [role=region]")]
  .filter(one => one.checkVisibility())
  .map(one => `${one.tagName.toLowerCase()} ${one.getAttribute("aria-label") ?? ""}`.trim())"""
# Where a screen reader comes to, one after the other, and how far down the page each stands.
READ = """() => [...document.querySelectorAll("main :is(h1, h2, h3, label, textarea, button, td, li)")]
  .filter(one => one.checkVisibility() && !one.closest(".govuk-visually-hidden"))
  .map(one => [one.textContent.trim().slice(0, 40), one.getBoundingClientRect().top + scrollY])"""
SHAPE = f"() => [({OUTLINE})(), ({READ})(), ({LANDMARKS})(), document.documentElement.scrollWidth]"
STOP = f"""() => {{
  const one = document.activeElement, box = one.getBoundingClientRect(), look = {LOOK};
  if (one === document.body) return null;
  return {{ html: one.outerHTML.slice(0, 160), seen: look(one), go: one.value === "next" && one.name === "go",
            inside: box.left >= 0 && box.right <= innerWidth + 1 && box.bottom > 0 && box.top < innerHeight,
            main: Boolean(one.closest("main")), top: box.top + scrollY }};
}}"""


def skipped(outline: list[list[Any]]) -> list[str]:
    """Headings that come without the one above them, and any but one first heading."""
    levels = [0, *[level for level, _ in outline]]
    found = [words for (level, words), before in zip(outline, levels, strict=False) if level > before + 1]
    return found if levels.count(1) == 1 else [*found, f"{levels.count(1)} first headings"]


def backwards(read: list[list[Any]]) -> list[str]:
    """What stands above what was read before it: on one column the order of the page is that of the eye."""
    return [
        f"{words} above {before}"
        for (words, top), (before, above) in zip(read[1:], read, strict=False)
        if top < above - 24
    ]


def tab_to_the_end_of_the_step(page: Page) -> list[str]:
    """Tab to the button that ticks the step; what is wrong with a stop on the way."""
    wrong: list[str] = []
    page.evaluate("document.getElementById('main-content').focus()")  # as the skip link does
    for _ in range(150):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            continue
        if not stop["seen"] or not stop["inside"]:
            wrong.append(f"{'out of view' if stop['seen'] else 'focus not seen'}: {stop['html']}")
        if stop["go"]:
            return wrong
    return [*wrong, "Tab does not lead to the end of the step"]


def test_every_step_is_gone_through_by_keyboard_at_400_percent(browser: Browser, site: str) -> None:
    """From the children to the allocated worker without a mouse, on a screen 320 pixels wide."""
    people = cast()
    record = a_full_record(people)
    room = f"{site}{reverse('minutes:room', args=[record.discussion_id])}"
    context = browser.new_context(viewport={"width": ZOOMED, "height": 640}, locale="en-GB")
    let_in(context, people.bea, site)
    page = context.new_page()
    page.goto(f"{room}?step={STEPS[0]}")
    wrong: list[str] = []
    for place, step in enumerate(STEPS):
        page.wait_for_selector(f"#step-{step}")
        outline, read, landmarks, across = page.evaluate(SHAPE)
        found = [
            *violations(page),
            *[f"heading out of order: {words}" for words in skipped(outline)],
            *[f"read backwards: {words}" for words in backwards(read)],
            *[f"twice: {one}" for one in set(landmarks) if landmarks.count(one) > 1],
        ]
        assert {"main", "nav Agenda", "aside Who is here, quorum, clocks and actions"} <= set(landmarks)
        assert outline[2][1].startswith(f"{place + 1}. ")
        if across > ZOOMED:
            found.append(f"{across} pixels wide")
        found += tab_to_the_end_of_the_step(page)
        wrong += [f"{step}: {one}" for one in found]
        page.keyboard.press("Enter")
    page.wait_for_selector("button[name=done]")
    assert wrong == []
    assert set(StepTick.objects.filter(minutes=record).values_list("step", flat=True)) == set(STEPS)
    context.close()


def test_what_is_wrong_is_found() -> None:
    """The assertions themselves see a skipped heading and a part that is read too late."""
    assert skipped([[1, "Room"], [3, "Child"]]) == ["Child"]
    assert skipped([[1, "Room"], [2, "Agenda"], [3, "Child"], [2, "End"]]) == []
    assert skipped([[2, "Agenda"]]) == ["Agenda", "0 first headings"]
    assert backwards([["Worries", 100], ["Grey", 300], ["Line", 90]]) == ["Line above Grey"]
