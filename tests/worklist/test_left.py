"""Children whom nothing moves on, with their siblings, before anybody asks (row G03)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Child
from deadlines.models import Deadline
from minutes.enums import ActionStatus
from minutes.models import Action
from strategy.enums import Outcome
from strategy.models import Decision, Discussion, Enquiry, LaterDecision
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast
from tests.worklist.test_desk import page, signed_in
from worklist.drift import families_left, left_of

pytestmark = pytest.mark.django_db


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_held_discussion(people)


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    return world[0]


@pytest.fixture
def held(world: tuple[Cast, Discussion]) -> Discussion:
    return world[1]


def why(people: Cast, **later: Any) -> dict[str, tuple[str, ...]]:
    found = families_left(people.mo, timezone.now() + timedelta(**later))
    return {row.name: row.why for family in found for row in family.rows}


def decide(held: Discussion, **facts: Any) -> None:
    Decision.objects.filter(discussion=held).update(**facts)


def test_whoever_has_a_decision_and_a_next_step_is_not_left(people: Cast, held: Discussion) -> None:
    assert families_left(people.mo, timezone.now()) == []
    assert "whom nothing moves on</a>" not in page(people.mo, "worklist:home")


def test_discussed_and_nothing_decided(people: Cast, held: Discussion) -> None:
    ruby = held.request.children.order_by("pk")[0]
    Decision.objects.filter(child=ruby).delete()
    told = why(people)
    assert [reason.startswith("Discussed on ") for reason in told[ruby.name]] == [True]
    assert [name for name, reasons in told.items() if not reasons] == [
        one.name for one in held.request.children.exclude(pk=ruby.pk)
    ]
    assert "1 child whom nothing moves on</a>" in page(people.mo, "worklist:home")
    assert ruby.name in page(people.mo, "worklist:left")


def test_a_sibling_of_whom_nobody_spoke(people: Cast, held: Discussion) -> None:
    tom = Child.objects.create(
        case=held.case, given_names="Tom", family_name="Fenwick", date_of_birth=date(2020, 1, 1)
    )
    others = [one.name for one in held.request.children.order_by("date_of_birth")]
    [reason] = why(people)[tom.name]
    assert reason.startswith("Not discussed, as ") and all(name in reason for name in others)


def test_a_decision_put_off_beyond_its_day(people: Cast, held: Discussion) -> None:
    decide(held, outcome=Outcome.DEFERRED, deferred_to=timezone.localdate() + timedelta(days=2))
    assert why(people, days=2) == {}
    assert {reason[:21] for reasons in why(people, days=3).values() for reason in reasons} == {
        "Was to be decided by "
    }


def test_a_child_decided_later_is_left_no_more(people: Cast, held: Discussion) -> None:
    decide(held, outcome=Outcome.DEFERRED, deferred_to=timezone.localdate() - timedelta(days=1))
    assert len(why(people)) == held.request.children.count()
    for put_off in Decision.objects.filter(discussion=held):
        LaterDecision.objects.create(
            decision=put_off, outcome=Outcome.NONE, rationale="Safe.", at=timezone.now(), by=people.mo
        )
    assert why(people) == {}


def test_more_time_from_the_chair_counts(people: Cast, held: Discussion) -> None:
    Action.objects.update(due_at=timezone.now() - timedelta(days=9))
    assert why(people) != {}
    Action.objects.update(extended_to=timezone.now() + timedelta(days=2))
    assert why(people) == {}


def without_steps(*duties: str) -> None:
    """Nothing is left to do, and these clocks are set aside."""
    Action.objects.update(status=ActionStatus.STRUCK, struck_reason="Said twice")
    clocks = Deadline.objects.filter(duty__in=duties)
    clocks.update(state="void", voided_at=timezone.now(), void_reason="Not needed")


@pytest.mark.parametrize(("outcome", "is_left"), [(Outcome.OTHER, True), (Outcome.NONE, False)])
def test_no_next_step(people: Cast, held: Discussion, outcome: Outcome, is_left: bool) -> None:
    decide(held, outcome=outcome)
    without_steps("assessment", "icpc")
    told = {reason.partition(" since ")[0] for reasons in why(people).values() for reason in reasons}
    assert told == ({"No next step"} if is_left else set())


def test_a_conference_to_come_is_a_step_of_its_own_child(people: Cast, held: Discussion) -> None:
    without_steps("assessment")
    first, second = held.request.children.order_by("pk")  # section 47, and section 17
    assert {name for name, reasons in why(people).items() if reasons} == {second.name}
    Enquiry.objects.filter(child=first).update(closed_at=timezone.now(), closed_by=people.mo)
    assert {name for name, reasons in why(people).items() if reasons} == {first.name, second.name}


def test_an_action_that_nobody_does(people: Cast, held: Discussion) -> None:
    action = Action.objects.order_by("due_at")[0]
    late = action.due_at + timedelta(days=7) - timezone.now()
    assert why(people, seconds=late.total_seconds() - 1) == {}
    reasons = why(people, seconds=late.total_seconds() + 1)
    assert any(action.text in reason for found in reasons.values() for reason in found)
    Action.objects.filter(pk=action.pk).update(status=ActionStatus.BLOCKED, blocked_reason="No answer")
    assert any("An action is blocked" in found for found in why(people).values())


def test_whose_children_one_is_told_of(people: Cast, held: Discussion) -> None:
    Decision.objects.all().delete()
    now = timezone.now()
    told = [len(families_left(one, now)) for one in (people.mo, people.hal, people.otto)]
    assert told == [1, 1, 0]
    number = left_of(people.hal, now).count()
    assert f"{number} child{'ren' if number > 1 else ''} whom nothing moves on" in page(
        people.hal, "worklist:home"
    )
    assert signed_in(people.sam).get("/team/left/").status_code == 403


def test_a_head_of_service_is_told_of_the_whole_service_beyond_the_first_page(
    people: Cast, held: Discussion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number counts everybody, however many are shown; a count is one statement."""
    Decision.objects.all().delete()
    monkeypatch.setattr("worklist.drift.MOST", 1)
    told = page(people.hal, "worklist:left")
    number = held.request.children.count()
    assert f"{number} children in the whole service. The 1 who were left longest are shown." in told
    with CaptureQueriesContext(connection) as asked:
        assert left_of(people.hal, timezone.now()).count() == number
    assert len(asked) == 1
