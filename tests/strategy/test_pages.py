"""The pages of the request as a browser meets them: who gets in, what is said, how many queries."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from cases.models import Case, Child
from cases.rules import ChildFacts
from deadlines.models import Deadline
from outbox.models import Letter
from strategy import services
from strategy.models import Authorisation, DutyLine, Enquiry, StrategyRequest
from tests.builders.requests import (
    a_draft_request,
    a_protocol,
    a_submitted_request,
    an_authorised_request,
)
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def browser(user: User) -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    client.force_login(user)
    return client


def day(name: str, at: str = "", when: Any = None) -> dict[str, str]:
    """The boxes of a date, and of a time when given."""
    when = when or TODAY
    boxes = {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}
    return {key: str(value) for key, value in boxes.items()} | ({f"{name}_time": at} if at else {})


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements run, without the savepoints that only a test's own transaction needs."""
    told: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield told
    told += [one["sql"] for one in queries.captured_queries if "SAVEPOINT" not in one["sql"]]


def text_of(answer: HttpResponse) -> str:
    """The page."""
    return answer.content.decode()


# Who gets in

OF_REQUEST = [
    "", "children/", "children/add/", "family/add/", "what-happened/", "circumstances/", "format/",
    "professionals/", "availability/", "check/", "sheet/", "withdraw/", "call/", "protection/",
    "authorise/", "return/", "not-needed/",
]  # fmt: skip


@pytest.mark.parametrize("page", OF_REQUEST)
def test_strangers_get_404(people: Cast, page: str) -> None:
    """Another team, business support before it is authorised, and partners: not even existence leaks."""
    request = a_submitted_request(people)
    for who in (people.olga, people.bea, people.paul, people.stranger, people.adi):
        assert browser(who).get(f"/requests/{request.pk}/{page}").status_code == 404
        assert browser(who).post(f"/requests/{request.pk}/{page}", {}).status_code in (404, 405)


@pytest.mark.parametrize(
    ("name", "page", "says"),
    [
        ("sam", "authorise/", "You asked for this discussion"),
        ("asha", "authorise/", "Only a team manager or an advanced social work practitioner"),
        ("sam", "return/", "You asked for this discussion"),
        ("asha", "not-needed/", "Only a team manager"),
        ("ada", "protection/", "You cannot record this decision"),
        ("asha", "withdraw/", "Only Sam Shah may withdraw"),
        ("sam", "format/", "this section can no longer change"),
        ("ira", "call/", "You cannot ask for a strategy discussion"),
    ],
)
def test_a_colleague_without_the_power_reads_why(people: Cast, name: str, page: str, says: str) -> None:
    """403 with the reason, for reading and for sending."""
    request = a_submitted_request(people)
    client = browser(people.everyone[name])
    for answer in (
        client.get(f"/requests/{request.pk}/{page}"),
        client.post(f"/requests/{request.pk}/{page}", {}),
    ):
        assert answer.status_code == 403
        assert says in text_of(answer)
    assert Authorisation.objects.count() == 0


def test_signed_out_people_are_sent_to_sign_in(client: Client, people: Cast) -> None:
    """And typed text comes back on a page that says so."""
    request = a_draft_request(people)
    assert client.get(f"/requests/{request.pk}/").status_code == 302
    sent_from = {"HTTP_REFERER": f"http://testserver/requests/{request.pk}/availability/"}
    answer = client.post(f"/requests/{request.pk}/availability/", {"availability": "From two"}, **sent_from)
    assert (answer.status_code, "From two" in text_of(answer)) == (401, True)


# How many queries

COUNTS = {
    ("sam", "draft", ""): 11,
    ("sam", "draft", "children/"): 10,
    ("sam", "draft", "what-happened/"): 8,
    ("sam", "draft", "circumstances/"): 8,
    ("sam", "draft", "format/"): 7,
    ("sam", "draft", "professionals/"): 9,
    ("sam", "draft", "availability/"): 6,
    ("sam", "draft", "check/"): 10,
    ("sam", "draft", "sheet/"): 10,
    ("sam", "draft", "call/"): 8,
    ("asha", "draft", "protection/"): 10,
    ("mo", "submitted", ""): 10,
    ("mo", "submitted", "authorise/"): 11,
    ("mo", "submitted", "return/"): 6,
    ("mo", "submitted", "not-needed/"): 6,
    ("bea", "authorised", ""): 10,
    ("sam", "returned", ""): 11,
    ("sam", "returned", "check/"): 11,
}


def test_each_page_has_its_number_of_queries(people: Cast) -> None:
    """Under twelve everywhere, and literal."""
    made = {
        "draft": a_draft_request(people, circumstances=["immediate_risk"]),
        "submitted": a_submitted_request(people),
        "authorised": an_authorised_request(people),
        "returned": services.return_to_requester(
            a_submitted_request(people), reasons={"format": "Why?"}, by=people.mo, at=NOW
        ),
    }
    found = {}
    for name, state, page in COUNTS:
        client = browser(people.everyone[name])
        with counting() as told:
            assert client.get(f"/requests/{made[state].pk}/{page}").status_code == 200
        found[name, state, page] = len(told)
    assert found == COUNTS
    assert max(found.values()) < 12


def test_more_children_cost_no_more_queries(people: Cast) -> None:
    """One child or six."""
    from tests.builders.requests import siblings

    numbers = set()
    for children in (1, 6):
        request = a_draft_request(people, children=siblings(children))
        with counting() as told:
            browser(people.sam).get(f"/requests/{request.pk}/check/")
        numbers.add(len(told))
    assert len(numbers) == 1


# Recording a referral

REFERRAL = {
    "trigger": "referral",
    "narrative": "Ruby told her teacher.",
    "source": "2A",
    "referrer_name": "Dan Dale",
    "family-count": "1",
    "family-0-name": "Carol Fenwick",
    "family-0-relationship": "Mother",
    "family-0-has_parental_responsibility": "on",
}


def taker(user: User) -> Client:
    """The browser of somebody who has just searched for a child nobody knows."""
    client = browser(user)
    client.post("/referrals/new/", {"words": "Zebedee Quillon"})
    return client


def child_row(place: int, **more: str) -> dict[str, str]:
    """One child as typed."""
    typed = {
        "given_names": "Ruby",
        "family_name": "Fenwick",
        "birth": "born",
        "sex": "F",
        "status": "not_known",
        **more,
    }
    return {f"children-{place}-{name}": value for name, value in typed.items()}


def referral(people: Cast, **more: str) -> dict[str, str]:
    """The whole form: two children, one of them not born yet."""
    due = TODAY + timedelta(days=60)
    return {
        **REFERRAL,
        **day("triggered_at", "00:00"),
        "team": str(people.team.pk),
        "children-count": "2",
        **child_row(0, abuse_types="PHY"),
        **child_row(1, given_names="", birth="unborn", sex="U"),
        **day("children-1-expected_date", when=due),
        **more,
    }


def test_a_referral_is_recorded_on_one_page(people: Cast) -> None:
    """Case, children, family, concerns and the request, in one go; the task list follows."""
    a_protocol()
    kept = {"family-0-phone": "07700 900145", "family-0-address_confidential": "on"}
    answer = taker(people.sam).post("/referrals/new/family/", referral(people, **kept))
    request = StrategyRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/requests/{request.pk}/")
    children = [(child.name, child.is_unborn) for child in request.case.children.order_by("pk")]
    assert children == [("Ruby Fenwick", False), ("Unborn baby Fenwick", True)]
    assert [child.name for child in request.children.all()] == ["Ruby Fenwick"]
    carol = request.case.family.get()
    assert (carol.has_parental_responsibility, carol.address_confidential) == (True, True)


def test_another_child_is_added_without_javascript(people: Cast) -> None:
    """The button sends the page back with one row more, everything typed kept."""
    answer = taker(people.sam).post("/referrals/new/family/", referral(people, _add="children"))
    page = text_of(answer)
    assert (answer.status_code, 'name="children-2-family_name"' in page, 'value="Carol Fenwick"' in page) == (
        200,
        True,
        True,
    )
    assert Case.objects.count() == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"narrative": ""}, "Enter what happened"),
        ({"triggered_at_year": "2031"}, "This is in the future"),
        ({"triggered_at_month": "13"}, "must be a real date"),
        ({"children-0-family_name": ""}, "Enter the child’s family name"),
        ({"children-0-family_name": "x" * 121}, "120"),
        ({"children-1-expected_date_day": ""}, "must include a day"),
        ({"team": "999999"}, "Choose one of the answers listed"),
        ({"trigger": "nonsense"}, "Choose one of the answers listed"),
        ({"referrer_email": "R@X.example, b@evil.example"}, "Enter one email address only"),
        ({"referrer_email": "dan.dale@elm.gsi.gov.uk"}, "Addresses ending gsi.gov.uk were closed down"),
    ],
)
def test_bad_input_comes_back_with_a_sentence(people: Cast, more: dict[str, str], says: str) -> None:
    """422, the text kept, nothing recorded."""
    a_protocol()
    answer = taker(people.sam).post("/referrals/new/family/", referral(people, **more))
    assert answer.status_code == 422
    assert says.lower() in text_of(answer).lower()
    assert "Dan Dale" in text_of(answer)
    assert Case.objects.count() == 0


def test_a_double_click_records_once(people: Cast) -> None:
    """The second sending is led to where the first went."""
    a_protocol()
    client, typed = taker(people.sam), referral(people, _key="0b3f6a0e-1f2b-4c55-9f0e-7a3a6f1b2c3d")
    first, second = (client.post("/referrals/new/family/", typed) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (Case.objects.count(), StrategyRequest.objects.count()) == (1, 1)


def test_the_search_finds_whom_one_may_see_and_only_a_team_for_others(people: Cast) -> None:
    """Names of a case that was not given never reach the page; the search is written down."""
    a_draft_request(people)
    typed = {"words": "Rubie Fenwick"}
    mine = text_of(browser(people.sam).post("/referrals/new/", typed))
    assert ("Ruby Fenwick" in mine, "Record on this case" in mine) == (True, True)
    theirs = text_of(browser(people.olga).post("/referrals/new/", typed))
    assert ("Ruby" in theirs.replace("Rubie", ""), "Elm Street" in theirs, "TH-" in theirs) == (
        False,
        False,
        False,
    )
    assert ("Assessment team 1" in theirs, people.team.phone in theirs) == (True, True)
    assert [one.data for one in Entry.objects.filter(event="child.sought").order_by("pk")] == [
        {"found": 2},  # Ruby, and her brother after her
        {"found": 0},
    ]


def test_nobody_records_a_new_family_without_a_search(people: Cast) -> None:
    """The page leads to the search; a form sent without one comes back with everything typed."""
    a_protocol()
    client = browser(people.sam)
    answer = client.get("/referrals/new/family/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/referrals/new/")
    answer = client.post("/referrals/new/family/", referral(people))
    assert (answer.status_code, "Carol Fenwick" in text_of(answer)) == (409, True)
    assert "Look first whether the children are known" in text_of(answer)
    assert Case.objects.count() == 0


def test_a_child_recorded_already_is_opened_or_declined_with_a_reason(people: Cast) -> None:
    """Whatever was searched for: the children typed are looked for again. The reason is in the ledger."""
    known = a_draft_request(people, children=[ChildFacts(given_names="Ruby", family_name="Fenwick")])
    client = taker(people.sam)
    answer = client.post("/referrals/new/family/", referral(people))
    page = text_of(answer)
    assert (answer.status_code, known.case.reference in page, "say why this is another child" in page) == (
        409,
        True,
        True,
    )
    assert Case.objects.count() == 1
    answer = client.post("/referrals/new/family/", referral(people, another_because="Another mother"))
    assert answer.status_code == 302
    made = Case.objects.latest("pk")
    entry = Entry.objects.get(event="case.match_declined")
    child = known.case.children.get()
    assert (entry.case_ref, entry.data["not"], entry.data["why"]) == (
        made.reference,
        [f"child:{child.pk}"],
        "Another mother",
    )


def test_somebody_shown_as_very_like_is_declined_too(people: Cast) -> None:
    """Who searched for Ruby, saw her and then types other names says why."""
    a_draft_request(people, children=[ChildFacts(given_names="Ruby", family_name="Fenwick")])
    client = browser(people.sam)
    client.post("/referrals/new/", {"words": "Ruby Fenwick"})
    typed = referral(people, **{"children-0-given_names": "Zoe", "children-0-family_name": "Other"})
    assert client.post("/referrals/new/family/", typed).status_code == 409
    assert client.post("/referrals/new/family/", typed | {"another_because": "A cousin"}).status_code == 302


def test_a_child_of_a_case_that_is_not_ones_own_is_told_by_its_team_alone(people: Cast) -> None:
    """And one of a restricted case not at all."""
    a_draft_request(people, children=[ChildFacts(given_names="Ruby", family_name="Fenwick")])
    client = taker(people.olga)
    page = text_of(client.post("/referrals/new/family/", referral(people)))
    assert ("Assessment team 1" in page, "TH-" in page, people.team.phone in page) == (True, False, True)
    Case.objects.update(restricted=True)
    assert client.post("/referrals/new/family/", referral(people)).status_code == 302


def test_the_same_child_twice_on_one_form(people: Cast) -> None:
    a_protocol()
    twice = referral(people) | child_row(1, abuse_types="PHY")
    answer = taker(people.sam).post("/referrals/new/family/", twice)
    assert "Two of the children have the same names" in text_of(answer)


def test_a_restricted_case_leaves_no_trace_in_a_search(people: Cast) -> None:
    """Not even its team."""
    a_draft_request(people)
    Case.objects.update(restricted=True)
    page = text_of(browser(people.olga).post("/referrals/new/", {"words": "Ruby Fenwick"}))
    assert "Assessment team 1" not in page


@pytest.mark.parametrize("name", ["bea", "ira", "paul"])
def test_who_records_no_referral_reads_why(people: Cast, name: str) -> None:
    """403 on each of the pages."""
    for page in ("/referrals/new/", "/referrals/new/family/"):
        assert browser(people.everyone[name]).get(page).status_code == 403


def test_new_information_is_recorded_on_a_case_one_may_see(people: Cast) -> None:
    """Another team gets 404."""
    request = a_draft_request(people)
    url = f"/referrals/new/{request.case.reference}/"
    typed = {
        "trigger": "new_information",
        "narrative": "She spoke again.",
        "source": "2A",
        **day("triggered_at", "00:00"),
    }
    assert browser(people.olga).post(url, typed).status_code == 404
    assert browser(people.sam).post(url, typed).status_code == 302
    assert request.case.requests.count() == 2


# The sections


def test_each_section_saves_itself(people: Cast) -> None:
    """And the task list counts it as done."""
    request = a_draft_request(people, is_full=False)
    client, base = browser(people.sam), f"/requests/{request.pk}"
    ruby = request.children.all()[0]
    typed: dict[str, dict[str, Any]] = {
        "children": {"children": [ruby.pk]},
        "what-happened": {"threshold_reason": "A fracture.", "parents_informed": "informed"},
        "circumstances": {"kinds": ["serious_injury_or_neglect"]},
        "format": {"format_wanted": "virtual"},
        "professionals": {
            "picked-count": "0", "typed-count": "1", "typed-0-name": "Paul Pike",
            "typed-0-job_role": "Sergeant", "typed-0-agency": people.police.pk,
            "typed-0-phone": "01632 960101", "typed-0-quorum_role": "police",
        },
        "availability": {"availability": "From 2pm"},
    }  # fmt: skip
    for section, answers in typed.items():
        answer = client.post(f"{base}/{section}/", answers)
        assert (section, answer.status_code) == (section, 302)
    request.refresh_from_db()
    assert set(request.finished_sections) == set(typed)
    assert [child.pk for child in request.children.all()] == [ruby.pk]
    assert "Nobody from health is named" in text_of(client.get(f"{base}/check/"))
    assert client.post(f"{base}/check/", {}).status_code == 302
    request.refresh_from_db()
    assert request.status == "submitted"


@pytest.mark.parametrize(
    ("section", "typed", "says"),
    [
        ("children", {}, "Choose at least one child"),
        ("what-happened", {"parents_informed": "not_informed"}, "Enter why you suspect significant harm"),
        ("format", {}, "Choose how the discussion should be held"),
        ("format", {"format_wanted": "series_of_calls"}, "Choose one of the answers listed"),
        ("availability", {"availability": "x" * 2001}, "2,000"),
        ("circumstances", {"kinds": ["penetrative_sexual_abuse"]}, "whether forensic evidence is needed"),
        ("circumstances", {}, "Choose what applies, or “None of these”"),
        ("circumstances", {"kinds": ["none", "missing_episode"]}, "but not both"),
        ("circumstances", {"kinds": ["other"]}, "Enter which manager or head of service you consulted"),
        ("circumstances", {"kinds": ["nonsense"]}, "Choose one of the answers listed"),
        (
            "professionals", {"picked-count": "0", "typed-count": "1", "typed-0-name": "P"},
            "Enter what the professional does",
        ),
    ],
)  # fmt: skip
def test_a_section_says_what_is_wrong_at_the_field(
    people: Cast, section: str, typed: dict[str, Any], says: str
) -> None:
    """422, nothing saved."""
    request = a_draft_request(people, is_full=False)
    answer = browser(people.sam).post(f"/requests/{request.pk}/{section}/", typed)
    page = text_of(answer)
    assert (answer.status_code, says in page or says.replace(",", "") in page) == (422, True)
    request.refresh_from_db()
    assert request.finished_sections == []


def test_a_stale_section_shows_both_texts(people: Cast) -> None:
    """409, and what was typed is kept."""
    request = a_draft_request(people)
    seen = StrategyRequest.objects.get(pk=request.pk).version_of("availability")
    services.save_section(request, "availability", {"availability": "Theirs"}, by=people.ada, at=NOW)
    answer = browser(people.sam).post(
        f"/requests/{request.pk}/availability/", {"availability": "Mine", "_version": str(seen)}
    )
    assert (answer.status_code, "Mine" in text_of(answer), "Theirs" in text_of(answer)) == (409, True, True)
    request.refresh_from_db()
    assert request.availability == "Theirs"


def test_another_case_s_child_is_not_found_through_one_s_own_request(people: Cast) -> None:
    """Its number in one's own address gives 404; its box cannot be ticked."""
    mine, other = a_draft_request(people), a_draft_request(people)
    stray = other.children.all()[0]
    client = browser(people.sam)
    assert client.get(f"/requests/{mine.pk}/children/{stray.pk}/").status_code == 404
    assert client.post(f"/requests/{mine.pk}/children/", {"children": [stray.pk]}).status_code == 422


def test_a_child_s_details_are_changed_and_the_confidential_address_stays_off_the_sheet(people: Cast) -> None:
    """The fields that the form shows; the sheet says only that it is confidential."""
    request = a_draft_request(people)
    child = request.children.all()[0]
    typed = {
        "given_names": "Ruby", "family_name": "Fenwick", "birth": "born", "sex": "F",
        "status": "looked_after", "address": "9 Secret Lane", "address_confidential": "on",
        **day("date_of_birth", when=child.date_of_birth),
    }  # fmt: skip
    client = browser(people.sam)
    assert client.post(f"/requests/{request.pk}/children/{child.pk}/", typed).status_code == 302
    child = Child.objects.get(pk=child.pk)
    assert (child.status, child.address_confidential) == ("looked_after", True)
    page = text_of(client.get(f"/requests/{request.pk}/sheet/"))
    assert ("Secret Lane" in page, "Address confidential" in page) == (False, True)


# The deadline as circumstances are ticked


def test_ticking_shows_the_deadline_at_once_and_saves_nothing(people: Cast) -> None:
    """The live panel, and the same by the button where there is no JavaScript."""
    DutyLine.objects.create(
        name="Police sergeant", number="01632 960555", weekdays=[0, 1, 2, 3, 4, 5, 6],
        opens_at=time(0), closes_at=time(23, 59, 59), on_bank_holidays=True, fallback="Call 999.",
    )  # fmt: skip
    request = a_draft_request(people, circumstances=[], is_full=False)
    client, typed = browser(people.sam), {"kinds": ["immediate_risk"]}
    live = text_of(client.post(f"/requests/{request.pk}/circumstances/limit/", typed))
    button = text_of(client.post(f"/requests/{request.pk}/circumstances/", {**typed, "_show": "1"}))
    for page in (live, button):
        assert ("on the same day" in page, "Call the police now" in page, "01632 960555" in page) == (
            True,
            True,
            True,
        )
    calm = text_of(client.post(f"/requests/{request.pk}/circumstances/limit/", {}))
    assert ("within 24 hours" in calm, "Call the police now" in calm) == (True, False)
    assert request.referral.circumstances.count() == 0
    assert (
        browser(people.stranger).post(f"/requests/{request.pk}/circumstances/limit/", typed).status_code
        == 404
    )


def test_outside_its_hours_the_number_is_hidden_and_the_fallback_shown(people: Cast) -> None:
    """W09."""
    yesterday = (timezone.localtime().weekday() - 1) % 7
    DutyLine.objects.create(
        name="Police sergeant", number="01632 960555", weekdays=[yesterday],
        opens_at=time(9), closes_at=time(17), fallback="Call 999 now.",
    )  # fmt: skip
    request = a_draft_request(people, circumstances=["immediate_risk"])
    page = text_of(browser(people.sam).get(f"/requests/{request.pk}/"))
    rings = 'Call <a class="govuk-link" href="tel:999">999</a> now.'
    assert ("01632 960555" in page, rings in page) == (False, True)


# The answer


def test_authorising_on_the_page(people: Cast) -> None:
    """The sheet, the clock, then one button; twice is once."""
    request = a_submitted_request(people)
    client, url = browser(people.mo), f"/requests/{request.pk}/authorise/"
    page = text_of(client.get(url))
    for said in (
        "Must be held by",
        "Immediate protection is not decided yet",
        "Paul Pike",
        "A fracture that the",
    ):
        assert said in page
    assert client.post(url, {"note": ""}).status_code == 302
    again = client.post(url, {"note": ""})
    assert (again.status_code, "does not wait for you" in text_of(again)) == (403, True)
    assert Authorisation.objects.count() == 1


def test_returning_and_what_the_requester_reads(people: Cast) -> None:
    """The reason stands at its section, with a link to put it right."""
    request = a_submitted_request(people)
    manager, requester = browser(people.mo), browser(people.sam)
    url = f"/requests/{request.pk}/return/"
    assert manager.post(url, {"format": ""}).status_code == 422
    assert manager.post(url, {"format": "Why by video?"}).status_code == 302
    page = text_of(requester.get(f"/requests/{request.pk}/"))
    assert ("Returned by Mo Mensah" in page, "Why by video?" in page, "Put right" in page) == (
        True,
        True,
        True,
    )


def test_no_letter_of_a_request_names_a_child(people: Cast) -> None:
    """P7: contexts hold no name, school, address or story."""
    request = an_authorised_request(people)
    services.decide_not_needed(
        a_submitted_request(people), rationale="Fenwick: explained", by=people.mo, at=NOW
    )
    services.return_to_requester(
        a_submitted_request(people), reasons={"format": "Ruby?"}, by=people.mo, at=NOW
    )
    written = " ".join(str(one.context) for one in Letter.objects.all())
    assert Letter.objects.count() == 14  # who referred has a way to follow each of the three
    for canary in ("Ruby", "Jack", "Fenwick", "Elm Street", "Invented Row", "fracture", "arm"):
        assert (canary, canary in written) == (canary, False)
    assert request.case.reference in written


# For the child now


def test_the_child_seen_page(people: Cast) -> None:
    """Saves, goes to the case; another team gets 404; the future is refused at the field."""
    request = a_draft_request(people)
    child = request.children.all()[0]
    typed = {"how": "spoken", "alone": "yes", "seen_by": "Sam Shah", **day("seen_at", "00:00")}
    url = f"/children/{child.pk}/seen/"
    assert browser(people.olga).post(url, typed).status_code == 404
    late = browser(people.sam).post(url, {**typed, "seen_at_year": "2031"})
    assert (late.status_code, "This is in the future" in text_of(late)) == (409, True)
    assert browser(people.sam).post(url, typed).headers["Location"] == f"/cases/{request.case.reference}/"
    assert child.sightings.count() == 1


def test_whoever_meets_a_clock_late_is_asked_why_at_once(people: Cast) -> None:
    """Both fields on the page; a reason needs who accepted it; both are kept on the clock."""
    client = browser(people.sam)
    early = a_draft_request(people).children.all()[0]
    assert "The deadline has passed" not in text_of(client.get(f"/children/{early.pk}/seen/"))
    late = a_draft_request(people, triggered_at=timezone.now() - timedelta(hours=25))
    child = late.children.all()[0]
    clock = Deadline.objects.filter(subject=f"child:{child.pk}")
    url = f"/children/{child.pk}/seen/"
    assert "The deadline has passed" in text_of(client.get(url))
    seen = timezone.localtime()
    typed = {"how": "spoken", "alone": "yes", "seen_by": "Sam Shah", **day("seen_at", f"{seen:%H:%M}", seen)}
    typed["late_reason"] = "Nobody opened the door"
    refused = client.post(url, typed)
    assert (refused.status_code, "Say who accepted" in text_of(refused)) == (409, True)
    assert client.post(url, {**typed, "late_accepted_by": "Mo Mensah"}).status_code == 302
    told = clock.get()
    assert (told.state, told.late_reason, told.late_accepted_by) == (
        "met",
        "Nobody opened the door",
        "Mo Mensah",
    )


def test_calls_and_decisions_are_listed_on_their_pages(people: Cast) -> None:
    """What was written down before stands above the form."""
    request = a_draft_request(people)
    call = {"callee": "The sergeant", "result": "Two officers go now.", **day("called_at", "00:00")}
    client = browser(people.sam)
    assert client.post(f"/requests/{request.pk}/call/", call).status_code == 302
    assert "Two officers go now." in text_of(client.get(f"/requests/{request.pk}/call/"))
    made = {
        "decision": "With grandmother tonight.",
        "police_contact": "DS Pike",
        **day("decided_at", "00:00"),
    }
    decider = browser(people.asha)
    assert decider.post(f"/requests/{request.pk}/protection/", made).status_code == 302
    assert "With grandmother tonight." in text_of(decider.get(f"/requests/{request.pk}/protection/"))


def test_the_enquiry_s_pages(people: Cast) -> None:
    """Where it stands, and the conference."""
    from strategy.models import Discussion

    request = a_submitted_request(people)
    held = Discussion.objects.create(
        case=request.case, request=request, number=1, format="virtual", planned_start=NOW,
        planned_end=NOW + timedelta(hours=1),
    )  # fmt: skip
    child = request.children.all()[0]
    enquiry = Enquiry.objects.create(
        child=child, discussion=held, kind="joint", started_at=NOW - timedelta(hours=1), lead=people.sam
    )
    url = f"/enquiries/{enquiry.pk}/"
    assert browser(people.olga).get(url).status_code == 404
    client = browser(people.sam)
    assert "No conference is required" in text_of(client.get(url))
    assert "Not recorded yet" in text_of(client.get(url))
    typed = {"how": "spoken", "alone": "no", "seen_by": "Dan Dale", "place": "At school"}
    moment = timezone.localtime()
    client.post(f"/children/{child.pk}/seen/", {**typed, **day("seen_at", f"{moment:%H:%M}", moment)})
    shown = text_of(client.get(url))
    assert "by Dan Dale, At school<br>" in shown and "Seen and spoken to. Alone: no<" in shown
    assert client.get(f"{url}conference/").status_code == 200
    for page in ("delay/", "police/"):
        assert client.get(f"{url}{page}").status_code == 200
    mine = browser(people.mo).get(f"{url}no-conference/").content.decode()
    assert mine.count("(optional)") == 1  # who decided is wanted, chosen or named
    assert f'value="{people.mo.pk}" selected' in mine and "Sam Shah, " not in mine
    typed = {"why": "Nothing was borne out", "manager": str(people.mo.pk)}
    for wrong in ({"manager": ""}, {"decided_by": "Iris Hale"}):  # nobody; and two
        refused = client.post(f"{url}no-conference/", {**typed, **wrong})
        assert "error-decided_by" in text_of(refused) or "id_decided_by-error" in text_of(refused)
    typed |= {"finding": "not_substantiated", "closing": "", **day("decided_at", "23:59")}
    assert client.post(f"{url}no-conference/", typed).status_code == 422  # what follows is not said
    typed["outcomes"] = "PROV_OF_SERVICES_FLAG"
    early = client.post(f"{url}no-conference/", {**typed, "decided_at_year": "2025"})
    assert (early.status_code, "Nothing was borne out" in text_of(early)) == (409, True)
    now = timezone.localtime()
    typed |= day("decided_at", f"{now:%H:%M}", now)
    assert client.post(f"{url}no-conference/", typed).status_code == 302
    shown = text_of(client.get(url))
    letter = Letter.objects.get(kind="no_conference_told")
    assert (letter.to_email, letter.context["by"]) == (people.mo.email, "Sam Shah")
    assert child.name not in str(letter.context)
    for told in ("Mo Mensah, Team manager", "Nothing was borne out", "Concerns not substantiated"):
        assert told in shown
    tab = text_of(client.get(f"/cases/{request.case.reference}/discussions/"))
    story = text_of(client.get(f"/cases/{request.case.reference}/timeline/"))
    assert "decided by Mo Mensah" in tab
    for page in (tab, story):
        assert "Concerns not substantiated. Services are provided" in page
    assert client.get(f"{url}close/").status_code == 403


def test_reading_a_request_is_written_down(people: Cast) -> None:
    """P14: one entry a read, for its page, its sheet and the manager's page."""
    request = a_submitted_request(people)
    for page in ("", "sheet/", "authorise/"):
        browser(people.mo).get(f"/requests/{request.pk}/{page}")
    reads = Entry.objects.filter(event="request.read", subject=request.subject)
    assert [one.by_ref for one in reads] == [f"user:{people.mo.pk}"] * 3


def test_the_clocks_that_also_run_say_whose_they_are(people: Cast) -> None:
    """Two children have the same duty; each line of the request's page names its child."""
    wanted = a_submitted_request(people)
    page = browser(people.mo).get(f"/requests/{wanted.pk}/").content.decode()
    lines = re.findall(r'class="side__duty">([^<]*)</span>', page)
    seen = [line for line in lines if line.startswith("See and speak to the child")]
    assert sorted(seen) == sorted(f"See and speak to the child: {one.name}" for one in wanted.children.all())


def test_what_a_visiting_worker_must_know_stands_on_the_request_and_where_a_child_is_seen(
    people: Cast,
) -> None:
    """And whoever authorises has the number that the requester gave for this request."""
    wanted = a_submitted_request(people)
    Case.objects.filter(pk=wanted.case_id).update(worker_safety="Two dogs in the yard")
    StrategyRequest.objects.filter(pk=wanted.pk).update(direct_number="01632 960888")
    client, child = browser(people.mo), wanted.children.all()[0]
    for address in (f"/requests/{wanted.pk}/", f"/children/{child.pk}/seen/"):
        warned = text_of(client.get(address)).split("govuk-warning-text__text")
        assert any("Two dogs in the yard" in part.split("</strong>")[0] for part in warned), address
    assert 'href="tel:01632960888"' in text_of(client.get(f"/requests/{wanted.pk}/authorise/"))


def test_the_family_is_changed_from_the_request_and_back_to_it(people: Cast) -> None:
    """Copying to the others, a member’s details, who they are to each; no other case’s request leads back."""
    wanted, other = a_draft_request(people), a_draft_request(people)
    client, member = browser(people.sam), wanted.case.family.all()[0]
    page = text_of(client.get(f"/requests/{wanted.pk}/children/"))
    child = wanted.children.all()[0]
    back, came_from = f"/requests/{wanted.pk}/children/", f"?request={wanted.pk}"
    for url in (f"/children/{child.pk}/same/", f"/family/{member.pk}/", f"/family/{member.pk}/children/"):
        assert f'href="{url}{came_from}"' in page, url
        assert f'href="{back}"' in text_of(client.get(f"{url}{came_from}")), url
    answer = client.post(f"/children/{child.pk}/same/{came_from}", {"fields_same": ["school"]})
    assert (answer.status_code, answer.headers["Location"]) == (302, back)
    for stray in (str(other.pk), "9" * 30, "x"):
        (href,) = re.findall(
            r'href="([^"]*)" class="govuk-back-link"',
            text_of(client.get(f"/family/{member.pk}/?request={stray}")),
        )
        assert href == f"/cases/{wanted.case.reference}/people/"
