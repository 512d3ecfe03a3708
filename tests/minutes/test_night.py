"""A whole night in one transaction, and the morning after."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ROLES, Permission
from attendees.models import WantedProfessional
from attendees.services.booking import book_and_invite
from attendees.services.following_up import people_of
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from deadlines.services import sweep
from deadlines.working_days import england
from minutes.services.afterwards import enter_discussion_held
from minutes.services.night import TAKE_OVER, Call, hand_to_the_day, problems, take_over, write_down_night
from outbox.models import Letter
from strategy.enums import Status
from strategy.models import NightEntry, StrategyRequest
from strategy.permissions import refusal_to_write_nights
from strategy.rules.afterwards import morning_after, night_began
from strategy.services import Verbal, authorise
from tests.attendees.test_booking import wish
from tests.builders.night import WORDS, a_night, as_told, minutes_ago, to_come
from tests.builders.requests import a_draft_request
from tests.people import Cast, cast
from worklist.enums import Kind
from worklist.querysets import clocks_of
from worklist.services.holdings import Holdings, kind_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def now() -> datetime:
    """When it is typed."""
    return timezone.now()


def test_all_of_it_stands_at_its_real_times(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    request = entry.request
    discussion = request.discussions.get()
    assert (request.status, request.requester, request.case.team) == (Status.HELD, people.eve, people.team)
    assert request.referral.triggered_at == minutes_ago(60, now)
    call = request.urgent_calls.get()
    assert (call.callee, call.at, call.by) == ("Duty sergeant", minutes_ago(50, now), people.eve)
    assert request.protection_decisions.get().at == minutes_ago(45, now)
    word, given = request.words_given.get(), request.authorisation
    assert (word.manager, word.at, word.by) == (people.mo, minutes_ago(40, now), people.eve)
    assert (given.by, given.at) == (people.mo, minutes_ago(40, now))
    assert (discussion.started_at, discussion.quorate_at, discussion.ended_at) == (
        minutes_ago(35, now),
        minutes_ago(35, now),
        minutes_ago(10, now),
    )
    decided = discussion.decisions.order_by("child").values_list("child__given_names", "outcome")
    assert list(decided) == [("Ruby", "section_47_joint"), ("Jack", "section_17")]
    assert discussion.minutes.actions.get().owner.user == people.eve


def test_every_clock_is_as_the_engine_says(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    clocks = Deadline.objects.filter(case=entry.request.case)
    met = {one.duty: one.met_at for one in clocks.filter(state="met")}
    assert met == {
        "convene": minutes_ago(35, now),
        "immediate_protection_decision": minutes_ago(45, now),
        "authorise_request": minutes_ago(40, now),
    }
    running = clocks.filter(state="running").values_list("duty", flat=True)
    assert sorted(running) == [
        "action",
        "agree_record",
        "assessment",
        "child_seen",
        "child_seen",
        "circulate_minutes",
        "countersign_authorisation",
        "follow_up_meeting",
        "icpc",
        "take_over_from_the_night",
    ]


def test_nobody_is_asked_for_what_was_done(people: Cast, now: datetime) -> None:
    """But who took part agrees its record and signs."""
    write_down_night(a_night(people, at=now), by=people.eve, at=now)
    waiting = Letter.objects.exclude(status="cancelled").order_by("kind").values_list("kind", "to_email")
    (first, *others) = waiting
    assert first == ("countersign", people.mo.email)
    assert {kind for kind, _ in others} == {"record_to_agree"} and len(others) == len(set(others))


def test_nothing_is_written_of_a_night_with_a_mistake(people: Cast, now: datetime) -> None:
    night = a_night(people, at=now)
    late = Call(callee="Ward", called_at=minutes_ago(-30, now), result="Ring again.")
    before = Entry.objects.count()
    for field, wrong in (
        ("calls-1-called_at", replace(night, calls=[*night.calls, late])),
        ("narrative", replace(night, came_in=replace(night.came_in, narrative=" "))),
        (None, replace(night, protection=None)),
        (None, replace(night, about=())),
        (None, replace(night, seen=None)),
        ("ended_at", replace(night, told=replace(night.told, held=replace(
            night.told.held, ended_at=minutes_ago(36, now))))),
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            write_down_night(wrong, by=people.eve, at=now)
        assert (refusal.value.field, Case.objects.count(), Entry.objects.count()) == (field, 0, before)


def test_only_emergency_duty_writes_nights(people: Cast, now: datetime) -> None:
    night = a_night(people, at=now)
    for somebody in (people.sam, people.mo, people.bea, people.hal):
        with pytest.raises(NotAllowed):
            write_down_night(night, by=somebody, at=now)


def test_the_power_and_not_the_role_s_name_opens_the_night(
    people: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, night = ROLES["social_worker"], ROLES["emergency_duty"]
    power = {Permission.WRITE_NIGHTS}
    monkeypatch.setitem(ROLES, day.name, replace(day, permissions=day.permissions | power))
    monkeypatch.setitem(ROLES, night.name, replace(night, permissions=night.permissions - power))
    assert refusal_to_write_nights(people.sam, now) is None
    assert "social worker" in str(refusal_to_write_nights(people.eve, now))


def test_a_night_whose_discussion_is_still_to_come_waits_for_its_manager(people: Cast, now: datetime) -> None:
    """Trigger, call and decision are on record; nothing of a discussion is."""
    about = [(0, None), (1, None)]
    night = a_night(people, at=now, told=to_come(people), about=about)
    entry = write_down_night(night, by=people.eve, at=now)
    request = entry.request
    assert (request.status, request.submitted_at, request.format_wanted) == (
        Status.SUBMITTED,
        now,
        "telephone_conference",
    )
    assert (request.urgent_calls.count(), request.protection_decisions.count()) == (1, 1)
    assert (request.discussions.count(), request.children.count()) == (0, 2)
    named = WantedProfessional.objects.filter(request=request).values_list("professional__name", flat=True)
    assert sorted(named) == ["Dan Dale", "Hetty Hall", "Paul Pike"]
    clocks = Deadline.objects.filter(case=request.case)
    assert clocks.get(duty="convene").state == "running"
    assert clocks.get(duty="authorise_request").owner == people.mo
    assert clocks.get(duty="take_over_from_the_night").starts_at == now


def test_a_night_with_a_call_and_a_decision_alone_is_enough(people: Cast, now: datetime) -> None:
    """Nobody is named yet: it is asked for all the same, and the manager reads that."""
    told = replace(to_come(people), people=())
    entry = write_down_night(a_night(people, at=now, told=told, about=[(0, None)]), by=people.eve, at=now)
    request = entry.request
    assert (request.status, sorted(request.not_applicable)) == (Status.SUBMITTED, ["contacts", "numbers"])
    assert (request.urgent_calls.count(), request.protection_decisions.count()) == (1, 1)
    assert Deadline.objects.get(duty="take_over_from_the_night").state == "running"


def test_a_night_to_come_that_a_manager_has_authorised_goes_on_to_be_booked(
    people: Cast, now: datetime
) -> None:
    said = Verbal(manager=people.mo, said_at=minutes_ago(40, now), words=WORDS)
    night = a_night(people, at=now, told=to_come(people, verbal=said), about=[(0, None)])
    request = write_down_night(night, by=people.eve, at=now).request
    assert (request.status, request.submitted_at) == (Status.AUTHORISED, minutes_ago(40, now))
    assert Letter.objects.filter(kind="request_to_book", to_email=people.support.mailbox).exists()
    assert Deadline.objects.get(duty="countersign_authorisation").owner == people.mo


def test_who_takes_over_a_request_that_waits_for_them_still_authorises_it(
    people: Cast, now: datetime
) -> None:
    night = a_night(people, at=now, told=to_come(people), about=[(0, None)])
    entry = write_down_night(night, by=people.eve, at=now)
    take_over(entry, by=people.mo, at=now)
    assert authorise(entry.request, by=people.mo, at=now).status == Status.AUTHORISED


def test_all_mistakes_in_times_of_a_night_are_known_at_once(people: Cast, now: datetime) -> None:
    said = Verbal(manager=people.mo, said_at=minutes_ago(-5, now), words=WORDS)
    call = Call(callee="Ward", called_at=minutes_ago(-30, now), result="Ring again.")
    made = a_night(people, at=now).protection
    assert made is not None
    night = a_night(
        people,
        at=now,
        told=to_come(people, verbal=said),
        calls=[call],
        protection=replace(made, decided_at=minutes_ago(90, now)),
    )
    assert sorted(problems(night, at=now)) == ["calls-0-called_at", "decided_at", "said_at"]


def test_the_teams_social_workers_have_it_on_their_desk(people: Cast, now: datetime) -> None:
    write_down_night(a_night(people, at=now), by=people.eve, at=now)
    for somebody, listed in (
        (people.sam, 1),
        (people.ada, 1),
        (people.mo, 1),
        (people.olga, 0),
        (people.eve, 0),
    ):
        assert [one.duty for one in clocks_of(somebody)].count(TAKE_OVER) == listed, somebody


def test_a_managers_word_and_what_nobody_authorised_go_to_a_manager(people: Cast, now: datetime) -> None:
    """When Mo leaves, whoever takes over what Mo holds must be one who may authorise and chair."""
    write_down_night(a_night(people, at=now), by=people.eve, at=now)
    kinds = {one.duty: one.kind for one in Holdings(people.mo).items() if one.duty}
    assert kinds["countersign_authorisation"] == Kind.CHAIRS
    assert kind_of("decide_unauthorised", "") == Kind.CHAIRS


def test_who_works_by_day_and_by_night_takes_over_by_day(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    people.sam.roles = ["social_worker", "emergency_duty"]
    people.sam.save()
    assert take_over(entry, by=people.sam, at=now).taken_over_by == people.sam


def test_the_day_is_asked_to_take_over_by_nine(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    clock = Deadline.objects.get(duty="take_over_from_the_night")
    assert (clock.owner, clock.owner_team, clock.subject) == (None, people.team, entry.subject)
    assert (clock.starts_at, clock.due_at) == (
        minutes_ago(10, now),
        morning_after(minutes_ago(10, now), england()),
    )


def test_taken_over_by_name_and_time(people: Cast, now: datetime) -> None:
    """What waits for Eve waits for Sam; the record waits for business support; her own action stays hers."""
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    take_over(entry, by=people.sam, at=now)
    entry.refresh_from_db()
    assert (entry.taken_over_by, entry.taken_over_at) == (people.sam, now)
    assert Deadline.objects.get(duty="take_over_from_the_night").met_at == now
    owners = Deadline.objects.running().filter(case=entry.request.case).order_by("duty", "pk")
    assert [(one.duty, one.owner or one.owner_team) for one in owners] == [
        ("action", people.eve),
        ("agree_record", people.support),
        ("assessment", people.sam),
        ("child_seen", people.sam),
        ("child_seen", people.sam),
        ("circulate_minutes", people.support),
        ("countersign_authorisation", people.mo),
        ("follow_up_meeting", people.support),
        ("icpc", people.sam),
    ]
    with pytest.raises(MoveNotAllowed):
        take_over(entry, by=people.mo, at=now)


def test_who_takes_over_comes_to_the_meeting_that_is_booked(people: Cast, now: datetime) -> None:
    """Eve has gone home: Sam is invited in her place, her calendar is freed, and the page says so before."""
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    again = [one.professional for one in people_of(entry.request.discussions.get())]
    told = wish(people, now, start=now + timedelta(days=1), late_reason="", professionals=again)
    booked = book_and_invite(StrategyRequest.objects.get(pk=entry.request_id), **told)
    assert booked.invitations.filter(professional__user=people.eve, withdrawn_at=None).exists()
    client = Client()
    client.force_login(people.sam)
    page = client.get(reverse("minutes:take_over", args=[entry.pk])).content.decode()
    assert "Still to come" not in page and "is invited to it in the place of Eve Early" in page
    take_over(entry, by=people.sam, at=now)
    staff = ("Bea Bright", "Eve Early", "Mo Mensah", "Sam Shah")
    asked = booked.invitations.filter(professional__name__in=staff).order_by("professional__name")
    assert [(one.professional.name, one.withdrawn_at is None) for one in asked] == [
        ("Bea Bright", True), ("Eve Early", False), ("Mo Mensah", True), ("Sam Shah", True),
    ]  # fmt: skip


def test_only_somebody_of_the_day_who_may_see_the_case(people: Cast, now: datetime) -> None:
    entry = write_down_night(a_night(people, at=now), by=people.eve, at=now)
    for somebody in (people.eve, people.olga, people.bea, people.ira, people.stranger):
        with pytest.raises(NotAllowed):
            take_over(entry, by=somebody, at=now)


def test_nobody_by_nine_is_a_breach_that_is_told(people: Cast, now: datetime) -> None:
    write_down_night(a_night(people, at=now), by=people.eve, at=now)
    clock = Deadline.objects.get(duty="take_over_from_the_night")
    assert clock.due_at is not None
    sweep(now=clock.due_at + (clock.due_at - clock.starts_at))
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at
    assert clock.notices.filter(kind="breach").count() == 1


def test_emergency_duty_hands_over_what_it_entered_on_a_request_too(people: Cast, now: datetime) -> None:
    request = a_draft_request(people, at=now, circumstances=())
    held = enter_discussion_held(request, as_told(people, request, at=now), by=people.sam, at=now)
    assert not NightEntry.objects.exists()
    entry = hand_to_the_day(held.request, since=now, by=people.eve, at=now)
    assert hand_to_the_day(held.request, since=now, by=people.eve, at=now) == entry
    assert Deadline.objects.filter(duty="take_over_from_the_night").count() == 1


@pytest.mark.parametrize(
    ("moment", "morning", "evening"),
    [
        (datetime(2026, 11, 26, 2, 40, tzinfo=UTC), (11, 26), (11, 25)),
        (datetime(2026, 11, 26, 9, 0, tzinfo=UTC), (11, 27), (11, 25)),
        (datetime(2026, 11, 26, 22, 0, tzinfo=UTC), (11, 27), (11, 26)),
        (datetime(2026, 11, 26, 17, 0, tzinfo=UTC), (11, 27), (11, 26)),
        (datetime(2026, 11, 27, 22, 0, tzinfo=UTC), (11, 30), (11, 27)),  # Friday night
        (datetime(2026, 11, 28, 3, 0, tzinfo=UTC), (11, 30), (11, 27)),
        (datetime(2026, 11, 29, 18, 0, tzinfo=UTC), (11, 30), (11, 27)),
        (datetime(2026, 11, 30, 8, 59, tzinfo=UTC), (11, 30), (11, 27)),
        (
            datetime(2026, 12, 24, 20, 0, tzinfo=UTC),
            (12, 29),
            (12, 24),
        ),  # Christmas, its weekend, a bank holiday
    ],
)
def test_a_night_is_from_five_to_nine_of_the_next_working_day(
    moment: datetime, morning: tuple[int, int], evening: tuple[int, int]
) -> None:
    assert morning_after(moment, england()) == datetime(2026, *morning, 9, tzinfo=UTC)
    assert night_began(moment, england()) == datetime(2026, *evening, 17, tzinfo=UTC)


def test_in_summer_nine_is_eight_in_utc() -> None:
    assert morning_after(datetime(2026, 6, 1, 1, tzinfo=UTC), england()) == datetime(
        2026, 6, 1, 8, tzinfo=UTC
    )
