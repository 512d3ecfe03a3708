"""The pages of what was done before it was typed: mistakes at their fields, and nothing typed is lost."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from govuk.moments import local
from minutes.services.night import write_down_night
from strategy.enums import Status
from strategy.models import Discussion, NightEntry, StrategyRequest, UrgentCall
from strategy.services import Verbal, authorise_verbally, countersign, record_urgent_call
from tests.builders.night import WORDS, a_night, minutes_ago
from tests.builders.requests import a_draft_request, a_protocol, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def now() -> datetime:
    """When it is typed."""
    return timezone.now()


def browser(user: User) -> Client:
    """Somebody's browser, signed in."""
    client = Client()
    client.force_login(user)
    return client


def at(name: str, moment: datetime) -> dict[str, str]:
    """The boxes of a moment."""
    there = local(moment)
    return {
        f"{name}_day": str(there.day),
        f"{name}_month": str(there.month),
        f"{name}_year": str(there.year),
        f"{name}_time": there.strftime("%H:%M"),
    }


def row(rows: str, place: int, /, **typed: Any) -> dict[str, str]:
    """One row as it is sent."""
    return {f"{rows}-{place}-{key}": str(value) for key, value in typed.items()}


DECIDED = {
    "outcome": "section_47_joint",
    "risk_level": "high",
    "risk_text": "A further injury is likely.",
    "rationale": "Nobody can explain the fracture.",
}


def talk(people: Cast, chair: User, now: datetime) -> dict[str, str]:
    """The word, the conference with police and health typed in, and one action."""
    typed = [
        row("typed", 0, name="Paul Pike", job_role="Detective sergeant", agency=people.police.pk,
            phone="01632 960101", quorum_role="police"),
        row("typed", 1, name="Hetty Hall", job_role="Health visitor", agency=people.health.pk,
            phone="01632 960102", quorum_role="health"),
    ]  # fmt: skip
    return {
        "manager": str(people.mo.pk),
        **at("said_at", minutes_ago(40, now)),
        "words": WORDS,
        "format": "telephone_conference",
        "urgent_reason": "The child cannot go home tonight.",
        "chair": str(chair.pk),
        **at("started_at", minutes_ago(35, now)),
        **at("ended_at", minutes_ago(10, now)),
        "hub": "Emergency duty",
        "facilitator": "Eve Early",
        "was_read_back": "on",
        "typed-count": "2",
        **typed[0],
        **typed[1],
        "picked-count": "1",
        "agreed-count": "1",
        **row("agreed", 0, text="Ring the ward", owner="me"),
        **at("agreed-0-due_at", minutes_ago(-180, now)),
    }


def held(people: Cast, request: StrategyRequest, now: datetime) -> dict[str, str]:
    """What Sam types of the conference on a request."""
    children = list(request.children.order_by("pk"))
    decided: dict[str, str] = {"decided-count": str(len(children))}
    for place, child in enumerate(children):
        decided |= row("decided", place, child=child.pk, **DECIDED)
    return talk(people, people.mo, now) | decided


def night(people: Cast, now: datetime) -> dict[str, str]:
    """What Eve types of a night about a child not known here."""
    return talk(people, people.eve, now) | {
        **at("triggered_at", minutes_ago(60, now)),
        "narrative": "A twisted arm that the explanation does not fit.",
        "source": "3E",
        "referrer_name": "Sister Agnew",
        "threshold_reason": "An injury that nobody can explain.",
        "parents_informed": "not_informed",
        "parents_reason": "It could put the child at risk tonight.",
        "kinds": "serious_injury_or_neglect",
        "decision": "She stays on the ward.",
        "police_contact": "PS Pike",
        **at("decided_at", minutes_ago(45, now)),
        "was_held": "yes",
        "calls-count": "1",
        **row("calls", 0, callee="Duty sergeant", number="01632 960110", result="Meet us there."),
        **at("calls-0-called_at", minutes_ago(50, now)),
        "decided-count": "1",
        **row("decided", 0, given_names="Ruby", family_name="Fenwick", birth="born", sex="F",
              abuse_types="PHY", **DECIDED),
        "decided-0-date_of_birth_day": "27", "decided-0-date_of_birth_month": "3",
        "decided-0-date_of_birth_year": str(now.year - 9),
        "team": str(people.team.pk),
    }  # fmt: skip


def errors(page: str) -> list[str]:
    """The fields that the error summary leads to."""
    summary = page.partition("govuk-error-summary__body")[2].partition("</ul>")[0]
    return [one.partition('"')[0] for one in summary.split('href="#id_')[1:]]


def test_a_discussion_is_entered_by_day(people: Cast, now: datetime) -> None:
    request = a_draft_request(people, at=now, circumstances=())
    page = f"/requests/{request.pk}/held/"
    shown = browser(people.sam).get(page).content.decode()
    assert "Enter a discussion that has been held" in shown
    answer = browser(people.sam).post(page, held(people, request, now))
    discussion = Discussion.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/discussions/{discussion.pk}/minutes/")
    assert (discussion.started_at, discussion.entered.by) == (minutes_ago(35, now), people.sam)
    assert not NightEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("started_at_day", {"ago": ("started_at", 75)}),
        ("typed-1-joined_at", {"typed-1-joined_at": "25:00"}),
        ("facilitator", {"facilitator": ""}),
        ("urgent_reason", {"urgent_reason": ""}),
        ("said_at_day", {"ago": ("said_at", 100)}),
        ("ended_at_day", {"ago": ("ended_at", -30)}),
        ("words", {"words": " "}),
        ("not_read_back", {"was_read_back": ""}),
        ("decided-1-rationale", {"decided-1-rationale": ""}),
        ("agreed-0-due_at_day", {"ago": ("agreed-0-due_at", 30)}),
        ("agreed-0-owner", {"agreed-0-owner": ""}),
        ("agreed-0-owner_name", {"agreed-0-owner": "", "agreed-0-owner_name": "Nobody Known"}),
    ],
)
def test_each_mistake_is_told_at_its_field_and_what_was_typed_is_there(
    people: Cast, now: datetime, field: str, wrong: dict[str, Any]
) -> None:
    request = a_draft_request(people, at=now, circumstances=())
    typed = held(people, request, now)
    ago = wrong.pop("ago", None)
    typed |= wrong | (at(ago[0], minutes_ago(ago[1], now)) if ago else {})
    answer = browser(people.sam).post(f"/requests/{request.pk}/held/", typed)
    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert [one.partition("_day")[0] for one in errors(page)] == [field.partition("_day")[0]]
    assert "Nobody can explain the fracture." in page
    assert "Ring the ward" in page
    assert not Discussion.objects.exists()


def test_one_page_writes_the_night(people: Cast, now: datetime) -> None:
    a_protocol()
    eve = browser(people.eve)
    answer = eve.get("/night/new/")
    assert answer.status_code == 302
    eve.post(answer["Location"], {"words": "Ruby Fenwick"})
    shown = eve.get("/night/new/").content.decode()
    assert 'value="Ruby"' in shown
    sent = eve.post("/night/new/", night(people, now))
    entry = NightEntry.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, "/night/")
    assert (entry.by, entry.request.status) == (people.eve, Status.HELD)
    listed = eve.get("/night/").content.decode()
    assert "Ruby Fenwick" in listed
    assert "Nobody has taken over yet" in listed


def test_every_mistake_in_times_is_told_at_once_and_nothing_typed_is_lost(
    people: Cast, now: datetime
) -> None:
    request = a_draft_request(people, at=now, circumstances=())
    typed = held(people, request, now)
    typed |= at("said_at", minutes_ago(100, now)) | at("started_at", minutes_ago(80, now))
    typed |= at("ended_at", minutes_ago(-30, now)) | at("agreed-0-due_at", minutes_ago(90, now))
    answer = browser(people.sam).post(f"/requests/{request.pk}/held/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    wrong = [one.partition("_day")[0] for one in errors(page)]
    assert sorted(wrong) == ["agreed-0-due_at", "ended_at", "said_at", "started_at"]
    assert "Nobody can explain the fracture." in page
    assert local(minutes_ago(100, now)).strftime("%H:%M") in page


def test_times_that_cannot_be_stand_beside_what_is_missing(people: Cast, now: datetime) -> None:
    """Nobody puts one thing right to be told of the next."""
    request = a_draft_request(people, at=now, circumstances=())
    soon = local(minutes_ago(-20, now)).strftime("%H:%M")
    typed = held(people, request, now) | {
        "words": "",
        "decided-0-rationale": "",
        "typed-1-joined_at": soon,
    }
    typed |= at("said_at", minutes_ago(100, now)) | at("ended_at", minutes_ago(-30, now))
    typed |= at("agreed-0-due_at", minutes_ago(-20, now)) | {"agreed-0-text": ""}
    page = browser(people.sam).post(f"/requests/{request.pk}/held/", typed).content.decode()
    wrong = [one.partition("_day")[0] for one in errors(page)]
    assert sorted(wrong) == [
        "agreed-0-due_at", "agreed-0-text", "decided-0-rationale", "ended_at", "said_at",
        "typed-1-joined_at", "words",
    ]  # fmt: skip
    assert "Paul Pike" in page


def test_every_moment_of_a_night_is_judged_beside_what_is_missing(people: Cast, now: datetime) -> None:
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    typed = night(people, now) | {"threshold_reason": "", "calls-0-callee": "", "kinds": "emergency_action"}
    for field in ("triggered_at", "decided_at", "calls-0-called_at", "started_at", "action_at"):
        typed |= at(field, minutes_ago(-60, now))
    answer = eve.post("/night/new/", typed)
    wrong = [one.partition("_day")[0] for one in errors(answer.content.decode())]
    assert sorted(wrong) == [
        "action_at", "calls-0-called_at", "calls-0-callee", "decided_at", "ended_at", "started_at",
        "threshold_reason", "triggered_at",
    ]  # fmt: skip
    assert "She stays on the ward." in answer.content.decode()
    assert not NightEntry.objects.exists()


def test_nothing_hidden_is_asked_for(people: Cast, now: datetime) -> None:
    """Until one has said that it was held, what one tells of it is hidden, and no sentence leads there.

    The sentences stand in the order of the page.
    """
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    typed = {"decided-count": "1"} | row("decided", 0, given_names="Ruby", birth="born", sex="F")
    page = eve.post("/night/new/", typed | at("said_at", minutes_ago(-60, now))).content.decode()
    assert [one.partition("_day")[0] for one in errors(page)] == [
        "triggered_at", "narrative", "source", "threshold_reason", "parents_informed",
        "manager", "said_at", "words", "format", "was_held", "team", "decided-0-family_name",
    ]  # fmt: skip
    assert "The manager’s word: this is in the future" in page


def test_only_who_may_take_over_is_led_to_it(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    for somebody, led in ((people.sam, True), (people.mo, True), (people.eve, False), (people.bea, False)):
        shown = browser(somebody).get(entry.request.get_absolute_url())
        text = shown.content.decode()
        assert (f'href="/night/{entry.pk}/"' in text, "Nobody has taken over yet" in text) == (led, not led)


def test_who_joined_later_is_entered_by_the_clock(people: Cast, now: datetime) -> None:
    request = a_draft_request(people, at=now, circumstances=())
    typed = held(people, request, now) | {"typed-1-joined_at": local(minutes_ago(20, now)).strftime("%H:%M")}
    assert browser(people.sam).post(f"/requests/{request.pk}/held/", typed).status_code == 302
    assert Discussion.objects.get().quorate_at == minutes_ago(20, now)


def to_come(people: Cast, now: datetime) -> dict[str, str]:
    """What Eve types of a night whose discussion is still to come: no word, nothing of a discussion."""
    left_out = (
        "manager", "said_at", "words", "chair", "started_at", "ended_at", "agreed-0", "was_read_back",
        "decided-0-outcome", "decided-0-risk", "decided-0-rationale",
    )  # fmt: skip
    kept = {name: value for name, value in night(people, now).items() if not name.startswith(left_out)}
    return kept | {"was_held": "no"}


def test_a_night_with_nothing_held_yet_is_put_on_record(people: Cast, now: datetime) -> None:
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    sent = eve.post("/night/new/", to_come(people, now))
    assert sent.status_code == 302
    entry = NightEntry.objects.get()
    assert (entry.request.status, entry.request.discussions.count()) == (Status.SUBMITTED, 0)
    shown = browser(people.mo).get(f"/night/{entry.pk}/").content.decode()
    assert "Still to come" in shown
    assert "Call to Duty sergeant" in shown
    assert "She stays on the ward." in shown


def test_what_came_in_a_call_and_a_decision_make_a_page(people: Cast, now: datetime) -> None:
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    typed = {name: value for name, value in to_come(people, now).items() if not name.startswith("typed-")}
    assert eve.post("/night/new/", typed).status_code == 302
    request = NightEntry.objects.get().request
    assert (request.status, request.urgent_calls.count()) == (Status.SUBMITTED, 1)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("was_held", {"decided-0-outcome": "section_47_joint"}),
        ("words", {"manager": "mo", "ago": ("said_at", 40)}),
        ("said_at", {"manager": "mo", "words": WORDS}),
        ("said_at", {"manager": "mo", "words": WORDS, "ago": ("said_at", 90)}),
    ],
)
def test_a_night_to_come_says_no_half_thing(
    people: Cast, now: datetime, field: str, more: dict[str, Any]
) -> None:
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    ago = more.pop("ago", None)
    typed = to_come(people, now) | more | (at(ago[0], minutes_ago(ago[1], now)) if ago else {})
    typed |= {"manager": str(people.mo.pk)} if "manager" in more else {}
    answer = eve.post("/night/new/", typed)
    assert answer.status_code == 422
    assert [one.partition("_day")[0] for one in errors(answer.content.decode())] == [field]
    assert "An injury that nobody can explain." in answer.content.decode()


def test_who_may_take_over_may_open_the_list(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    link = f"/night/{entry.pk}/"
    told = browser(people.bea).get("/night/").content.decode()
    assert "social worker, advanced social work practitioner" in told
    assert "emergency duty worker" not in told
    for somebody, status, listed in ((people.sam, 200, 1), (people.olga, 200, 0), (people.bea, 403, 0)):
        answer = browser(somebody).get("/night/")
        assert (answer.status_code, answer.content.decode().count(f'href="{link}"')) == (status, listed)


def test_a_mistake_of_the_night_is_told_at_its_row(people: Cast, now: datetime) -> None:
    a_protocol()
    eve = browser(people.eve)
    eve.post(reverse("referrals:new"), {"words": "Ruby Fenwick"})
    wrong = night(people, now) | at("calls-0-called_at", minutes_ago(-60, now))
    answer = eve.post("/night/new/", wrong)
    assert answer.status_code == 422
    assert [one.partition("_day")[0] for one in errors(answer.content.decode())] == ["calls-0-called_at"]
    assert "An injury that nobody can explain." in answer.content.decode()


def test_the_night_of_a_case_that_is_open(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    case = entry.request.case
    page = browser(people.eve).get(f"/night/cases/{case.reference}/").content.decode()
    assert page.count("Which child?") == 2


def test_one_press_takes_over(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    sam = browser(people.sam)
    assert "A twisted arm" in sam.get(f"/night/{entry.pk}/").content.decode()
    assert sam.post(f"/night/{entry.pk}/").status_code == 302
    entry.refresh_from_db()
    assert entry.taken_over_by == people.sam
    assert "has taken this over already" in browser(people.mo).get(f"/night/{entry.pk}/").content.decode()
    assert "Taken over by" in browser(people.mo).get("/night/").content.decode()


def test_a_manager_s_word_is_written_down_and_countersigned(people: Cast, now: datetime) -> None:
    request = a_submitted_request(people, at=now)
    typed = {"manager": str(people.mo.pk), **at("said_at", minutes_ago(5, now)), "words": WORDS}
    assert browser(people.sam).post(f"/requests/{request.pk}/verbal/", typed).status_code == 302
    mo = browser(people.mo)
    assert WORDS in mo.get(f"/requests/{request.pk}/countersign/").content.decode()
    silent = mo.post(f"/requests/{request.pk}/countersign/", {"was_given": "no", "reason": ""})
    assert (silent.status_code, errors(silent.content.decode())) == (409, ["reason"])
    mo.post(f"/requests/{request.pk}/countersign/", {"was_given": "no", "reason": "I was asleep."})
    assert browser(people.mo).get(f"/requests/{request.pk}/authorisation/").status_code == 403
    shown = browser(people.sam).get(f"/requests/{request.pk}/").content.decode()
    assert "I was asleep." in shown
    assert WORDS in shown


def test_what_nobody_authorised_is_decided_on_by_a_page(people: Cast, now: datetime) -> None:
    request = write_down_night(a_night(people, at=now), by=people.eve, at=now).request
    countersign(request, was_given=False, reason="I was asleep.", by=people.mo, at=now)
    ada, page = browser(people.ada), f"/requests/{request.pk}/authorisation/"
    assert "Nobody authorised this discussion." in ada.get(f"/requests/{request.pk}/").content.decode()
    where = ada.get(f"/go/request:{request.pk}/?duty=decide_unauthorised")["Location"]
    assert where == page
    assert "I was asleep." in ada.get(page).content.decode()
    silent = ada.post(page, {"authorises": "yes", "note": ""})
    assert (silent.status_code, errors(silent.content.decode())) == (422, ["note"])
    assert ada.post(page, {"authorises": "yes", "note": "It could not wait."}).status_code == 302
    shown = ada.get(f"/requests/{request.pk}/").content.decode()
    assert "Authorised afterwards: It could not wait." in shown
    assert "Nobody authorised this discussion." not in shown


def test_the_worklist_leads_to_both(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    mo = browser(people.mo)
    wanted = entry.request
    assert mo.get(f"/go/night:{entry.pk}/")["Location"] == f"/night/{entry.pk}/"
    where = mo.get(f"/go/request:{wanted.pk}/?duty=countersign_authorisation")["Location"]
    assert where == f"/requests/{wanted.pk}/countersign/"


def test_one_press_makes_a_call_a_conference_request(people: Cast, now: datetime) -> None:
    request = a_draft_request(people, at=now)
    record_urgent_call(
        request, callee="Duty sergeant", number="", result="Meet us there.", called_at=minutes_ago(5, now),
        by=people.sam, at=now,
    )  # fmt: skip
    call = UrgentCall.objects.get()
    sam = browser(people.sam)
    assert "Ask for a telephone conference" in sam.get(f"/requests/{request.pk}/call/").content.decode()
    assert sam.post(f"/requests/{request.pk}/call/{call.pk}/conference/").status_code == 302
    request.refresh_from_db()
    assert (request.format_wanted, request.is_urgent) == ("telephone_conference", True)
    assert request.urgent_reason.startswith("Urgent call to Duty sergeant")


def test_a_word_for_another_request_is_not_found(people: Cast, now: datetime) -> None:
    request = a_submitted_request(people, at=now)
    assert browser(people.mo).get(f"/requests/{request.pk}/countersign/").status_code == 404
    word = Verbal(manager=people.mo, said_at=minutes_ago(5, now), words=WORDS)
    authorise_verbally(request, word, by=people.sam, at=now)
    assert browser(people.sam).get(f"/requests/{request.pk}/countersign/").status_code == 403
