"""What may happen to one stored clock, with its entry in the ledger."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Team, User
from audit.errors import MoveNotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from deadlines import services
from deadlines.duties import UnknownDutyError, register_duty
from deadlines.enums import Trigger
from deadlines.models import Deadline
from deadlines.rules import Answer, Facts, convene
from deadlines.working_days import england
from protocols.presets import preset
from protocols.rules.limits import hours, working_days
from tests.deadlines.conftest import START, after, answer

Opener = Callable[..., Deadline]


def events() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("event", flat=True))


def test_opening_keeps_the_answer_the_warnings_and_the_protocol(opened: Opener) -> None:
    clock = opened(hours(10), protocol=preset("wirral"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.limit, clock.verb) == (after(10), "hours(10)", "Hold")
    assert (clock.half_at, clock.fifth_at, clock.next_tell_at, clock.next_kind) == (
        after(5), after(8), after(5), "half",
    )  # fmt: skip
    assert (clock.protocol_slug, clock.protocol_version) == ("wirral", 1)
    assert events() == ["deadline.opened"]


def test_a_working_day_limit_has_a_target_and_a_last_morning(opened: Opener) -> None:
    clock = opened(working_days(1))
    assert clock.target_at and clock.target_at.isoformat() == "2026-11-24T17:00:00+00:00"
    assert clock.last_day_at and clock.last_day_at.isoformat() == "2026-11-24T09:00:00+00:00"


def test_opening_twice_gives_the_same_clock(opened: Opener) -> None:
    first = opened(subject="request:1")
    again = opened(subject="request:1")
    assert first.pk == again.pk
    assert events() == ["deadline.opened"]


def test_the_database_refuses_a_second_open_clock(opened: Opener, case: Case, worker: User) -> None:
    first = opened(subject="request:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Deadline.objects.create(
            case=case,
            subject="request:1",
            duty=first.duty,
            owner=worker,
            starts_at=START,
            due_at=START,
            because="x",
        )


def test_an_open_clock_has_an_owner(case: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        services.open_clock(case=case, subject="request:1", answer=answer(), by=None, at=START)


def test_a_name_nobody_registered_is_a_mistake_in_the_code(opened: Opener) -> None:
    with pytest.raises(UnknownDutyError):
        opened(duty="make_tea")
    register_duty("make_tea", "Make the tea", "Make")
    assert opened(duty="make_tea").verb == "Make"


def test_shortening_happens_by_itself_and_tells_anew(opened: Opener) -> None:
    clock = services.recompute(opened(), answer=answer(hours(4)), by=None, at=after(1))
    assert (clock.due_at, clock.next_tell_at) == (after(4), after(2))
    assert events() == ["deadline.opened", "deadline.moved"]


def test_the_same_answer_changes_nothing(opened: Opener) -> None:
    services.recompute(opened(), answer=answer(), by=None, at=after(1))
    assert events() == ["deadline.opened"]


def test_lengthening_needs_a_manager_with_a_reason(opened: Opener, worker: User) -> None:
    clock = opened()
    with pytest.raises(Refused) as refused:
        services.recompute(clock, answer=answer(hours(30)), by=worker, at=after(1))
    assert refused.value.field == "reason"
    assert refused.value.sentence == (
        "This would move the deadline from Tuesday 24 November 2026 at 9am to "
        "Tuesday 24 November 2026 at 3pm. "
        "Only a manager may do that, with a reason."
    )
    clock.refresh_from_db()
    assert clock.due_at == after(24)
    moved = services.recompute(
        clock, answer=answer(hours(30)), by=worker, at=after(1), manager_reason="The trigger was mistyped"
    )
    assert moved.due_at == after(30)
    assert Entry.objects.get(event="deadline.moved").data["reason"] == "The trigger was mistyped"


def test_a_provisional_clock_moves_to_the_request_by_itself(opened: Opener) -> None:
    """Halton counts from the request; while none is submitted the limit is counted from the trigger."""
    draft = Facts(Trigger.REFERRAL, START)
    sent = replace(draft, requested_at=after(30))
    clock = services.recompute(
        opened(), answer=convene(draft, preset("halton"), england()), by=None, at=START, may_lengthen=True
    )
    assert clock.is_provisional
    clock = services.recompute(
        clock, answer=convene(sent, preset("halton"), england()), by=None, at=after(30)
    )
    assert (clock.starts_at, clock.is_provisional) == (after(30), False)


def test_a_gate_is_no_longer_a_gate_when_the_event_is_planned(opened: Opener) -> None:
    gate = Answer("convene", START, None, "before(discharge)", "Wait.", "3.2", gate="Discharge not known")  # type: ignore[arg-type]
    clock = opened()
    with pytest.raises(Refused):
        services.recompute(clock, answer=gate, by=None, at=START)
    clock = services.recompute(clock, answer=gate, by=None, at=START, may_lengthen=True)
    assert (clock.due_at, clock.gate, clock.next_tell_at) == (None, "Discharge not known", None)
    assert services.recompute(clock, answer=answer(), by=None, at=START).due_at == after(24)


def test_met_in_time_and_met_late(opened: Opener, worker: User) -> None:
    in_time = services.meet(opened(), by=worker, at=after(24))
    assert (in_time.state, in_time.was_met_late, in_time.next_tell_at) == ("met", False, None)
    assert in_time.met_by_ref == f"user:{worker.pk}"
    late = services.meet(opened(), by=None, at=after(24) + timedelta(microseconds=1))
    assert (late.was_met_late, late.owes_reason, late.breached_at) == (True, True, after(24))
    with pytest.raises(MoveNotAllowed):
        services.meet(late, by=None, at=after(26))


def test_lateness_is_explained_by_reason_and_who_accepted(opened: Opener, worker: User) -> None:
    late = services.meet(opened(), by=None, at=after(30))
    for reason, accepted_by, field in (("", "A", "late_reason"), ("B", " ", "late_accepted_by")):
        with pytest.raises(Refused) as refused:
            services.explain_lateness(late, reason=reason, accepted_by=accepted_by, by=worker, at=after(31))
        assert refused.value.field == field
    told = services.explain_lateness(late, reason="Snow", accepted_by="Asha Patel", by=worker, at=after(31))
    assert not told.owes_reason
    with pytest.raises(MoveNotAllowed):
        services.explain_lateness(
            services.meet(opened(), by=None, at=after(1)), reason="x", accepted_by="y", by=None, at=after(2)
        )


def test_a_bounce_reopens_with_the_same_due_moment(opened: Opener) -> None:
    met = services.meet(opened(), by=None, at=after(20))
    again = services.reopen(met, reason="The police mailbox refused it", by=None, at=after(21))
    assert (again.state, again.due_at, again.met_at) == ("running", after(24), None)
    assert (again.next_tell_at, again.next_kind) == (after(19.2), "fifth")
    with pytest.raises(MoveNotAllowed):
        services.reopen(again, reason="x", by=None, at=after(22))


def test_voiding_needs_a_reason(opened: Opener) -> None:
    clock = opened()
    with pytest.raises(Refused):
        services.void(clock, reason="  ", by=None, at=START)
    done = services.void(clock, reason="No discussion is needed", by=None, at=START)
    assert (done.state, done.next_tell_at) == ("void", None)
    assert events() == ["deadline.opened", "deadline.voided"]


def test_handing_over_the_turn(opened: Opener, team: Team, worker: User) -> None:
    clock = services.hand_over(opened(), owner_team=team, verb="Book", by=None, at=START)
    assert (clock.owner, clock.owner_team, clock.verb) == (None, team, "Book")
    services.hand_over(clock, owner_team=team, verb="Book", by=None, at=START)
    assert events() == ["deadline.opened", "deadline.handed_over"]
    with pytest.raises(Refused):
        services.hand_over(clock, by=None, at=START)


def test_a_met_clock_is_put_right_and_may_be_late_after_all(opened: Opener, worker: User) -> None:
    met = services.meet(opened(), by=worker, at=after(20))
    same = services.put_right(met, answer=answer(), met_at=after(20), by=worker, at=after(21))
    assert (same, events()) == (met, ["deadline.opened", "deadline.met"])
    late = services.put_right(met, answer=answer(hours(10)), met_at=after(20), by=worker, at=after(21))
    assert (late.breached_at, late.owes_reason, late.next_kind) == (after(10), True, "breach")
    assert events()[-1] == "deadline.put_right"
    with pytest.raises(Refused) as refused:
        services.put_right(late, answer=answer(), met_at=after(20), by=worker, at=after(22))
    assert refused.value.field == "reason"
    again = services.put_right(late, answer=answer(hours(10)), met_at=after(9), by=worker, at=after(22))
    assert (again.breached_at, again.owes_reason, again.next_tell_at) == (None, False, None)
    with pytest.raises(MoveNotAllowed):
        services.put_right(opened(), answer=answer(), met_at=after(1), by=worker, at=after(2))
