"""A child who waits for a decision (row G03), and what a manager sets aside (rows W14, C05)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Child
from deadlines.models import Deadline
from deadlines.rules import by_limit
from deadlines.working_days import england
from minutes.models import Minutes
from minutes.services import decisions, hold
from protocols.rules.limits import parse_limit
from strategy import services
from strategy.clocks import keep_clocks
from strategy.models import Decision, Discussion, LaterDecision
from strategy.rules.powers import PowerFacts
from tests.builders.meeting import a_full_record, a_held_discussion, a_threshold
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
# The last two o'clock in the afternoon: an hour before is the same day, whenever this runs.
NOW = (timezone.localtime() - timedelta(hours=14)).replace(hour=14, minute=0, second=0, microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID: dict[str, Any] = {"outcome": "section_17", "rationale": "Carol accepts help, and Jack is safe."}


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def put_off(people: Cast, *, to: Any = None, **facts: Any) -> tuple[Discussion, Child]:
    """A discussion in which the second child's decision was deferred, to the week after."""
    minutes = a_full_record(people, at=NOW, **facts)
    jack = minutes.discussion.request.children.order_by("pk").last()
    assert jack is not None
    day = to or timezone.localdate(NOW) + 7 * DAY
    decisions.decide(minutes, jack, a_threshold("deferred", deferred_to=day), by=people.mo, at=NOW)
    return hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True).discussion, jack


def clocks() -> list[Deadline]:
    """Those of children who wait."""
    return list(Deadline.objects.filter(duty="child_undecided").order_by("pk"))


def limit_of(answer_for: str = "working_days(1)") -> Any:
    """When the limit ends that begins with the end of the discussion."""
    return by_limit("convene", parse_limit(answer_for), NOW, "", "", england()).due_at  # type: ignore[arg-type]


def test_a_deferred_child_s_clock_runs_from_the_end_of_the_first_discussion(people: Cast) -> None:
    """The procedure's limit, though the discussion deferred it for longer; the chair's turn."""
    discussion, jack = put_off(people)
    (clock,) = clocks()
    assert (clock.subject, clock.starts_at, clock.due_at) == (f"child:{jack.pk}", NOW, limit_of())
    assert (clock.state, clock.owner, "was deferred to" in clock.because) == ("running", people.mo, True)
    assert discussion.ended_at == NOW


def test_a_child_who_was_decided_for_has_none(people: Cast) -> None:
    """Nor while the discussion is still held."""
    a_full_record(people, at=NOW)
    assert clocks() == []
    a_held_discussion(people, at=NOW - 3 * HOUR)
    assert clocks() == []


def test_a_sooner_day_than_the_limit_s_comes_first(people: Cast) -> None:
    """Deferred to today: its clock ends today."""
    put_off(people, to=timezone.localdate(NOW))
    (clock,) = clocks()
    assert clock.due_at is not None
    assert timezone.localdate(clock.due_at) == timezone.localdate(NOW)


def test_a_later_decision_meets_it_when_it_was_made(people: Cast) -> None:
    """The minutes and the discussion's own decision stay as they were; a second is told who was quicker."""
    discussion, jack = put_off(people)
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    services.decide_later(deferred, **SAID, decided_at=NOW + HOUR, by=people.mo, at=NOW + 2 * HOUR)
    (clock,) = clocks()
    deferred.refresh_from_db()
    assert (clock.state, clock.met_at, deferred.outcome) == ("met", NOW + HOUR, "deferred")
    assert Entry.objects.get(event="decision.later").occurred_at == NOW + HOUR
    with pytest.raises(MoveNotAllowed, match="Mo Mensah has decided"):
        services.decide_later(deferred, **SAID, decided_at=NOW + HOUR, by=people.ada, at=NOW + 2 * HOUR)
    keep_clocks(discussion.request.referral, by=None, at=NOW + 3 * HOUR)
    assert len(clocks()) == 1  # what was met is not opened again


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outcome": "section_47_joint"}, "outcome"),
        ({"outcome": "deferred"}, "outcome"),
        ({"rationale": " "}, "rationale"),
        ({"decided_at": NOW + 9 * HOUR}, "decided_at"),
        ({"decided_at": NOW - HOUR}, "decided_at"),
    ],
)
def test_what_cannot_be_decided_later(people: Cast, more: dict[str, Any], field: str) -> None:
    """Section 47 enquiries begin with a discussion, and a decision is not put off for ever."""
    discussion, jack = put_off(people)
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    said = {**SAID, "decided_at": NOW + HOUR, **more}
    with pytest.raises(Refused) as refusal:
        services.decide_later(deferred, **said, by=people.mo, at=NOW + 2 * HOUR)
    assert (refusal.value.field, LaterDecision.objects.count()) == (field, 0)
    assert clocks()[0].state == "running"


def test_under_an_emergency_power_a_later_decision_says_why_too(people: Cast) -> None:
    """As in the discussion itself."""
    discussion, jack = put_off(people)
    facts = PowerFacts(kind="police_protection", started_at=NOW, authority="Inspector Ingham", told="Carol")
    services.record_power(jack, facts, by=people.sam, at=NOW)
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    with pytest.raises(Refused, match="Police protection is in force for Jack Fenwick") as refusal:
        services.decide_later(deferred, **SAID, decided_at=NOW + HOUR, by=people.mo, at=NOW + 2 * HOUR)
    assert refusal.value.field == "legal_reason"
    why = "Counsel advised that the threshold is not met."
    services.decide_later(
        deferred, **SAID, legal_reason=why, decided_at=NOW + HOUR, by=people.mo, at=NOW + 2 * HOUR
    )
    assert clocks()[0].state == "met"


def test_who_decides_later(people: Cast) -> None:
    """Whoever chaired, and managers who may see the case."""
    discussion, jack = put_off(people)
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    may = set()
    for name, user in people.everyone.items():
        try:
            services.decide_later(deferred, outcome="", rationale="", decided_at=NOW, by=user, at=NOW + HOUR)
        except NotAllowed:
            continue
        except Refused:
            may.add(name)
    assert may == {"mo", "ada", "asha", "hal"}


def test_in_the_room_a_power_in_force_asks_for_legal_advice(people: Cast) -> None:
    """C20: of the child whose power it is, whether or not the circumstance is ticked; s47 needs none."""
    minutes: Minutes = a_full_record(people, at=NOW, circumstances=())
    children = list(minutes.discussion.request.children.order_by("pk"))
    facts = PowerFacts(
        kind="police_protection", started_at=NOW - HOUR, authority="Inspector Ingham", told="Carol"
    )
    services.record_power(children[0], facts, by=people.sam, at=NOW)
    referral, ticked = minutes.discussion.request.referral, "emergency_action"
    services.take_back_circumstance(referral, ticked, by=people.mo, at=NOW, reason="Ticked twice")
    with pytest.raises(Refused, match="Police protection is in force for Ruby Fenwick until") as refusal:
        decisions.decide(minutes, children[0], a_threshold("section_17"), by=people.mo, at=NOW)
    assert refusal.value.field == "legal_reason"
    decisions.decide(minutes, children[1], a_threshold("section_17"), by=people.mo, at=NOW)
    decisions.decide(minutes, children[0], a_threshold(), by=people.mo, at=NOW)


def test_in_the_room_an_action_by_the_power_s_end_is_one_press_away(people: Cast) -> None:
    """C26: the child and the moment are filled in; a power of another family fills in nothing."""
    minutes: Minutes = a_full_record(people, at=NOW)
    child = minutes.discussion.request.children.order_by("pk")[0]
    facts = PowerFacts(
        kind="police_protection", started_at=NOW - HOUR, authority="Inspector Ingham", told="Carol"
    )
    power = services.record_power(child, facts, by=people.sam, at=NOW)
    client = Client()
    client.force_login(people.mo)
    decide = reverse("minutes:decide", args=[minutes.discussion_id, child.pk])
    add = reverse("minutes:add_action", args=[minutes.discussion_id]) + f"?power={power.pk}"
    assert add in client.get(decide).content.decode()
    form = client.get(add).context["form"]
    assert (form.initial["child"], form.initial["due_at"]) == (child.pk, power.expires_at)
    elsewhere = a_full_record(people, at=NOW - 3 * HOUR)
    other = reverse("minutes:add_action", args=[elsewhere.discussion_id]) + f"?power={power.pk}"
    assert "child" not in client.get(other).context["form"].initial


def spoken(people: Cast) -> Deadline:
    """The follow-up's clock after a telephone conference."""
    discussion = a_held_discussion(people, at=NOW)
    Discussion.objects.filter(pk=discussion.pk).update(format="telephone_conference")
    keep_clocks(discussion.request.referral, by=people.mo, at=NOW)
    return Deadline.objects.get(duty="follow_up_meeting")


def test_a_manager_sets_the_follow_up_aside_with_a_reason(people: Cast) -> None:
    """W14, C05: audited, shown on the case, and it stays set aside whatever happens next."""
    clock = spoken(people)
    why = "The family has moved to another authority, which meets there."
    services.decide_clock_not_needed(clock, reason=why, by=people.mo, at=NOW)
    clock.refresh_from_db()
    assert (clock.state, clock.voided_at, clock.void_reason) == ("void", NOW, why)
    entry = Entry.objects.get(event="clock.not_needed")
    assert (entry.by_name, entry.data["reason"]) == ("Mo Mensah", why)
    discussion = Discussion.objects.get()
    keep_clocks(discussion.request.referral, by=people.mo, at=NOW)
    assert Deadline.objects.filter(duty="follow_up_meeting").count() == 1
    client = Client()
    client.force_login(people.sam)
    assert why in client.get(reverse("worklist:case", args=[discussion.case.reference])).content.decode()
    with pytest.raises(MoveNotAllowed, match="somebody was quicker"):
        services.decide_clock_not_needed(clock, reason=why, by=people.ada, at=NOW)


def test_only_a_manager_with_a_reason_and_only_what_may_be(people: Cast) -> None:
    """The worker is refused, the empty reason too, and minutes are always circulated."""
    clock = spoken(people)
    for nobody in (people.sam, people.bea, people.otto, people.ira):
        with pytest.raises(NotAllowed):
            services.decide_clock_not_needed(clock, reason="No", by=nobody, at=NOW)
    with pytest.raises(Refused) as refusal:
        services.decide_clock_not_needed(clock, reason="  ", by=people.mo, at=NOW)
    assert refusal.value.field == "reason"
    with pytest.raises(MoveNotAllowed, match="cannot be set aside"):
        services.decide_clock_not_needed(
            Deadline.objects.get(duty="circulate_minutes"), reason="No", by=people.mo, at=NOW
        )
    clock.refresh_from_db()
    assert clock.state == "running"


def test_the_pages(people: Cast) -> None:
    """The manager is led there from the case; the social worker reads why not."""
    clock = spoken(people)
    page = reverse("strategy:clock_not_needed", args=[clock.pk])
    mo, sam = Client(), Client()
    mo.force_login(people.mo)
    sam.force_login(people.sam)
    case = reverse("worklist:case", args=[clock.case.reference])
    assert page in mo.get(case).content.decode()
    assert page not in sam.get(case).content.decode()
    assert sam.get(page).status_code == 403
    assert "Why is a follow-up meeting not appropriate?" in mo.get(page).content.decode()
    assert mo.post(page, {"reason": ""}).status_code == 422
    assert mo.post(page, {"reason": "They moved away."}).status_code == 302
    clock.refresh_from_db()
    assert clock.state == "void"


def test_the_page_of_a_later_decision(people: Cast) -> None:
    """The worklist leads the chair there, and the case shows what was decided."""
    discussion, jack = put_off(people)
    client = Client()
    client.force_login(people.mo)
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    page = reverse("strategy:decide_later", args=[deferred.pk])
    there = client.get(reverse("worklist:go", args=[f"child:{jack.pk}"]), {"duty": "child_undecided"})
    assert there.headers["Location"] == page
    assert client.get(page).status_code == 200
    said = client.post(page, SAID | {"decided_at": timezone.now().isoformat()})
    assert said.status_code == 302
    tab = client.get(reverse("worklist:discussions", args=[discussion.case.reference])).content.decode()
    assert "Decided later" in tab and "Section 17" in tab
