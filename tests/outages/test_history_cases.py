"""What the random histories found, each told once more in the order in which it happened."""

from datetime import datetime, timedelta

import pytest

from audit.errors import Refused
from deadlines.enums import Duty
from deadlines.models import Deadline
from referrals.rules import CircumstanceFacts
from strategy.enums import Format
from tests.outages.history import History
from tests.people import cast

pytestmark = pytest.mark.django_db
RISK = CircumstanceFacts(kind="immediate_risk")


@pytest.fixture
def history() -> History:
    """A referral in Wirral that came in three hours before it was typed."""
    return History(cast(), "wirral", "referral", timedelta(hours=3), hour=15)


def wait(history: History, **span: int) -> None:
    history.now += timedelta(**span)


def convene(history: History) -> Deadline:
    return history.clocks(f"referral:{history.referral.pk}", Duty.CONVENE)[0]


def hold(history: History, format: str, *, ago: timedelta, quorate: bool = True) -> datetime:
    """Asked for, booked and held: it began so long before it was typed and took ten minutes."""
    for move in (history.ask, history.submit, history.authorise):
        move()
        wait(history, minutes=5)
    history.book(format, timedelta(hours=1))
    started = history.now - ago
    history.start(started, quorate=quorate)
    wait(history, minutes=10)
    history.close(started + timedelta(minutes=10), full=False)
    wait(history, hours=2)  # the chair is free again
    return started


def test_a_request_withdrawn_after_one_that_was_not_needed_leaves_the_limit_running(history: History) -> None:
    for move in (history.ask, history.submit, history.not_needed):
        move()
    assert convene(history).state == "void"
    history.ask()
    history.withdraw()
    assert convene(history).state == "running"


def test_what_was_held_without_quorum_may_be_decided_not_to_be_needed_any_more(history: History) -> None:
    hold(history, Format.VIRTUAL, ago=timedelta(0), quorate=False)
    assert convene(history).state == "running"
    for move in (history.ask, history.submit, history.not_needed):
        move()
    assert convene(history).state == "void"


def test_an_earlier_quorum_typed_in_afterwards_is_when_it_was_met(history: History) -> None:
    wait(history, hours=30)
    hold(history, Format.VIRTUAL, ago=timedelta(hours=1))
    late = convene(history)
    assert late.owes_reason
    started = hold(history, Format.TELEPHONE_CONFERENCE, ago=timedelta(hours=31))
    early = convene(history)
    assert (early.pk, early.met_at) == (late.pk, started)
    assert (early.was_met_late, early.owes_reason, early.breached_at) == (False, False, None)


def test_a_circumstance_learnt_afterwards_may_make_it_late(history: History) -> None:
    wait(history, hours=20, minutes=44)  # a minute within the 24 hours, and so on another day
    hold(history, Format.VIRTUAL, ago=timedelta(0))
    assert not convene(history).was_met_late
    history.tick(RISK, by=history.people.sam)
    found = convene(history)
    assert (found.limit, found.owes_reason, found.breached_at) == ("same_day", True, found.due_at)
    with pytest.raises(Refused, match="Only a manager"):
        history.untick(RISK.kind, by=history.people.sam)
    history.untick(RISK.kind, by=history.people.mo, reason="It was another child")
    assert (convene(history).limit, convene(history).was_met_late) == ("hours(24)", False)


def test_nobody_but_a_manager_ends_the_decision_on_protection(history: History) -> None:
    history.tick(RISK, by=history.people.sam)
    history.ask()
    history.submit()
    [clock] = history.clocks(f"referral:{history.referral.pk}", Duty.IMMEDIATE_PROTECTION_DECISION)
    with pytest.raises(Refused, match="Only a manager"):
        history.untick(RISK.kind, by=history.people.sam)
    clock.refresh_from_db()
    assert clock.state == "running"
    history.untick(RISK.kind, by=history.people.mo, reason="It was another child")
    clock.refresh_from_db()
    assert (clock.state, clock.void_reason) == ("void", "It was another child")


def test_a_corrected_receipt_moves_the_child_s_own_clock(history: History) -> None:
    """Not a second one; seen before the receipt does not count, and then the clock runs again."""
    child = f"child:{history.children[0].pk}"
    history.see_child(0, history.now - timedelta(hours=1))
    earlier = history.received_at - timedelta(hours=30)  # type: ignore[operator]
    history.correct(earlier, earlier, by=history.people.sam, reason="Mistyped")
    [clock] = history.clocks(child, Duty.CHILD_SEEN)
    assert (clock.starts_at, clock.state, clock.was_met_late) == (earlier, "met", True)
    history.correct(earlier, history.now, by=history.people.mo, reason="It reached us only now")
    [clock] = history.clocks(child, Duty.CHILD_SEEN)
    assert (clock.starts_at, clock.state, clock.met_at) == (history.now, "running", None)


def test_an_earlier_visit_typed_in_afterwards_counts(history: History) -> None:
    for ago in (1, 2):
        history.see_child(0, history.now - timedelta(hours=ago))
    [clock] = history.clocks(f"child:{history.children[0].pk}", Duty.CHILD_SEEN)
    assert clock.met_at == history.now - timedelta(hours=2)


def test_a_series_has_one_follow_up(history: History) -> None:
    """Counted from the first discussion that was no meeting; who was there put right, it runs again."""
    wait(history, hours=80)
    hold(history, Format.TELEPHONE_CONFERENCE, ago=timedelta(hours=1))
    started = hold(history, Format.TELEPHONE_CONFERENCE, ago=timedelta(hours=60))
    first = started + timedelta(minutes=10)
    live = Deadline.objects.filter(case=history.case, duty=Duty.FOLLOW_UP_MEETING).exclude(state="void")
    assert live.get().starts_at == first
    for move in (history.ask, history.submit, history.authorise):
        move()
    history.book(Format.VIRTUAL, timedelta(hours=1))
    history.start(history.now, quorate=True)
    assert (live.get().state, live.get().met_at) == ("met", history.now)
    history.miscounted()
    assert (live.get().state, live.get().starts_at) == ("running", first)


def test_a_receipt_taken_back_and_given_again_has_its_clock_again() -> None:
    history = History(cast(), "wirral", "incident", timedelta(hours=3), hour=15)
    subject = f"referral:{history.referral.pk}"
    for received in (history.now, None, history.now):
        history.correct(history.triggered_at, received, by=history.people.mo, reason="Mistyped")
    assert [one.state for one in history.clocks(subject, Duty.ASSESSMENT)] == ["running", "void"]
