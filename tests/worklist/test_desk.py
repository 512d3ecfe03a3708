"""The desk, the case page and the letters page: what each role sees, in how many queries."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from deadlines.models import Deadline
from referrals.rules import CircumstanceFacts
from strategy import services
from strategy.models import Enquiry, StrategyRequest
from tests.builders.after import a_circulation
from tests.builders.meeting import a_held_discussion
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast
from worklist import destinations, querysets, rules

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(user: Any, name: str, *args: Any, query: str = "") -> str:
    answer = signed_in(user).get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def at(hour: int, day: int = 24) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_clocks_are_laid_out_by_how_soon_they_press() -> None:
    clocks = [SimpleNamespace(due_at=due) for due in (at(9), at(18), None, at(9, day=26))]
    overdue, today, later, waiting = rules.lay_out(clocks, [], now=at(12))
    assert [clock.due_at for clock in overdue.rows] == [at(9)]
    assert [clock.due_at for clock in today.rows] == [None, at(18)]  # an open gate stands first
    assert [clock.due_at for clock in later.rows] == [at(9, day=26)]
    assert waiting.rows == []


def test_an_open_gate_stands_first_until_its_other_limit_has_passed() -> None:
    waits = SimpleNamespace(due_at=at(9, day=26), gate="The planned discharge is not known")
    late = SimpleNamespace(due_at=at(9), gate="The planned discharge is not known")
    soon = SimpleNamespace(due_at=at(13), gate="")
    overdue, today, later, _ = rules.lay_out([soon, waits, late], [], now=at(12))
    assert (overdue.rows, today.rows, later.rows) == ([late], [waits, soon], [])


def test_a_clock_says_its_gate_its_target_that_it_is_provisional_and_what_was_weighed(people: Cast) -> None:
    """In Halton: three days from the request, five working days for induced illness, in hospital."""
    request = a_draft_request(people, protocol="halton", circumstances=())
    assert "Provisional" in page(people.sam, "strategy:request", request.pk)
    assert "Provisional" in page(people.sam, "worklist:home")
    assert "Provisional" in page(people.sam, "worklist:case", request.case.reference)
    kinds = [
        CircumstanceFacts(kind="in_hospital", hospital="Ambleford General"),
        CircumstanceFacts(kind="fabricated_or_induced_illness"),
    ]
    for facts in kinds:
        services.tell_circumstance(request.referral, facts, by=people.sam, at=timezone.now())
    clock = Deadline.objects.get(duty="convene")
    assert [(one["due_at"] is None, one["set_aside"]) for one in clock.weighed] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    gate = "The planned discharge is not known: hold it in the hospital before the child leaves."
    for name, of in (("strategy:request", request.pk), ("worklist:case", request.case.reference)):
        text = page(people.sam, name, of)
        assert gate in text and "Open gate" in text
        assert "im for" in text and "Every limit that was weighed" in text and "is set aside" in text
    first = page(people.sam, "worklist:case", request.case.reference).split("clock-strip__label")[1]
    assert "Hold the strategy discussion" in first
    assert gate in page(people.sam, "worklist:home")


def test_the_days_end_is_londons_not_utcs() -> None:
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # 11:30pm on the 1st in London
    just_after_midnight = summer + timedelta(hours=1)
    _, today, later, _ = rules.lay_out([SimpleNamespace(due_at=just_after_midnight)], [], now=summer)
    assert (len(today.rows), len(later.rows)) == (0, 1)


def a_clock(duty: str, due: datetime | None, verb: str = "Authorise", owner: int = 1) -> SimpleNamespace:
    return SimpleNamespace(duty=duty, due_at=due, verb=verb, owner_id=owner, owner_team_id=None, case_id=7)


def test_an_inner_clock_joins_the_row_of_the_duty_that_the_same_press_answers() -> None:
    convene, inner = a_clock("convene", at(18)), a_clock("authorise_request", at(13))
    other = a_clock("authorise_request", at(14), owner=2)
    children = [
        a_clock("child_seen", at(15), "See the child"),
        a_clock("child_seen", at(15), "See the child"),
    ]
    rows = rules.together([convene, inner, other, *children], ["convene", "child_seen"])
    assert rows == [inner, other, *children]
    assert [row.also for row in rows] == [[convene], [], [], []]


def test_the_number_beside_the_link_is_that_of_the_rows(people: Cast, request_: StrategyRequest) -> None:
    """Both clocks of the request are Mo’s, by one press of "Authorise"."""
    owned = Deadline.objects.running().filter(owner=people.mo, verb="Authorise")
    assert sorted(clock.duty for clock in owned) == ["authorise_request", "convene"]
    mine, _ = page(people.mo, "worklist:home").split("Waiting for others")
    assert (mine.count('worklist__row"'), querysets.turns_and_heartbeat(people.mo)[0]) == (1, 1)


def test_the_same_thing_done_again_and_again_is_one_entry() -> None:
    def entry(event: str, by: str, day: int = 7, **more: str) -> SimpleNamespace:
        said = {"said": "", "about": "", "to_name": "", "stood_in_for": ""} | more
        at = datetime(2026, 7, day, 9, tzinfo=UTC)
        return SimpleNamespace(event=event, by_name=by, occurred_at=at, **said)

    rows = rules.once_each(
        [
            entry("saved", "Sam"),
            entry("saved", "Sam"),
            entry("saved", "Mo"),
            entry("sent", "Mo"),
            entry("sent", "Mo", day=8),
            entry("moved", "Mo", day=8, said="From Monday to Tuesday"),
            entry("moved", "Mo", day=8, said="From Tuesday to Friday"),
            entry("moved", "Mo", day=8, said="From Tuesday to Friday", stood_in_for="Pat"),
        ]
    )
    assert [(row.event, row.by_name, row.times) for row in rows] == [
        ("saved", "Sam", 2),
        ("saved", "Mo", 1),
        *[("sent", "Mo", 1)] * 2,
        *[("moved", "Mo", 1)] * 3,
    ]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def request_(people: Cast) -> StrategyRequest:
    return a_submitted_request(people)


def test_the_manager_sees_what_to_authorise_and_the_requester_that_it_waits(
    people: Cast, request_: StrategyRequest
) -> None:
    assert "Authorise" in page(people.mo, "worklist:home")
    waiting = page(people.sam, "worklist:home")
    assert waiting.index("Waiting for others") < waiting.rindex("Authorise")


def test_nobody_elses_desk_shows_the_case(people: Cast, request_: StrategyRequest) -> None:
    for stranger in (people.olga, people.otto, people.adi):
        assert request_.case.reference not in page(stranger, "worklist:home")


def test_a_breach_stands_on_the_head_of_services_desk(people: Cast, request_: StrategyRequest) -> None:
    assert "Breaches across the service" not in page(people.hal, "worklist:home")
    late = timezone.now() - timedelta(hours=2)
    Deadline.objects.filter(duty="convene").update(due_at=late, breached_at=late)
    assert "Breaches across the service" in page(people.hal, "worklist:home")


def test_circulated_minutes_wait_to_be_filed(people: Cast) -> None:
    a_circulation(people)
    assert "File the minutes" in page(people.bea, "worklist:home")


def test_the_team_tab_is_for_managers(people: Cast, request_: StrategyRequest) -> None:
    assert request_.case.reference in page(people.mo, "worklist:team")
    refused = signed_in(people.sam).get(reverse("worklist:team"))
    assert refused.status_code == 403
    assert "The team’s desk is for managers." in refused.content.decode()


TABS = ("case", "people", "discussions", "actions", "access_log")


@pytest.mark.parametrize("tab", TABS)
def test_a_case_is_not_there_for_who_may_not_see_it(
    people: Cast, request_: StrategyRequest, tab: str
) -> None:
    address = reverse(f"worklist:{tab}", args=[request_.case.reference])
    for stranger in (people.olga, people.otto, people.stranger, people.adi):
        assert signed_in(stranger).get(address).status_code == 404


def test_the_access_log_names_who_opened_the_case(people: Cast, request_: StrategyRequest) -> None:
    page(people.sam, "worklist:case", request_.case.reference)
    assert "Sam Shah" in page(people.mo, "worklist:access_log", request_.case.reference)
    refused = signed_in(people.sam).get(reverse("worklist:access_log", args=[request_.case.reference]))
    assert refused.status_code == 403


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_takes_few_queries(people: Cast, tab: str) -> None:
    discussion = a_held_discussion(people)
    client = signed_in(people.mo)
    address = reverse(f"worklist:{tab}", args=[discussion.case.reference])
    client.get(address)  # the first request of a session also writes when it was last used
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    # Inside a test's own transaction the read's transaction is a savepoint: not a statement of the page.
    statements = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(statements) < 13, statements


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_takes_the_same_queries_for_one_case_and_for_three(
    people: Cast, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        a_submitted_request(people)
    client = signed_in(people.mo)
    client.get("/")
    with django_assert_num_queries(QUERIES_OF_THE_DESK):
        client.get("/")


QUERIES_OF_THE_DESK = 11  # five: what may be escalated, why it was late, who acts for whom, calls, offers


def test_a_subject_leads_to_the_page_of_its_work(people: Cast, request_: StrategyRequest) -> None:
    client = signed_in(people.mo)
    there = client.get(reverse("worklist:go", args=[f"request:{request_.pk}"]))
    assert there.headers["Location"] == reverse("strategy:request", args=[request_.pk])
    for nowhere in ("request:999999", "user:1", "request:1;drop", "request:", f"request:{'9' * 30}"):
        assert client.get(reverse("worklist:go", args=[nowhere])).status_code == 404
    assert signed_in(people.olga).get(there.request["PATH_INFO"]).status_code == 404


def test_every_kind_of_clock_leads_somewhere() -> None:
    kinds = {"referral", "request", "discussion", "minutes", "child", "enquiry", "information", "action"}
    assert kinds - set(destinations.PLACES) == set()


def test_a_search_finds_a_misspelt_name_and_only_in_cases_one_may_see(
    people: Cast, request_: StrategyRequest
) -> None:
    words = {"words": "Fenwik"}
    found = signed_in(people.mo).post(reverse("worklist:cases"), words).content.decode()
    assert request_.case.reference in found
    other = signed_in(people.otto).post(reverse("worklist:cases"), words).content.decode()
    assert request_.case.reference not in other
    assert "No case that you may see fits" in other


def test_letters_are_for_who_can_act_on_them(people: Cast, request_: StrategyRequest) -> None:
    assert "Letters" in page(people.adi, "worklist:letters")
    assert signed_in(people.sam).get(reverse("worklist:letters")).status_code == 403


def test_the_clock_of_a_conference_names_its_child(people: Cast) -> None:
    """Brothers and sisters have an enquiry each: their lead sees whose conference is to be arranged."""
    held = a_held_discussion(people)
    child = Enquiry.objects.get(discussion=held).child
    assert f"Arrange the conference: {child.name}" in page(people.sam, "worklist:home")
    assert f"<bdi>{child.name}</bdi>, " in page(people.sam, "strategy:assessment", held.request.referral_id)
