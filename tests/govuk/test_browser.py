"""The look in a real browser: focus, contrast, narrow screens, drafts, live fields, no scripts at all."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from accounts.models import User
from tests.govuk.test_fields import EVERY_EMPTY

pytestmark = [pytest.mark.urls("tests.govuk.urls"), pytest.mark.django_db(transaction=True)]
PAGES = [
    "/style/",
    "/style/form/",
    "/style/rows/",
    "/account/login/",
    "/account/password/reset/",
    "/no/such/page/",
]
SEND = "form[data-draft] button[type=submit]:visible"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says against us."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    return found


def violations(page: Page) -> list[str]:
    """What axe finds."""
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_pages_are_accessible_and_fit(page: Page, site: str, width: int, complaints: list[str]) -> None:
    """No violation, nothing to scroll sideways at 320 pixels (400 % zoom), nothing in the console."""
    page.set_viewport_size({"width": width, "height": 900})
    for address in PAGES:
        page.goto(site + address)
        page.wait_for_load_state("networkidle")
        assert (address, violations(page)) == (address, [])
        assert (address, page.evaluate("document.documentElement.scrollWidth")) == (address, width)
    assert [line for line in complaints if "404" not in line] == []


def test_a_form_with_errors_is_accessible(page: Page, site: str) -> None:
    """The same page after sending it empty."""
    page.goto(f"{site}/style/form/")
    page.click(SEND)
    expect(page).to_have_title(re.compile("^Error: One of each field"))
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert violations(page) == []


def test_every_link_of_the_summary_moves_focus_to_its_input(page: Page, site: str) -> None:
    """Radios, checkboxes and dates too."""
    page.goto(f"{site}/style/form/")
    page.click(SEND)
    for text, href in EVERY_EMPTY:
        page.get_by_role("link", name=text, exact=True).click()
        expect(page.locator(href)).to_be_focused()


def test_an_answer_opens_its_field(page: Page, site: str) -> None:
    """Closed, opened, and open again after an error."""
    page.goto(f"{site}/style/form/")
    expect(page.get_by_label("Which format?")).to_be_hidden()
    page.get_by_label("Something else").check()
    expect(page.get_by_label("Which format?")).to_be_visible()
    page.click(SEND)
    page.get_by_role("link", name="Enter which format").click()
    expect(page.get_by_label("Which format?")).to_be_focused()


def test_typed_text_survives_a_reload_and_is_gone_after_success(page: Page, site: str) -> None:
    """A draft in the tab, for the same form only."""
    page.goto(f"{site}/add/")
    page.get_by_label("Name").fill("Merseyside Police")
    page.reload()
    expect(page.get_by_label("Name")).to_have_value("Merseyside Police")
    expect(page.get_by_text("was kept and is back in the form")).to_be_visible()
    page.click(SEND)
    page.goto(f"{site}/add/")
    expect(page.get_by_label("Name")).to_have_value("")


def test_what_was_typed_about_one_matter_stays_out_of_the_form_about_another(page: Page, site: str) -> None:
    """An address says what a form is about, and its facts are filled in from that."""
    page.goto(f"{site}/add/?about=action:5")
    page.get_by_label("Name").fill("About action 5")
    page.goto(f"{site}/add/?about=action:6")
    expect(page.get_by_label("Name")).to_have_value("")
    page.goto(f"{site}/add/?about=action:5")
    expect(page.get_by_label("Name")).to_have_value("About action 5")


def test_typed_text_survives_an_error_and_leaving(page: Page, site: str) -> None:
    """Refused, then another page, then back."""
    page.goto(f"{site}/add/")
    page.get_by_label("Name").fill("Moved on")
    page.click(SEND)
    expect(page.get_by_text("It was closed yesterday")).to_be_visible()
    page.goto(f"{site}/style/")
    page.goto(f"{site}/add/")
    expect(page.get_by_label("Name")).to_have_value("Moved on")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_label("Name")).to_have_value("")


def test_passwords_are_never_kept(page: Page, site: str) -> None:
    """Not in the tab's store, and not in the form."""
    page.goto(f"{site}/style/form/")
    page.locator("#id_password").fill("correct horse battery")
    page.locator("#id_name").fill("Ann")
    page.reload()
    expect(page.locator("#id_name")).to_have_value("Ann")
    expect(page.locator("#id_password")).to_have_value("")
    assert "horse" not in str(page.evaluate("JSON.stringify(sessionStorage)"))


def test_a_date_and_choices_come_back_too(page: Page, site: str) -> None:
    """Boxes, radios that open a field, checkboxes."""
    page.goto(f"{site}/style/form/")
    page.locator("#id_born_day").fill("24")
    page.get_by_label("Something else").check()
    page.get_by_label("Which format?").fill("Walk")
    page.get_by_label("Sexual harm").check()
    page.reload()
    expect(page.locator("#id_born_day")).to_have_value("24")
    expect(page.get_by_label("Which format?")).to_be_visible()
    expect(page.get_by_label("Which format?")).to_have_value("Walk")
    expect(page.get_by_label("Sexual harm")).to_be_checked()


def test_what_the_page_has_chosen_since_is_not_unchosen(page: Page, site: str) -> None:
    """As when somebody was looked up beside a form in which nobody was chosen yet."""
    page.goto(f"{site}/style/form/")
    page.locator("#id_name").fill("Ann")
    page.wait_for_timeout(400)

    def chosen(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('value="b">', 'value="b" selected>', 1))

    page.route("**/style/form/", chosen)
    page.reload()
    expect(page.locator("#id_name")).to_have_value("Ann")
    expect(page.locator("#id_team")).to_have_value("b")


def test_a_double_click_sends_once(page: Page, site: str) -> None:
    """One request, though the server would answer a second with the first's result."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(f"{site}/close/")
    page.get_by_role("button", name="Close").dblclick()
    page.wait_for_url(f"{site}/closed/")
    assert len(sent) == 1


# A field that saves itself


@pytest.fixture
def live(page: Page, site: str) -> Page:
    """The style page at its live field."""
    page.goto(f"{site}/style/")
    return page


def state(page: Page) -> str:
    """What the field says of itself."""
    return page.locator("[data-save-state]").inner_text()


def test_a_pause_saves_within_a_second(live: Page) -> None:
    """And says when."""
    live.locator("#live").press_sequentially("Seen at school.")
    expect(live.locator("[data-save-state]")).to_have_text(
        re.compile(r"^Saved \d\d:\d\d:\d\d$"), timeout=1500
    )
    assert live.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('auto:'))") == []


def test_steady_typing_is_saved_every_two_seconds(live: Page) -> None:
    """No pause long enough to count, and yet several saves."""
    sent: list[Request] = []
    live.on("request", lambda request: sent.append(request) if request.url.endswith("/save/") else None)
    live.locator("#live").press_sequentially("x" * 50, delay=100)
    assert len(sent) >= 2


def test_losing_the_network_keeps_the_text_and_tries_again(live: Page, context: BrowserContext) -> None:
    """It says so, and saves by itself afterwards."""
    context.set_offline(True)
    live.locator("#live").press_sequentially("Seen.")
    expect(live.locator("[data-save-state]")).to_have_text(
        "Not saved – offline. Your text is kept in this tab", timeout=3000
    )
    context.set_offline(False)
    expect(live.locator("[data-save-state]")).to_have_text(re.compile("^Saved "), timeout=5000)


def test_text_that_could_not_be_saved_is_saved_by_the_next_page(live: Page, site: str) -> None:
    """The laptop was closed before the network came back: the first page never saves, often as it tries."""
    left: list[object] = []
    live.on("framenavigated", lambda frame: left.append(frame))
    live.route("**/save/", lambda route: route.continue_() if left else route.abort())
    live.locator("#live").fill("Two lines of text. Seen.")
    expect(live.locator("[data-save-state]")).to_have_text(re.compile("^Not saved"), timeout=3000)
    live.on("dialog", lambda dialog: dialog.accept())
    live.goto(f"{site}/style/")
    expect(live.locator("#live")).to_have_value("Two lines of text. Seen.")
    expect(live.locator("[data-save-state]")).to_have_text(re.compile("^Saved "), timeout=3000)


def test_a_clash_shows_both_texts_and_loses_neither(live: Page) -> None:
    """Keep both, and go on saving."""
    live.locator("#live").fill("My clash of words.")
    expect(live.get_by_role("alert").get_by_text("Ann wrote this.")).to_be_visible(timeout=3000)
    expect(live.get_by_role("alert").get_by_text("My clash of words.")).to_be_visible()
    assert violations(live) == []
    live.get_by_role("button", name="Keep both").click()
    parted = r"^Ann wrote this\.\n\n\(.* wrote what stands above.*:\)\nMy clash of words\.$"
    expect(live.locator("#live")).to_have_value(re.compile(parted))
    expect(live.locator("[data-save-state]")).to_have_text(re.compile("^Saved "), timeout=3000)


def test_a_refusal_is_said_and_the_text_stays(live: Page) -> None:
    """The sentence of the service."""
    live.locator("#live").fill("Please refuse.")
    expect(live.locator("[data-save-state]")).to_have_text(
        "Not saved. The chair has locked this record.", timeout=3000
    )
    expect(live.locator("#live")).to_have_value("Please refuse.")


def test_signed_out_in_the_middle_says_so_and_keeps_the_text(live: Page) -> None:
    """With a link to sign in."""

    def signed_out(route: Route) -> None:
        route.fulfill(status=401, body="")

    live.route("**/save/", signed_out)
    live.locator("#live").fill("Kept.")
    expect(live.get_by_role("link", name="Sign in")).to_be_visible(timeout=3000)
    assert "Kept." in str(live.evaluate("JSON.stringify(sessionStorage)"))


def test_a_fragment_keeps_itself_fresh_and_asks_with_its_tag(page: Page, site: str) -> None:
    """The second question carries the first answer's ETag, and does not count as somebody being there."""
    page.clock.install()
    page.goto(f"{site}/style/")
    with page.expect_response("**/style/now/") as first:
        page.clock.run_for(5100)
    page.wait_for_timeout(200)
    with page.expect_response("**/style/now/") as second:
        page.clock.run_for(5100)
    assert (first.value.status, second.value.status) == (200, 304)
    assert second.value.request.headers["if-none-match"] == first.value.headers["etag"]
    assert second.value.request.headers["x-background"] == "1"


def test_five_minutes_before_the_end_it_saves_and_asks(page: Page, site: str, client: Client) -> None:
    """Staying closes the question; not answering leads to signing in, with the text kept."""
    user = User.objects.create_user(
        email="dee@ambleford.example", name="Dee Ford", password="a long demo password"
    )
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    page.clock.install()
    page.goto(f"{site}/add/")
    page.get_by_label("Name").fill("Merseyside")
    page.clock.run_for(23 * 60 * 1000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(2 * 60 * 1000)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.run_for(30 * 60 * 1000)
    page.wait_for_url("**/account/login/?next=%2Fadd%2F&kept=1")
    expect(page.get_by_text("What you typed is kept in this tab")).to_be_visible()
    assert "Merseyside" in str(page.evaluate("JSON.stringify(sessionStorage)"))


# Without scripts


@pytest.fixture
def plain(browser: Browser, site: str) -> Callable[[str], Page]:
    """A browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)

    def go(address: str) -> Page:
        page = context.new_page()
        page.goto(site + address)
        return page

    return go


def test_everything_shows_and_works_without_scripts(plain: Callable[[str], Page]) -> None:
    """Revealed fields are open, rows are added, forms are sent."""
    page = plain("/style/form/")
    expect(page.get_by_label("Which format?")).to_be_visible()
    page = plain("/people/")
    page.locator("#id_people-0-name").fill("Ann")
    page.get_by_role("button", name="Add another person").click()
    page.locator("#id_people-1-name").fill("Ben")
    page.get_by_role("button", name="Continue").click()
    assert page.url.endswith("/named/Ann-Ben/")
