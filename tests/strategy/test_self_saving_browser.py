"""A browser fills in a request: how many fields and how long, a dead network, a time-out, two tabs."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, expect

from attendees.services.directory import add_professional
from strategy.models import StrategyRequest
from tests import real
from tests.builders.requests import HEALTH, POLICE, a_draft_request, a_protocol
from tests.looks.looking import let_in
from tests.people import Cast, cast
from tests.walk.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
MOST_FIELDS, MOST_SECONDS = 25, 180
SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d")
# The keystroke-level model: a key of somebody who types well, pointing and clicking, thinking before a page.
KEY, POINT, THINK = 0.2, 1.2, 1.35
STATE = "[data-self-save-state] .save-state"


@pytest.fixture
def people() -> Cast:
    """The cast, and a local procedure in force."""
    a_protocol()
    return cast()


class Practised(Person):
    """Counts every field that is filled in, every key, and every page."""

    def __init__(self, context: BrowserContext, site: str, email: str) -> None:
        super().__init__(context, site, email)
        self.touched: list[str] = []
        self.keys = self.pages = self.clicks = 0

    def note(self, name: str, keys: int) -> None:
        self.keys += keys
        one = f"{self.page.url.rsplit('/', 2)[-2]}: {re.sub('_(day|month|year|time)$', '', name)}"
        if one not in self.touched:
            self.touched.append(one)

    def type(self, name: str, text: str) -> None:
        super().type(name, text)
        self.note(name, len(text))

    def choose(self, name: str, value: str) -> None:
        super().choose(name, value)
        self.note(name, 0)

    def tick(self, name: str) -> None:
        super().tick(name)
        self.note(name, 0)

    def select(self, name: str, label: str) -> None:
        super().select(name, label)
        self.note(name, 3)

    def press(self, text: str) -> None:
        super().press(text)
        self.clicks, self.pages = self.clicks + 1, self.pages + 1
        self.has_no_problem()

    def follow(self, text: str) -> None:
        super().follow(text)
        self.clicks, self.pages = self.clicks + 1, self.pages + 1

    @property
    def seconds(self) -> float:
        """How long a practised person takes for this, by the model."""
        return self.keys * KEY + (len(self.touched) + self.clicks) * POINT + self.pages * THINK


@pytest.fixture
def sam(browser: Browser, site: str, people: Cast) -> Iterator[Practised]:
    """Sam at a browser, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    let_in(context, people.sam, site)
    someone = Practised(context, site, people.sam.email)
    yield someone
    context.close()
    assert someone.failures == []


def test_an_urgent_request_takes_at_most_25_fields_and_three_minutes(sam: Practised, people: Cast) -> None:
    """From the search to “waiting to be authorised”, on the telephone tonight, about one child."""
    for agency, known in ((people.police, POLICE), (people.health, HEALTH)):
        add_professional(agency=agency, email="", **known, by=people.sam, at=timezone.now())
    began = time.monotonic()
    sam.go("/referrals/new/")
    sam.type("words", "Ruby Fenwick")
    sam.press("Search")
    sam.press("Record a new family")
    sam.type("children-0-given_names", "Ruby")
    sam.type("children-0-family_name", "Fenwick")
    sam.type_date("children-0-date_of_birth", timezone.localdate().replace(year=2018, day=3))
    sam.choose("children-0-abuse_types", "PHY")
    sam.type("family-0-name", "Carol Fenwick")
    sam.type("family-0-relationship", "Mother")
    sam.tick("family-0-has_parental_responsibility")
    sam.type("narrative", "Ruby told her teacher that Kit twisted her arm last night. Her wrist is swollen.")
    sam.select("source", "School")
    sam.type("referrer_name", "Dan Dale")
    sam.type("referrer_role", "Safeguarding lead")
    sam.select("referrer_agency", "Elm Street")
    sam.type("referrer_phone", "01632 960103")
    sam.press("Record and ask for a discussion")
    sam.follow("What happened")
    sam.type("threshold_reason", "An injury that the explanation does not fit; he lives with her.")
    sam.choose("parents_informed", "not_informed")
    sam.type("parents_reason", "He could hurt her again tonight.")
    sam.press("Save and go on")
    sam.follow("Circumstances")
    sam.choose("kinds", "serious_injury_or_neglect")
    sam.press("Save and go on")
    sam.follow("Format")
    sam.choose("format_wanted", "telephone_conference")
    sam.tick("is_urgent")
    sam.type("urgent_reason", "She goes home at 5pm.")
    sam.press("Save and go on")
    sam.follow("Professionals")
    sam.select("picked-0-professional", "Paul Pike")
    sam.press("Add another professional")
    sam.select("picked-1-professional", "Hetty Hall")
    sam.press("Save and go on")
    sam.follow("Check answers")
    sam.press("Submit the request")
    sam.sees("Waiting to be authorised")
    took = time.monotonic() - began
    print(
        f"\nAn urgent request: {len(sam.touched)} fields, {sam.keys} keys, {sam.pages} pages; about "
        f"{sam.seconds:.0f} s for a practised person, {took:.0f} s for this machine"
    )
    assert (len(sam.touched) <= MOST_FIELDS, sam.touched) == (True, sam.touched)
    assert sam.seconds + took < MOST_SECONDS, "with all the waiting that this machine did"


def test_a_dead_network_loses_nothing_and_says_so(sam: Practised, people: Cast) -> None:
    """Said in words while it is dead; saved by itself when it is back."""
    request = a_draft_request(people, is_full=False)
    sam.go(f"/requests/{request.pk}/what-happened/")
    sam.type("threshold_reason", "A fracture.")
    expect(sam.page.locator(STATE)).to_have_text(re.compile(SAVED.pattern))
    sam.context.set_offline(True)
    sam.type("threshold_reason", "A fracture that the explanation does not fit.")
    expect(sam.page.locator(STATE)).to_contain_text("Not saved: no connection")
    assert value_of(request, "threshold_reason") == "A fracture."
    sam.context.set_offline(False)
    expect(sam.page.locator(STATE)).to_have_text(re.compile(SAVED.pattern), timeout=15_000)
    assert value_of(request, "threshold_reason") == "A fracture that the explanation does not fit."


def test_a_dead_network_on_the_first_page_loses_nothing(sam: Practised, people: Cast) -> None:
    """Nothing is saved yet, so nothing saves itself: what was typed is in the tab, and comes back."""
    sam.go("/referrals/new/")
    sam.type("words", "Ruby Fenwick")
    sam.press("Search")
    sam.press("Record a new family")
    first = sam.page.url
    typed = {
        "children-0-given_names": "Ruby",
        "children-0-family_name": "Fenwick",
        "family-0-name": "Carol Fenwick",
        "family-0-relationship": "Mother",
        "narrative": "Ruby told her teacher that Kit twisted her arm.",
        "referrer_name": "Dan Dale",
    }
    for name, text in typed.items():
        sam.type(name, text)
    sam.type_date("children-0-date_of_birth", timezone.localdate().replace(year=2018, day=3))
    sam.choose("children-0-abuse_types", "PHY")
    sam.select("source", "School")
    sam.context.set_offline(True)
    with suppress(Error):  # the browser shows its own page: there is no connection
        sam.page.get_by_role("button", name="Record and ask for a discussion").click()
        sam.page.wait_for_url("chrome-error://**")
    assert not StrategyRequest.objects.exists()
    sam.context.set_offline(False)
    sam.page.goto(first)
    expect(sam.page.get_by_text("was kept and is back in the form")).to_be_visible()
    for name, text in typed.items():
        expect(sam.page.locator(f"[name={name}]")).to_have_value(text)
    expect(sam.page.locator("[name=children-0-abuse_types][value=PHY]")).to_be_checked()
    expect(sam.page.locator("[name=children-0-date_of_birth_year]")).to_have_value("2018")
    sam.press("Record and ask for a discussion")
    request = StrategyRequest.objects.get()
    assert request.referral.narrative == typed["narrative"]
    assert [str(child) for child in request.children.all()] == ["Ruby Fenwick"]
    assert sam.page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('draft:'))") == []


def test_a_time_out_in_the_middle_loses_nothing(sam: Practised, people: Cast, site: str) -> None:
    """Signed out while typing: said so, and after signing in again it is there and saves itself."""
    request = a_draft_request(people, is_full=False)
    sam.go(f"/requests/{request.pk}/availability/")
    Session.objects.all().delete()
    sam.type("availability", "From two, not before")
    expect(sam.page.locator(STATE)).to_contain_text("Not saved: you are signed out")
    let_in(sam.context, people.sam, site)
    sam.page.on("dialog", lambda dialog: dialog.accept())
    sam.go(f"/requests/{request.pk}/availability/")
    expect(sam.page.locator("[name=availability]")).to_have_value("From two, not before")
    expect(sam.page.locator(STATE)).to_have_text(re.compile(SAVED.pattern))
    assert value_of(request, "availability") == "From two, not before"
    assert sam.page.evaluate("Object.keys(sessionStorage).filter((one) => one.startsWith('draft:'))") == []


def test_two_tabs_never_overwrite_each_other_silently(sam: Practised, people: Cast) -> None:
    """Both texts side by side, and the choice is the person's."""
    request = a_draft_request(people, is_full=False)
    address = f"/requests/{request.pk}/availability/"
    other = sam.context.new_page()
    sam.go(address)
    other.goto(sam.site + address)
    sam.type("availability", "In this tab")
    expect(sam.page.locator(STATE)).to_have_text(re.compile(SAVED.pattern))
    other.locator("[name=availability]").fill("In the other tab")
    expect(other.locator(".clash")).to_contain_text("In this tab")
    expect(other.locator(".clash")).to_contain_text("In the other tab")
    assert value_of(request, "availability") == "In this tab"
    other.get_by_role("button", name="Keep mine").click()
    expect(other.locator(STATE)).to_have_text(re.compile(SAVED.pattern))
    assert value_of(request, "availability") == "In the other tab"


def test_what_is_wrong_is_named_while_the_rest_is_saved(sam: Practised, people: Cast) -> None:
    """200 KB pasted into one box: its sentence with a way to the box; the page keeps the text."""
    request = a_draft_request(people, is_full=False)
    sam.go(f"/requests/{request.pk}/what-happened/")
    sam.type("harm_summary", "x" * 200_000)
    sam.type("threshold_reason", "A fracture.")
    sam.page.locator("h1").click()
    expect(sam.page.locator(".self-save__wrong")).to_contain_text("Not saved: The harm in short")
    real.wait_until(lambda: value_of(request, "threshold_reason") == "A fracture.", seconds=15)
    assert value_of(request, "harm_summary") == ""
    assert len(sam.page.locator("[name=harm_summary]").input_value()) == 200_000


def value_of(request: StrategyRequest, name: str) -> Any:
    """What is stored now."""
    return StrategyRequest.objects.values_list(name, flat=True).get(pk=request.pk)
