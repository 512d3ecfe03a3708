"""A telephone conference that has been held is entered with its real times, by the services that hold any."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendees.models import Professional
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from minutes.models import Minutes
from minutes.services import versions
from minutes.services.afterwards import Agreed, TookPart, enter_discussion_held, problems
from minutes.services.content import content_of
from outbox.models import Letter
from referrals.enums import CircumstanceKind
from strategy.enums import DiscussionStatus, Status
from strategy.models import Discussion, EnteredAfterwards, StrategyRequest
from strategy.services import record_protection_decision
from tests.builders.night import as_told, minutes_ago
from tests.builders.requests import a_draft_request, a_submitted_request, an_authorised_request
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


def a_draft(people: Cast, now: datetime, **facts: Any) -> StrategyRequest:
    """Sam's draft about what came in an hour before, with nothing that must be decided the same day."""
    return a_draft_request(people, at=now, circumstances=(), **facts)


def decide_protection_now(request: StrategyRequest, people: Cast, now: datetime) -> None:
    """Mo decided with the police a minute before it began."""
    record_protection_decision(
        request,
        decision="They stay with their grandmother.",
        police_contact="DS Pike",
        decided_at=minutes_ago(36, now),
        by=people.mo,
        at=now,
    )


def test_it_stands_as_any_that_was_held(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    held = enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    request.refresh_from_db()
    booking = held.bookings.get()
    assert (request.status, held.status, held.format) == (
        Status.HELD,
        DiscussionStatus.ENDED,
        "telephone_conference",
    )
    assert (held.started_at, held.ended_at, held.quorate_at) == (
        minutes_ago(35, now),
        minutes_ago(10, now),
        minutes_ago(35, now),
    )
    assert (booking.chair, booking.minute_taker, held.hub) == (people.mo, people.sam, "Emergency duty office")
    entered = EnteredAfterwards.objects.get()
    assert (entered.discussion, entered.by, entered.at) == (held, people.sam, now)
    took_part = held.attendance.order_by("name").values_list("name", "mode", "quorum_role", "arrived_at")
    assert list(took_part) == [
        ("Dan Dale", "phone", "", minutes_ago(35, now)),
        ("Hetty Hall", "phone", "health", minutes_ago(35, now)),
        ("Mo Mensah", "phone", "social_work_manager", minutes_ago(35, now)),
        ("Paul Pike", "phone", "police", minutes_ago(35, now)),
        ("Sam Shah", "phone", "social_worker", minutes_ago(35, now)),
    ]
    decided = held.decisions.order_by("child")
    assert [(one.outcome, one.at, one.by) for one in decided] == [
        ("section_47_joint", minutes_ago(10, now), people.sam)
    ] * 2
    action = held.minutes.actions.get()
    assert (action.text, action.owner.name, action.agreed_at) == (
        "Visit tonight",
        "Paul Pike",
        minutes_ago(10, now),
    )


def test_the_clocks_are_those_of_the_real_moments(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    held = enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    clocks = {(one.duty, one.state): one for one in Deadline.objects.filter(case=request.case)}
    convene = clocks["convene", "met"]
    assert convene.met_at == minutes_ago(35, now)
    assert clocks["authorise_request", "met"].met_at == minutes_ago(40, now)
    assert clocks["circulate_minutes", "running"].starts_at == minutes_ago(10, now)
    assert clocks["follow_up_meeting", "running"].starts_at == minutes_ago(10, now)
    assert clocks["icpc", "running"].starts_at == minutes_ago(35, now)
    assert clocks["action", "running"].starts_at == minutes_ago(10, now)
    assert clocks["countersign_authorisation", "running"].owner == people.mo
    assert held.request.submitted_at == minutes_ago(40, now)


def test_nobody_is_asked_to_book_or_to_authorise_what_is_over(people: Cast, now: datetime) -> None:
    """But who took part agrees its record and signs, and who referred can follow what became of it."""
    request = a_draft(people, now)
    enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    waiting = Letter.objects.exclude(status="cancelled").order_by("kind").values_list("kind", "to_email")
    (first, *others) = waiting
    assert first == ("countersign", people.mo.email)
    assert {kind for kind, _ in others} == {"record_to_agree", "referral_followed"}
    assert len(others) == len(set(others))


def test_met_late_it_owes_its_reason(people: Cast) -> None:
    now = timezone.now()
    request = a_draft(people, now, triggered_at=now - timedelta(hours=30))
    enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    convene = Deadline.objects.get(duty="convene")
    assert (convene.was_met_late, convene.owes_reason) == (True, True)


def test_one_that_is_authorised_already_asks_for_no_word(people: Cast, now: datetime) -> None:
    request = an_authorised_request(people, at=now - timedelta(hours=1), circumstances=())
    told = as_told(people, request, at=now, verbal=None)
    enter_discussion_held(request, told, by=people.sam, at=now)
    request.refresh_from_db()
    assert (request.status, request.words_given.count()) == (Status.HELD, 0)


def test_one_that_waits_for_the_manager_needs_their_word(people: Cast, now: datetime) -> None:
    request = a_submitted_request(people, at=now, circumstances=())
    refused(people, request, now, "manager", verbal=None)
    enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    request.refresh_from_db()
    assert (request.status, request.authorisation.by) == (Status.HELD, people.mo)


def refused(people: Cast, request: StrategyRequest, now: datetime, field: str | None, **facts: Any) -> str:
    """Entering it so is refused at the field, and nothing at all was written."""
    before = Entry.objects.count()
    with pytest.raises(Refused) as told:
        enter_discussion_held(request, as_told(people, request, at=now, **facts), by=people.sam, at=now)
    assert (told.value.field, Entry.objects.count(), Discussion.objects.count()) == (field, before, 0)
    return told.value.sentence


@pytest.mark.parametrize(
    ("field", "minutes"),
    [
        ("said_at", {"said": 100}),
        ("said_at", {"said": -5}),
        ("started_at", {"start": 100, "said": 55}),
        ("said_at", {"said": 5}),
        ("ended_at", {"start": 1475, "end": 10, "said": 40, "came": 1500}),
        ("started_at", {"start": -5}),
        ("ended_at", {"end": 35}),
        ("ended_at", {"end": 50, "said": 55}),
        ("ended_at", {"end": -5}),
    ],
)
def test_moments_that_cannot_be_are_told_at_their_field(
    people: Cast, now: datetime, field: str, minutes: dict[str, int]
) -> None:
    ago = {"came": 60, "said": 40, "start": 35, "end": 10} | minutes
    request = a_draft(people, now, triggered_at=minutes_ago(ago["came"], now))
    held = {"started_at": minutes_ago(ago["start"], now), "ended_at": minutes_ago(ago["end"], now)}
    refused(people, request, now, field, held=held, verbal={"said_at": minutes_ago(ago["said"], now)})


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("words", {"verbal": {"words": " "}}),
        ("urgent_reason", {"asked": {"urgent_reason": " "}}),
        ("not_read_back", {"held": {"was_read_back": False}}),
        ("no_quorum_reason", {"present": ()}),
        (None, {"decided": ()}),
    ],
)
def test_what_is_missing_is_told_at_its_field(
    people: Cast, now: datetime, field: str | None, facts: dict[str, Any]
) -> None:
    request = a_draft(people, now)
    refused(people, request, now, field, **facts)


def test_nobody_confers_alone_nor_chairs_without_the_role(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    alone = refused(people, request, now, None, present=(), chair=people.sam)
    assert "more than one person" in alone
    refused(people, request, now, "chair", chair=people.sam)


def test_a_row_is_named_in_its_refusal(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    agreed = [
        Agreed(text="Ring", owner=people.sam, due_at=now),
        Agreed(text="Visit", owner_name="Nobody Known", due_at=now),
    ]
    assert "took part" in refused(people, request, now, "agreed-1-owner_name", agreed=agreed)
    agreed[1] = Agreed(text="Visit", owner=people.sam, due_at=minutes_ago(30, now))
    refused(people, request, now, "agreed-1-due_at", agreed=agreed)


def test_an_action_of_the_night_may_be_due_before_it_is_typed(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    due = minutes_ago(5, now)
    told = as_told(people, request, at=now, agreed=[Agreed(text="Ring", owner=people.sam, due_at=due)])
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert Deadline.objects.get(duty="action").due_at == due
    assert held.minutes.actions.get().owner.user == people.sam


def test_without_quorum_the_reason_is_asked_and_convene_runs_on(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    alone = [one for one in as_told(people, request, at=now).present if one.chosen.name == "Paul Pike"]
    sentence = refused(people, request, now, "no_quorum_reason", present=alone)
    assert "health" in sentence
    told = as_told(people, request, at=now, present=alone, no_quorum_reason="Nobody of health answered.")
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert (held.no_quorum_reason, held.quorate_at) == ("Nobody of health answered.", None)
    assert Deadline.objects.get(duty="convene").state == "running"


def joined(people: Cast, request: StrategyRequest, now: datetime, **later: int) -> list[TookPart]:
    """Who took part, some of them only from so many minutes ago on."""
    found = as_told(people, request, at=now).present
    return [
        replace(one, joined_at=minutes_ago(later[one.chosen.name.split()[0]], now))
        if one.chosen.name.split()[0] in later
        else one
        for one in found
    ]


def test_who_joined_later_completes_quorum_when_they_did(people: Cast, now: datetime) -> None:
    """Health was rung in a quarter of an hour ago: convene is met then, and no reason is asked."""
    request = a_draft(people, now)
    told = as_told(people, request, at=now, present=joined(people, request, now, Hetty=15, Dan=30))
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert (held.started_at, held.quorate_at) == (minutes_ago(35, now), minutes_ago(15, now))
    arrived = dict(held.attendance.values_list("name", "arrived_at"))
    assert (arrived["Hetty Hall"], arrived["Dan Dale"], arrived["Paul Pike"]) == (
        minutes_ago(15, now),
        minutes_ago(30, now),
        minutes_ago(35, now),
    )
    assert Deadline.objects.get(duty="convene").met_at == minutes_ago(15, now)


def test_who_joined_later_without_quorum_needs_the_reason(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    few = [one for one in joined(people, request, now, Paul=20) if one.chosen.name == "Paul Pike"]
    assert "never complete" in refused(people, request, now, "no_quorum_reason", present=few)


@pytest.mark.parametrize("minutes", [40, 5, -5])
def test_nobody_joins_outside_of_it(people: Cast, now: datetime, minutes: int) -> None:
    request = a_draft(people, now)
    refused(people, request, now, "typed-1-joined_at", present=joined(people, request, now, Hetty=minutes))


def test_a_series_of_calls_is_entered_where_the_procedure_knows_them(people: Cast, now: datetime) -> None:
    request = a_draft_request(
        people,
        at=now,
        circumstances=(CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT,),
        protocol="centre-for-professional-practice",
    )
    decide_protection_now(request, people, now)
    calls = {"format": "series_of_calls"}
    late = [
        replace(
            one, joined_at=minutes_ago(34 - place, now), until_at=minutes_ago(20, now), said="What they know"
        )
        for place, one in enumerate(as_told(people, request, at=now).present)
    ]
    told = as_told(people, request, at=now, held=calls, asked=calls | {"agencies_plan": False}, present=late)
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert (held.format, held.request.format_wanted) == ("series_of_calls", "series_of_calls")
    assert [one.whom.split(",")[0] for one in held.calls.all()] == [one.chosen.name for one in late]


def test_a_meeting_held_on_a_ward_is_entered_too(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    there = {"format": "face_to_face", "hub": "Ward 3", "facilitator": ""}
    told = as_told(people, request, at=now, held=there, asked={"format": "face_to_face", "urgent_reason": ""})
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert (held.format, held.hub) == ("face_to_face", "Ward 3")
    assert set(held.attendance.values_list("mode", flat=True)) == {"present"}


def test_a_format_that_the_procedure_does_not_know_is_refused_at_its_field(
    people: Cast, now: datetime
) -> None:
    request = a_draft(people, now)
    calls = {"format": "series_of_calls"}
    refused(people, request, now, "format", held=calls, asked=calls)


def test_a_manager_may_say_so_while_it_is_held(people: Cast, now: datetime) -> None:
    """Rung in the middle: the request counts as asked when it began."""
    request = a_draft(people, now)
    told = as_told(people, request, at=now, verbal={"said_at": minutes_ago(20, now)})
    held = enter_discussion_held(request, told, by=people.sam, at=now)
    assert (held.request.authorisation.at, held.request.submitted_at) == (
        minutes_ago(20, now),
        minutes_ago(35, now),
    )


def test_all_mistakes_in_times_are_known_at_once(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    told = as_told(
        people,
        request,
        at=now,
        held={"started_at": minutes_ago(90, now), "ended_at": minutes_ago(-5, now)},
        verbal={"said_at": minutes_ago(100, now)},
        present=joined(people, request, now, Paul=95),
        agreed=[Agreed(text="Ring", owner=people.sam, due_at=minutes_ago(30, now))],
    )
    assert sorted(problems(request, told, by=people.sam, at=now)) == [
        "agreed-0-due_at",
        "ended_at",
        "said_at",
        "started_at",
        "typed-0-joined_at",
    ]


def test_the_case_is_locked_before_the_request(people: Cast, now: datetime) -> None:
    """The lock order of the house: two who enter on one case wait for each other, and neither dies."""
    request = a_draft(people, now)
    with CaptureQueriesContext(connection) as done:
        enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    locks = [one["sql"] for one in done if "FOR NO KEY UPDATE" in one["sql"]]
    tables = [sql.partition('FROM "')[2].partition('"')[0] for sql in locks]
    assert tables.index("cases_case") < tables.index("strategy_strategyrequest")


def test_who_is_typed_joins_the_directory_once(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    assert Professional.objects.filter(name="Dan Dale").count() == 1


def test_what_was_not_read_back_stands_with_its_reason(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    held = {"was_read_back": False, "not_read_back": "The line went dead."}
    held_already = enter_discussion_held(
        request, as_told(people, request, at=now, held=held), by=people.sam, at=now
    )
    assert content_of(held_already.minutes)["discussion"]["not_read_back"] == "The line went dead."


def test_protection_that_must_be_decided_first_is_asked_for(people: Cast, now: datetime) -> None:
    request = a_draft_request(people, at=now)
    assert "protection decision" in refused(people, request, now, None)
    decide_protection_now(request, people, now)
    enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    assert Deadline.objects.get(duty="immediate_protection_decision").met_at == minutes_ago(36, now)


def test_only_those_who_ask_and_only_before_it_is_booked(people: Cast, now: datetime) -> None:
    request = a_draft(people, now)
    told = as_told(people, request, at=now)
    for somebody in (people.bea, people.olga, people.ira):
        with pytest.raises(NotAllowed):
            enter_discussion_held(request, told, by=somebody, at=now)
    enter_discussion_held(request, told, by=people.sam, at=now)
    request.refresh_from_db()
    with pytest.raises(MoveNotAllowed):
        enter_discussion_held(request, told, by=people.sam, at=now)


def test_its_record_goes_on_as_any(people: Cast, now: datetime) -> None:
    """It is agreed, with its action log frozen for signing, and goes to the chair."""
    request = a_draft(people, now)
    held = enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    minutes = Minutes.objects.get(discussion=held)
    assert (minutes.status, minutes.action_logs.count()) == ("agreed", 1)
    versions.finish(minutes, by=people.sam, at=now)
    minutes.refresh_from_db()
    assert minutes.status == "with_chair"
