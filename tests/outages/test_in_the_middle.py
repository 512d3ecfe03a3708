"""P9, P18 in the browser: signed out while typing, double clicks, two tabs, no network, access taken."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from accounts.models import User
from attendees.services.wanted import want_professionals
from cases.models import Access
from minutes.models import Circulation, Section
from minutes.services import versions
from outbox.models import Letter
from referrals.models import Concern
from strategy.models import Authorisation, Discussion, StrategyRequest, Submission
from tests.builders.after import a_finished_record
from tests.builders.booking import a_video_link
from tests.builders.meeting import a_started_discussion, section_of
from tests.builders.requests import (
    a_draft_request,
    a_submitted_request,
    an_authorised_request,
    professionals_of,
)
from tests.outages.office import Office
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "She said it was her uncle, at bath time."
SOON = 8_000


class Desk:
    """Somebody's browser, signed in; tabs share the session."""

    def __init__(self, browser: Browser, site: str, user: User) -> None:
        self.site, self.user = site, user
        self.context: BrowserContext = browser.new_context(locale="en-GB", timezone_id="Europe/London")
        self.failures: list[str] = []
        self.sign_in()

    def sign_in(self) -> None:
        """With a session of their own."""
        client = Client()
        client.force_login(self.user)
        self.context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": self.site}]
        )

    def tab(self, address: str) -> Page:
        """A tab at an address of the site."""
        page = self.context.new_page()
        page.set_default_timeout(SOON)
        page.on("response", self.look)
        page.goto(self.site + address)
        return page

    def look(self, response: Response) -> None:
        """No page may fail, whatever is done."""
        if response.status >= 500:
            self.failures.append(f"{response.status} {response.url}")

    def end(self) -> None:
        """Close the browser; nothing failed meanwhile."""
        self.context.close()
        assert self.failures == []


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """Everybody."""
    return cast()


@pytest.fixture
def desk(browser: Browser, site: str) -> Any:
    """Make desks; all are closed at the end."""
    made: list[Desk] = []

    def make(user: User) -> Desk:
        made.append(Desk(browser, site, user))
        return made[-1]

    yield make
    for one in made:
        one.end()


Desks = Callable[[User], Desk]


def button(page: Page) -> Any:
    """The page's own button."""
    return page.locator("main form button.govuk-button").last


def words(page: Page) -> str:
    """What the page says."""
    return " ".join(page.locator("body").inner_text().split())


def test_signed_out_while_typing_a_section(desk: Desks, people: Cast) -> None:
    """The session ends in the database; the page that says so has the text, saved after signing in."""
    request = a_draft_request(people)
    sam = desk(people.sam)
    page = sam.tab(f"/requests/{request.pk}/what-happened/")
    page.locator("[name=harm_summary]").fill(TEXT)
    Session.objects.all().delete()
    button(page).click()
    page.wait_for_load_state()
    assert "You were signed out before this arrived" in words(page)
    assert TEXT in page.content()
    assert StrategyRequest.objects.get(pk=request.pk).harm_summary != TEXT

    sam.sign_in()
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    if StrategyRequest.objects.get(pk=request.pk).harm_summary != TEXT:
        assert TEXT in page.content(), words(page)
        page.locator("main form button").last.click()
        page.wait_for_load_state()
    assert StrategyRequest.objects.get(pk=request.pk).harm_summary == TEXT


def test_back_after_signing_out_shows_nothing(desk: Desks, people: Cast) -> None:
    """The browser asks again, and gets the sign-in page."""
    request = a_submitted_request(people)
    page = desk(people.sam).tab(f"/requests/{request.pk}/")
    assert "Ruby" in words(page)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()
    page.go_back()
    page.wait_for_load_state()
    assert "Ruby" not in page.content()
    assert "Fenwick" not in page.content()


def double_click(page: Page) -> None:
    """Twice, as fast as a hand can."""
    button(page).dblclick(no_wait_after=True)
    page.wait_for_load_state("networkidle")


def doubled(letters: list[Letter]) -> list[tuple[str, str]]:
    """Kinds and addresses that got two letters."""
    seen = [(one.kind, one.to_email) for one in letters]
    return sorted({one for one in seen if seen.count(one) > 1})


def test_double_clicks_act_once(desk: Desks, people: Cast) -> None:
    """Submit, authorise, book and circulate: one act each, and no error at the end of it."""
    request = a_draft_request(people)
    want_professionals(request, professionals_of(people), by=people.sam, at=timezone.now())
    place = a_video_link()
    sam, mo, bea = desk(people.sam), desk(people.mo), desk(people.bea)

    page = sam.tab(f"/requests/{request.pk}/check/")
    double_click(page)
    assert "Waiting to be authorised" in words(page)
    assert Submission.objects.filter(request=request).count() == 1

    page = mo.tab(f"/requests/{request.pk}/authorise/")
    double_click(page)
    assert "Authorised" in words(page)
    assert Authorisation.objects.filter(request=request).count() == 1

    page = bea.tab(f"/requests/{request.pk}/book/")
    fill_booking(page, Office(people).booking(request), str(place))
    double_click(page)
    page.wait_for_url("**/discussions/*/")
    assert Discussion.objects.filter(request=request).count() == 1, words(page)
    assert f"/discussions/{Discussion.objects.get(request=request).pk}/" in page.url
    assert doubled(list(Letter.objects.all())) == []


def fill_booking(page: Page, typed: dict[str, Any], place: str) -> None:
    """The booking form, by its names."""
    page.locator("[name=format][value=virtual]").check(force=True)
    if page.locator("button[name=_show]").count():
        page.locator("button[name=_show]").first.click()
        page.wait_for_load_state()
    for name in ("start_day", "start_month", "start_year", "start_time"):
        page.locator(f"[name={name}]").fill(str(typed[name]))
    for name in ("place", "chair", "minute_taker"):
        page.locator(f"select[name={name}]").select_option(value=str(typed[name]))
    if page.locator("[name=late_reason]").count():
        page.locator("[name=late_reason]").fill("No earlier time could be had.")
    for box in page.locator("[name=professionals]").all():
        box.check(force=True)


def test_a_double_click_circulates_once(desk: Desks, people: Cast) -> None:
    """One circulation, one letter a copy."""
    minutes = a_finished_record(people)
    versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    page = desk(people.bea).tab(f"/discussions/{minutes.discussion_id}/circulate/")
    double_click(page)
    assert Circulation.objects.filter(version__minutes=minutes).count() == 1, words(page)
    copies = list(Letter.objects.filter(key__startswith="copy:"))
    assert doubled(copies) == []
    assert len(copies) > 3


def test_two_tabs_of_one_section(desk: Desks, people: Cast) -> None:
    """The second to save sees both texts, and decides; nothing is overwritten silently."""
    request = a_draft_request(people)
    sam = desk(people.sam)
    address = f"/requests/{request.pk}/what-happened/"
    first, second = sam.tab(address), sam.tab(address)
    first.locator("[name=harm_summary]").fill("From the first tab.")
    button(first).click()
    first.wait_for_load_state()
    second.locator("[name=harm_summary]").fill(TEXT)
    button(second).click()
    second.wait_for_load_state()
    said = second.content()
    assert TEXT in said and "From the first tab." in said, words(second)
    assert StrategyRequest.objects.get(pk=request.pk).harm_summary == "From the first tab."
    button(second).click()
    second.wait_for_load_state()
    assert StrategyRequest.objects.get(pk=request.pk).harm_summary == TEXT


def test_two_managers_and_a_page_gone_stale(desk: Desks, people: Cast) -> None:
    """The second to authorise, on a page opened before, is told that it was done."""
    request = a_submitted_request(people)
    mo = desk(people.mo)
    first, second = (mo.tab(f"/requests/{request.pk}/authorise/") for _ in range(2))
    for page in (first, second):
        button(page).click()
        page.wait_for_load_state()
    assert Authorisation.objects.filter(request=request).count() == 1
    assert re.search("authorised", words(second), re.I)
    assert "went wrong" not in words(second)


def test_edited_while_somebody_else_submits(desk: Desks, people: Cast) -> None:
    """What was typed stays on the page that says that the request was submitted meanwhile."""
    request = a_draft_request(people)
    want_professionals(request, professionals_of(people), by=people.sam, at=timezone.now())
    sam = desk(people.sam)
    page = sam.tab(f"/requests/{request.pk}/what-happened/")
    other = sam.tab(f"/requests/{request.pk}/check/")
    button(other).click()
    other.wait_for_load_state()
    assert "Waiting to be authorised" in words(other)
    page.locator("[name=threshold_reason]").fill(TEXT)  # it is what the manager was asked: it stays
    page.get_by_label("Neglect").first.check()
    state = page.locator("[data-self-save-state]")
    expect(state).to_contain_text("but for what is named below", timeout=SOON)  # never merely "Saved"
    expect(state).to_contain_text("The request was submitted while you were writing.")
    button(page).click()
    page.wait_for_load_state()
    assert f"You wrote: {TEXT}" in words(page)
    told = Concern.objects.filter(referral=request.referral_id, abuse_type="NEG")
    assert told.exists()  # the harm feared may follow
    assert StrategyRequest.objects.get(pk=request.pk).threshold_reason != TEXT


def test_network_lost_in_the_meeting(desk: Desks, people: Cast) -> None:
    """Not saved is said while the network is away; the words are saved when it is back."""
    minutes = a_started_discussion(people)
    cell = section_of(minutes, "grey")
    bea = desk(people.bea)
    page = bea.tab(f"/discussions/{minutes.discussion_id}/record/?step=summary")
    bea.context.set_offline(True)
    page.get_by_role("textbox", name="Grey areas").press_sequentially(TEXT, delay=2)
    state = page.locator(".save-state", has_text="Not saved – offline").first
    expect(state).to_be_visible(timeout=SOON)
    assert Section.objects.get(pk=cell.pk).text == ""
    bea.context.set_offline(False)
    expect(page.locator(".save-state", has_text=re.compile(r"Saved \d\d:\d\d")).first).to_be_visible(
        timeout=20_000
    )
    assert Section.objects.get(pk=cell.pk).text == TEXT


def test_access_taken_away_while_the_page_is_open(desk: Desks, people: Cast) -> None:
    """The next request is refused, a click as well as a page; the typed text is not written."""
    request = a_draft_request(people)
    sam = desk(people.sam)
    page = sam.tab(f"/requests/{request.pk}/what-happened/")
    page.locator("[name=harm_summary]").fill(TEXT)
    Access.objects.filter(case=request.case).update(until=timezone.now())
    with page.expect_navigation() as gone:
        button(page).click()
    assert gone.value is not None and gone.value.status in (403, 404)
    assert "Ruby" not in words(page)
    assert sam.tab(f"/requests/{request.pk}/").locator("text=Ruby").count() == 0
    assert StrategyRequest.objects.get(pk=request.pk).harm_summary != TEXT


def test_a_closed_account_with_a_live_session(desk: Desks, people: Cast) -> None:
    """Deactivated: the very next request meets the sign-in page; a form is not acted on."""
    request = an_authorised_request(people)
    bea = desk(people.bea)
    page = bea.tab(f"/requests/{request.pk}/book/")
    fill_booking(page, Office(people).booking(request), str(a_video_link()))
    User.objects.filter(pk=people.bea.pk).update(is_active=False)
    button(page).click()
    page.wait_for_load_state()
    assert Discussion.objects.count() == 0
    again = bea.tab(f"/requests/{request.pk}/")
    assert "login" in again.url and "Ruby" not in again.content()
