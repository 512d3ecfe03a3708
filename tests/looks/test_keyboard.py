"""The request and the room by keyboard alone, and focus that is always seen."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from minutes.models import Section
from referrals.models import Circumstance
from tests.builders.meeting import a_started_discussion
from tests.builders.requests import a_draft_request
from tests.looks.looking import DESK, let_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)
LOOK = """one => { const look = getComputedStyle(one), before = getComputedStyle(one, "::before");
  const label = one.labels && one.labels[0] ? getComputedStyle(one.labels[0], "::before") : before;
  return [look.outlineStyle !== "none" && look.outlineWidth !== "0px", look.boxShadow !== "none",
          label.boxShadow !== "none"].some(Boolean); }"""


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast."""
    return cast()


def page_of(browser: Browser, people: Cast, who: str, address: str) -> Page:
    """A page of the site, as one of the cast."""
    context = browser.new_context(viewport=DESK, locale="en-GB", timezone_id="Europe/London")  # type: ignore[arg-type]
    let_in(context, getattr(people, who), address)
    page = context.new_page()
    page.goto(address)
    return page


def tab_to(page: Page, wanted: Locator, most: int = 120) -> None:
    """Press Tab until the wanted element has focus; every stop on the way is seen."""
    target = wanted.first.element_handle()
    for _ in range(most):
        page.keyboard.press("Tab")
        if not page.evaluate("() => document.activeElement !== document.body"):
            continue
        here = page.locator("*:focus").first
        assert here.evaluate(LOOK), here.evaluate("one => one.outerHTML.slice(0, 200)")
        if page.evaluate("one => document.activeElement === one", target):
            return
    raise AssertionError(f"{most} presses of Tab do not lead to {wanted}")


def test_the_first_stop_skips_to_the_content(browser: Browser, site: str, people: Cast) -> None:
    """The skip link is the first stop, is seen, and leads into the main part."""
    page = page_of(browser, people, "sam", site + "/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()


def test_a_section_of_the_request_by_keyboard(browser: Browser, site: str, people: Cast) -> None:
    """Tab to the circumstance, space to tick it, and the button at the end."""
    request = a_draft_request(people)
    page = page_of(browser, people, "sam", f"{site}/requests/{request.pk}/circumstances/")
    tab_to(page, page.locator("[name=kinds][value=child_in_hospital], [name=kinds]").first)
    ticked = page.locator("[name=kinds]:checked").count()
    page.keyboard.press("Space")
    assert page.locator("[name=kinds]:checked").count() != ticked
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Save and go on"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/requests/{request.pk}/**")
    assert page.locator(".govuk-error-summary").count() == 0
    assert Circumstance.objects.filter(referral=request.referral).count() == ticked


def test_a_step_of_the_room_by_keyboard(browser: Browser, site: str, people: Cast) -> None:
    """Type, see it saved, tick and go on; the access keys are those written on the page."""
    record = a_started_discussion(people)
    page = page_of(browser, people, "bea", f"{site}/discussions/{record.discussion.pk}/record/?step=summary")
    box = page.locator(".meeting__step textarea").first
    tab_to(page, box)
    page.keyboard.type("Frightened of going home.")
    state = page.locator(".meeting__step [data-save-state]").first
    expect(state).to_contain_text("Saved", timeout=5000)
    assert Section.objects.filter(minutes=record, text="Frightened of going home.").count() == 1
    keys = page.locator("[accesskey]").evaluate_all("all => all.map(one => one.accessKey).sort()")
    assert keys == ["1", "2", "3", "4", "5", "6", "7", "8", "a", "j", "n"]
    written = page.locator(".meeting__agenda details kbd").all_text_contents()
    assert written == ["1", "8", "N", "A", "J"]
    tab_to(page, page.locator("button[name=go][value=next]"))
    page.keyboard.press("Enter")
    expect(page.locator("[aria-current=step]").first).to_contain_text("6. ")
