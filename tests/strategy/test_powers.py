"""Emergency powers (rows C20, C26): their ends are watched, by law or by the order's own words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Child
from deadlines.models import Deadline, Notice
from deadlines.services import sweep
from strategy import services
from strategy.clocks import POWER_ENDS
from strategy.models import EmergencyPower, StrategyRequest
from strategy.rules.powers import PowerFacts
from tests.builders.meeting import a_held_discussion
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def request_(people: Cast) -> StrategyRequest:
    """A routine request about two siblings."""
    return a_submitted_request(people, at=NOW, circumstances=())


def ruby(request: StrategyRequest) -> Child:
    """The first child."""
    found = request.children.order_by("pk").first()
    assert found is not None
    return found


def told(kind: str = "police_protection", **more: Any) -> PowerFacts:
    """A power that began an hour ago; an order of five days."""
    facts: dict[str, Any] = {
        "kind": kind,
        "started_at": NOW - HOUR,
        "expires_at": NOW + 5 * DAY if kind == "emergency_protection_order" else None,
        "authority": "Inspector Iris Ingham, Northshire Police",
        "told": "Carol Fenwick at 11:15am; the emergency duty team at once",
    }
    return PowerFacts(**facts | more)


def clock_of(power: EmergencyPower) -> Deadline:
    """The power's."""
    return Deadline.objects.get(subject=f"child:{power.child_id}", duty=power.kind)


def test_police_protection_ends_by_law_after_seventy_two_hours(
    people: Cast, request_: StrategyRequest
) -> None:
    """Elapsed hours from when it began, not from when it was typed; whatever end is told is not asked."""
    power = services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    clock = clock_of(power)
    ends = NOW - HOUR + timedelta(hours=72)
    assert (power.expires_at, clock.starts_at, clock.due_at) == (ends, NOW - HOUR, ends)
    assert (clock.verb, clock.owner, clock.state) == (
        "Act before police protection ends",
        people.sam,
        "running",
    )
    assert "Children Act 1989, section 46" in clock.source
    assert Entry.objects.get(event="power.recorded").occurred_at == NOW - HOUR


def test_an_order_ends_at_its_own_end_and_is_extended_once(people: Cast, request_: StrategyRequest) -> None:
    """Eight days at most, fifteen in all."""
    order = services.record_power(ruby(request_), told("emergency_protection_order"), by=people.sam, at=NOW)
    assert (clock_of(order).due_at, clock_of(order).because) == (
        NOW + 5 * DAY,
        "The emergency protection order ends by Saturday 28 November 2026 at midday.",
    )
    for end, says in ((NOW + 4 * DAY, "no later than"), (NOW - HOUR + 15 * DAY + HOUR, "at most 15 days")):
        with pytest.raises(Refused, match=says) as refusal:
            services.extend_power(order, expires_at=end, by=people.sam, at=NOW)
        assert refusal.value.field == "expires_at"
    services.extend_power(order, expires_at=NOW + 12 * DAY, by=people.sam, at=NOW)
    assert clock_of(order).due_at == NOW + 12 * DAY
    with pytest.raises(MoveNotAllowed, match="Sam Shah has recorded the extension"):
        services.extend_power(order, expires_at=NOW + 13 * DAY, by=people.sam, at=NOW)
    police = services.record_power(
        request_.children.order_by("pk").last() or ruby(request_), told(), by=people.sam, at=NOW
    )
    with pytest.raises(MoveNotAllowed, match="cannot be extended"):
        services.extend_power(police, expires_at=NOW + 5 * DAY, by=people.sam, at=NOW)


def test_eight_days_are_counted_on_the_wall_s_clock(people: Cast) -> None:
    """Over the end of summer time an order to the same hour is 193 hours long, and stands."""
    autumn = datetime(2026, 10, 20, 11, tzinfo=UTC)  # midday in summer time
    request = a_draft_request(people, at=autumn + HOUR, circumstances=())
    facts = told(
        "emergency_protection_order", started_at=autumn, expires_at=datetime(2026, 10, 28, 12, tzinfo=UTC)
    )
    services.record_power(ruby(request), facts, by=people.sam, at=autumn + HOUR)
    assert EmergencyPower.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (told("arrest"), "kind"),
        (told(authority=" "), "authority"),
        (told(told=""), "told"),
        (told(started_at=NOW + 5 * HOUR), "started_at"),
        (told(started_at=NOW - 9 * DAY), "started_at"),  # had run out before the family was referred
        (told("emergency_protection_order", expires_at=None), "expires_at"),
        (told("emergency_protection_order", expires_at=NOW - 2 * HOUR), "expires_at"),
        (told("emergency_protection_order", expires_at=NOW + 8 * DAY), "expires_at"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(
    people: Cast, request_: StrategyRequest, facts: PowerFacts, field: str
) -> None:
    """Nothing is kept and no clock starts."""
    with pytest.raises(Refused) as refusal:
        services.record_power(ruby(request_), facts, by=people.sam, at=NOW)
    assert refusal.value.field == field
    assert (EmergencyPower.objects.count(), Deadline.objects.filter(duty__in=POWER_ENDS).count()) == (0, 0)


def test_one_of_a_kind_at_a_time_and_only_by_those_who_may(people: Cast, request_: StrategyRequest) -> None:
    """The second is told who recorded the first; a stranger to the case is refused."""
    services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    with pytest.raises(MoveNotAllowed, match="Sam Shah has already recorded"):
        services.record_power(ruby(request_), told(), by=people.mo, at=NOW)
    for stranger in (people.olga, people.bea, people.ira, people.paul):
        with pytest.raises(NotAllowed):
            services.record_power(ruby(request_), told(), by=stranger, at=NOW)


@pytest.mark.parametrize(
    ("how", "at", "state", "met_at"),
    [
        ("returned", NOW, "met", NOW),
        ("ran_out", NOW + 80 * HOUR, "met", NOW + 71 * HOUR),
        ("another_order", NOW, "void", None),
        ("mistake", NOW, "void", None),
    ],
)
def test_its_end_stops_the_clock(
    people: Cast, request_: StrategyRequest, how: str, at: datetime, state: str, met_at: datetime | None
) -> None:
    """What ran out ended at its expiry, however late that is typed: the act is in time."""
    power = services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    ended = services.end_power(power, ended_how=how, ended_at=NOW, ended_note="Home", by=people.mo, at=at)
    clock = clock_of(power)
    assert (clock.state, clock.met_at, clock.owes_reason, ended.ended_by) == (state, met_at, False, people.mo)
    assert Entry.objects.filter(event="power.ended").count() == 1
    with pytest.raises(MoveNotAllowed, match="Mo Mensah has already recorded"):
        services.end_power(power, ended_how="returned", ended_at=NOW, by=people.sam, at=at)


@pytest.mark.parametrize(
    ("how", "more", "field"),
    [
        ("vanished", {"ended_at": NOW}, "ended_how"),
        ("returned", {}, "ended_at"),
        ("returned", {"ended_at": NOW - 2 * HOUR}, "ended_at"),
        ("returned", {"ended_at": NOW + 80 * HOUR}, "ended_at"),
        ("ran_out", {}, "ended_how"),
        ("mistake", {}, "ended_note"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    people: Cast, request_: StrategyRequest, how: str, more: dict[str, Any], field: str
) -> None:
    """Before it began, after its expiry, in the future, without its note."""
    power = services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    with pytest.raises(Refused) as refusal:
        services.end_power(power, ended_how=how, **more, by=people.sam, at=NOW)
    assert (refusal.value.field, clock_of(power).state) == (field, "running")


def test_an_order_takes_the_place_of_police_protection(people: Cast, request_: StrategyRequest) -> None:
    """The police's clock is void at once, the order's runs."""
    police = services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    order = services.record_power(
        ruby(request_), told("emergency_protection_order", started_at=NOW), by=people.sam, at=NOW
    )
    police.refresh_from_db()
    assert (police.ended_how, police.ended_at, clock_of(police).state) == ("another_order", NOW, "void")
    assert clock_of(police).void_reason == "Another order took its place"
    assert clock_of(order).state == "running"


def test_while_a_discussion_is_to_be_held_the_power_asks_for_it_today(
    people: Cast, request_: StrategyRequest
) -> None:
    """W35: the circumstance is ticked with the moment the power began, and the convene clock follows."""
    convene = Deadline.objects.get(duty="convene")
    assert convene.limit == "hours(24)"
    services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    circumstance = request_.referral.circumstances.get(kind="emergency_action")
    convene.refresh_from_db()
    assert circumstance.learned_at == NOW - HOUR
    assert (convene.limit, convene.due_at) == ("same_day", datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))


def test_a_power_after_the_discussion_makes_nothing_late_whatever_is_booked_to_follow(people: Cast) -> None:
    """The request is booked again for the meeting that follows a telephone discussion, which was held."""
    held = a_held_discussion(people)
    convene = Deadline.objects.get(duty="convene")
    StrategyRequest.objects.filter(pk=held.request_id).update(status="booked")
    assert held.started_at is not None
    facts = told(started_at=held.started_at - HOUR)
    services.record_power(ruby(held.request), facts, by=people.sam, at=timezone.now())
    assert not held.request.referral.circumstances.filter(kind="emergency_action").exists()
    assert Deadline.objects.get(duty="convene").due_at == convene.due_at


def test_the_sweep_tells_of_the_end_that_comes_and_of_one_that_passed(
    people: Cast, request_: StrategyRequest
) -> None:
    """At half, at a fifth, and once it ran out with nothing recorded; each once."""
    power = services.record_power(ruby(request_), told(), by=people.sam, at=NOW)
    for hours in (36, 36, 58, 72, 73):
        sweep(NOW - HOUR + hours * HOUR)
    kinds = Notice.objects.filter(deadline=clock_of(power)).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["half", "fifth", "breach"]


def test_the_pages_record_show_and_end_it(people: Cast, request_: StrategyRequest) -> None:
    """From the people's tab; a wrong form says so; the case leads to its end."""
    client = Client()
    client.force_login(people.sam)
    child = ruby(request_)
    record = reverse("strategy:record_power", args=[child.pk])
    assert record in client.get(reverse("worklist:people", args=[request_.case.reference])).content.decode()
    typed = {"kind": "police_protection", "authority": "Inspector Iris Ingham", "told": "Carol at 11am"}
    wrong = client.post(record, typed | {"started_at": "", "told": ""})
    assert (wrong.status_code, "Enter who was told" in wrong.content.decode()) == (422, True)
    begun = request_.referral.triggered_at.isoformat()
    assert client.post(record, typed | {"started_at": begun}).status_code == 302
    power = EmergencyPower.objects.get()
    end = reverse("strategy:end_power", args=[power.pk])
    so_far = client.get(record).content.decode()
    assert "Inspector Iris Ingham" in so_far and end in so_far
    there = client.get(reverse("worklist:go", args=[f"child:{child.pk}"]), {"duty": power.kind})
    assert there.headers["Location"] == end
    done = client.post(end, {"ended_how": "mistake", "ended_note": "It was Jack"})
    assert done.status_code == 302
    power.refresh_from_db()
    assert power.ended_how == "mistake"
    assert client.get(end).status_code == 403
