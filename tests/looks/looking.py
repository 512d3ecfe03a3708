"""What a browser sees of one page: what axe finds, what sticks out sideways, headings and buttons."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.walker.world import World

PHONE, ZOOMED = 390, 320  # a phone; a desk's screen at 400 %
DESK = {"width": 1280, "height": 900}
FORM = (
    "main form[method=post]:has(input:not([type=hidden]), textarea, select)"
    " button.govuk-button:not([name]):visible"
)
MAIN = "main button.govuk-button:visible, main a.govuk-button:visible"
EMPTY_IT = """() => {
  for (const field of document.querySelectorAll("main form[method=post] :is(input, textarea, select)")) {
    if (["hidden", "submit"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = false; else field.value = "";
  }
}"""
SCROLLING = """() => [...document.querySelectorAll("main table, main pre")]
  .filter(one => !one.closest(".scroll") && one.clientWidth && one.scrollWidth > one.clientWidth + 2)
  .map(one => one.className)"""


def signed_in(browser: Browser, world: World, who: str, site: str, *, scripts: bool = True) -> BrowserContext:
    """A browser in which this visitor of the world is signed in."""
    context = browser.new_context(
        viewport=DESK, locale="en-GB", timezone_id="Europe/London", java_script_enabled=scripts
    )  # type: ignore[arg-type]
    held = world.browsers[who].cookies.items()
    context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in held])
    return context


def let_in(context: BrowserContext, user: User, site: str) -> None:
    """Sign somebody in without the sign-in page."""
    client = Client()
    client.force_login(user)
    held = client.cookies.items()
    context.add_cookies([{"name": name, "value": one.value, "url": site} for name, one in held])


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first element that it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def sticks_out(page: Page) -> list[str]:
    """Where the page, or a table by itself, must be scrolled sideways; leaves it at a desk's width."""
    wrong = []
    for width in (PHONE, ZOOMED):
        page.set_viewport_size({"width": width, "height": 844})
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            wrong.append(f"{across} pixels wide at {width}")
        if width == PHONE and (inner := page.evaluate(SCROLLING)):
            wrong.append(f"scrolls sideways by itself at {width}: {inner}")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return wrong


def buttons(page: Page) -> list[str]:
    """The words on the visible buttons of the page's main part, without those that only scripts add."""
    keep = "one => !one.closest('.js-only, .govuk-password-input')"
    script: Any = f"all => all.filter({keep}).map(one => one.textContent.trim())"
    return list(page.locator(MAIN).evaluate_all(script))


def headings(page: Page) -> list[str]:
    """Whether there is exactly one first heading."""
    number = page.locator("h1").count()
    return [] if number == 1 else [f"{number} first headings"]
