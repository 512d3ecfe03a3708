"""Facts in, stored clocks in line: what opens, moves, is met and is handed over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import Refused
from cases.rules import ChildFacts
from deadlines.models import Deadline
from outbox.models import Letter
from referrals.enums import CircumstanceKind as Kind
from referrals.models import Circumstance
from referrals.rules import CircumstanceFacts
from strategy import services
from strategy.clocks import keep_clocks
from strategy.models import Discussion, Enquiry, StrategyRequest
from tests.builders.requests import a_draft_request, a_referral, a_submitted_request, siblings
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_S_END = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def clocks(**about: Any) -> list[tuple[str, str, datetime | None, str]]:
    """Duty, state, due and limit of the clocks there are."""
    rows = Deadline.objects.filter(**about).order_by("duty", "pk")
    return [(one.duty, one.state, one.due_at, one.limit) for one in rows]


def convene(request: StrategyRequest) -> Deadline:
    """The latest convene clock."""
    return Deadline.objects.of(f"referral:{request.referral_id}", "convene").get()


def tell(request: StrategyRequest, kind: str, by: Any, reason: str = "", **facts: Any) -> None:
    """Tick a circumstance."""
    told = CircumstanceFacts(kind=kind, **facts)
    services.tell_circumstance(request.referral, told, by=by, at=NOW, reason=reason)


def test_a_referral_starts_its_clocks_before_anybody_asks(people: Cast) -> None:
    """Convene, each child seen, the assessment: from the moment of receipt."""
    a_referral(people, at=NOW)
    assert clocks() == [
        ("assessment", "running", datetime(2027, 1, 28, 23, 59, 59, tzinfo=UTC), "working_days(45)"),
        ("child_seen", "running", NOW + 23 * HOUR, "hours(24)"),
        ("child_seen", "running", NOW + 23 * HOUR, "hours(24)"),
        ("convene", "running", NOW + 23 * HOUR, "hours(24)"),
    ]


def test_an_unborn_child_is_not_to_be_seen(people: Cast) -> None:
    """A clock for each born child only."""
    unborn = ChildFacts(
        family_name="Fenwick", is_unborn=True, expected_date=timezone.localdate() + timedelta(60)
    )
    a_referral(people, at=NOW, children=[*siblings(1), unborn])
    assert len(clocks(duty="child_seen")) == 1


def test_a_serious_injury_makes_it_the_same_day_and_calls_the_decider(people: Cast) -> None:
    """The practice manager has the decision's clock, sees the case and is told once."""
    request = a_draft_request(people, circumstances=[], at=NOW)
    tell(request, Kind.SERIOUS_INJURY_OR_NEGLECT, people.sam)
    tell(request, Kind.IMMEDIATE_RISK, people.sam)
    assert (convene(request).due_at, convene(request).limit) == (DAY_S_END, "same_day")
    decision = Deadline.objects.get(duty="immediate_protection_decision")
    assert (decision.due_at, decision.owner) == (DAY_S_END, people.asha)
    assert [one.to_email for one in Letter.objects.filter(kind="protection_to_decide")] == [people.asha.email]


def test_taking_it_back_in_a_draft_lengthens_and_voids_the_decision(people: Cast) -> None:
    """Nothing was submitted: the requester may correct a slip."""
    request = a_draft_request(people, circumstances=[Kind.SERIOUS_INJURY_OR_NEGLECT], at=NOW)
    services.take_back_circumstance(request.referral, Kind.SERIOUS_INJURY_OR_NEGLECT, by=people.sam, at=NOW)
    assert convene(request).due_at == NOW + 23 * HOUR
    assert Deadline.objects.get(duty="immediate_protection_decision").state == "void"


def test_a_running_clock_is_lengthened_by_a_manager_s_reason_only(people: Cast) -> None:
    """After the submission: refused to the social worker, also with a reason; the circumstance stays."""
    request = a_submitted_request(people, circumstances=[Kind.SERIOUS_INJURY_OR_NEGLECT], at=NOW)
    for reason in ("", "It is only a bruise"):
        with pytest.raises(Refused) as refusal:
            services.take_back_circumstance(
                request.referral, Kind.SERIOUS_INJURY_OR_NEGLECT, by=people.sam, at=NOW, reason=reason
            )
        assert refusal.value.field == "reason"
    assert Circumstance.objects.count() == 1
    services.take_back_circumstance(
        request.referral,
        Kind.SERIOUS_INJURY_OR_NEGLECT,
        by=people.mo,
        at=NOW,
        reason="Seen by a paediatrician",
    )
    assert (convene(request).due_at, Circumstance.objects.count()) == (NOW + 23 * HOUR, 0)


def test_a_fact_learnt_later_shortens_by_itself(people: Cast) -> None:
    """Anybody who may ask may say so; the clock counts from when it was learnt."""
    request = a_submitted_request(people, circumstances=[], at=NOW)
    tell(
        request,
        Kind.IMMEDIATE_RISK,
        people.sam,
        learned_at=NOW - timedelta(minutes=5),
        learned_by="Sam, by phone",
    )
    assert (convene(request).due_at, convene(request).starts_at) == (DAY_S_END, NOW - timedelta(minutes=5))


def test_a_discharge_moves_it_either_way(people: Cast) -> None:
    """In hospital: the candidate is the planned discharge, and a changed one may be later."""
    request = a_submitted_request(people, circumstances=[], at=NOW)
    early, late = NOW + 2 * HOUR, NOW + 5 * HOUR
    tell(request, Kind.IN_HOSPITAL, people.sam, hospital="Northshire General", planned_discharge_at=early)
    assert convene(request).due_at == early
    tell(request, Kind.IN_HOSPITAL, people.sam, hospital="Northshire General", planned_discharge_at=late)
    assert convene(request).due_at == late


def test_quorum_in_a_discussion_meets_it(people: Cast) -> None:
    """At the moment of quorum; a discussion never quorate does not stop it."""
    request = a_submitted_request(people, at=NOW)
    held = a_discussion(request, people, quorate_at=None)
    keep_clocks(request.referral, by=people.mo, at=NOW)
    assert convene(request).state == "running"
    held.quorate_at = NOW + timedelta(minutes=7)
    held.save()
    keep_clocks(request.referral, by=people.mo, at=NOW)
    assert (convene(request).state, convene(request).met_at) == ("met", NOW + timedelta(minutes=7))


def test_the_end_opens_the_minutes_clock_once(people: Cast) -> None:
    """And nobody's later hand-over of it is undone."""
    request = a_submitted_request(people, at=NOW)
    held = a_discussion(request, people, ended_at=NOW + HOUR, ended_by=people.mo, quorate_at=NOW)
    keep_clocks(request.referral, by=people.mo, at=NOW)
    clock = Deadline.objects.get(subject=held.subject, duty="circulate_minutes")
    assert clock.due_at == datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    Deadline.objects.filter(pk=clock.pk).update(owner=people.mo, verb="Check and authorise")
    keep_clocks(request.referral, by=people.mo, at=NOW)
    clock.refresh_from_db()
    assert (clock.owner, clock.verb) == (people.mo, "Check and authorise")


def test_a_telephone_conference_opens_the_follow_up(people: Cast) -> None:
    """W14: five working days, business support's to book; a meeting that is quorate meets it."""
    request = a_submitted_request(people, at=NOW)
    spoken = a_discussion(
        request,
        people,
        format="telephone_conference",
        ended_at=NOW + HOUR,
        ended_by=people.mo,
        quorate_at=NOW,
    )
    keep_clocks(request.referral, by=people.mo, at=NOW)
    clock = Deadline.objects.get(duty="follow_up_meeting")
    assert (clock.subject, clock.owner_team, clock.due_at) == (
        spoken.subject,
        people.support,
        datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC),
    )
    later = NOW + timedelta(days=2)
    a_discussion(request, people, number=2, started_at=later, quorate_at=later)
    keep_clocks(request.referral, by=people.mo, at=later)
    clock.refresh_from_db()
    assert (clock.state, clock.met_at) == ("met", later)


def test_a_conference_clock_for_each_enquiry(people: Cast) -> None:
    """Fifteen working days from the start of the discussion at which it was initiated."""
    request = a_submitted_request(people, at=NOW)
    held = a_discussion(request, people, quorate_at=NOW)
    child = request.children.all()[0]
    enquiry = Enquiry.objects.create(
        child=child, discussion=held, kind="joint", started_at=NOW, lead=people.sam
    )
    keep_clocks(request.referral, by=people.mo, at=NOW)
    assert clocks(duty="icpc") == [
        ("icpc", "running", datetime(2026, 12, 14, 23, 59, 59, tzinfo=UTC), "working_days(15)")
    ]
    assert Deadline.objects.get(duty="icpc").subject == enquiry.subject


def test_keeping_them_again_changes_nothing(people: Cast) -> None:
    """Idempotent: no row and no entry more."""
    request = a_submitted_request(people, at=NOW)
    before = list(Deadline.objects.order_by("pk").values())
    keep_clocks(request.referral, by=people.sam, at=NOW + HOUR)
    assert list(Deadline.objects.order_by("pk").values()) == before


def test_correcting_when_it_came_in_moves_the_clocks(people: Cast) -> None:
    """Earlier by itself; later is a manager's."""
    request = a_submitted_request(people, circumstances=[], at=NOW)
    moments = {"received_at": None, "reason": "The call came earlier", "at": NOW}
    services.correct_moments(request.referral, triggered_at=NOW - 3 * HOUR, by=people.sam, **moments)
    assert convene(request).due_at == NOW + 21 * HOUR
    with pytest.raises(Refused):
        services.correct_moments(request.referral, triggered_at=NOW - HOUR, by=people.sam, **moments)
    services.correct_moments(request.referral, triggered_at=NOW - HOUR, by=people.mo, **moments)
    assert convene(request).due_at == NOW + 23 * HOUR


def a_discussion(request: StrategyRequest, people: Cast, **facts: Any) -> Discussion:
    """A discussion that started, without its booking."""
    start = facts.get("started_at", NOW)
    return Discussion.objects.create(
        **{
            "case": request.case,
            "request": request,
            "number": 1,
            "format": "virtual",
            "status": "started",
            "planned_start": start,
            "planned_end": start + HOUR,
            "started_at": start,
            "started_by": people.mo,
            **facts,
        }
    )
