"""The times of a discussion typed wrongly: corrected with a reason, and every clock follows (`clocks.md`)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from minutes.models import Minutes
from minutes.services import hold, versions
from minutes.services.times import correct_discussion_times
from strategy.models import Discussion, Enquiry
from tests.builders.meeting import a_held_discussion, taking_part
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def build() -> tuple[Cast, Minutes]:
    """Held two days ago for an hour, as it was typed; its clocks run."""
    people = cast()
    discussion = a_held_discussion(people, at=NOW - 2 * DAY, triggered_at=NOW - 4 * DAY)
    return people, Minutes.objects.select_related("discussion__request__referral").get(discussion=discussion)


@pytest.fixture
def people(world: tuple[Cast, Minutes]) -> Cast:
    return world[0]


@pytest.fixture
def minutes(world: tuple[Cast, Minutes]) -> Minutes:
    return world[1]


def correct(minutes: Minutes, by: Any, start: timedelta, end: timedelta, reason: str = "Typed") -> Any:
    """Shift start and end by so much."""
    held = Discussion.objects.get(pk=minutes.discussion_id)
    assert held.started_at is not None and held.ended_at is not None
    return correct_discussion_times(
        minutes,
        started_at=held.started_at + start,
        ended_at=held.ended_at + end,
        reason=reason,
        by=by,
        at=NOW,
    )


def clock(duty: str) -> Deadline:
    """The one of this duty."""
    return Deadline.objects.get(duty=duty)


def test_earlier_moves_every_clock_by_itself(people: Cast, minutes: Minutes) -> None:
    """Convene was met earlier, circulation and the enquiry began earlier; all of it is in the ledger."""
    was = {duty: clock(duty) for duty in ("convene", "circulate_minutes", "icpc")}
    correct(minutes, people.bea, -DAY, -DAY)
    now = {duty: clock(duty) for duty in was}
    assert was["convene"].met_at is not None
    assert now["convene"].met_at == was["convene"].met_at - DAY
    assert now["convene"].due_at == was["convene"].due_at
    assert now["circulate_minutes"].starts_at == was["circulate_minutes"].starts_at - DAY
    assert now["icpc"].starts_at == was["icpc"].starts_at - DAY
    assert Enquiry.objects.get().started_at == now["icpc"].starts_at
    entry = Entry.objects.get(event="discussion.times_corrected")
    assert (entry.data["reason"], entry.by_name) == ("Typed", "Bea Bright")
    assert {one.arrived_at for one in taking_part(minutes)} == {now["icpc"].starts_at}
    assert now["circulate_minutes"].owner == was["circulate_minutes"].owner


def test_later_is_a_manager_s_with_the_reason(people: Cast, minutes: Minutes) -> None:
    """Business support is refused at the reason and nothing moves; Mo, who manages the team, may."""
    before = clock("circulate_minutes")
    with pytest.raises(Refused, match="Only a manager may do that") as refusal:
        correct(minutes, people.bea, timedelta(0), 2 * DAY - MINUTE)
    assert refusal.value.field == "reason"
    assert clock("circulate_minutes").due_at == before.due_at
    correct(minutes, people.mo, timedelta(0), 2 * DAY - MINUTE)
    after = clock("circulate_minutes")
    assert before.due_at is not None and after.due_at is not None
    assert after.starts_at == before.starts_at + 2 * DAY - MINUTE
    moved = Entry.objects.filter(event="deadline.moved", data__duty="circulate_minutes").latest("id")
    assert moved.data["reason"] == "Typed"


@pytest.mark.parametrize(
    ("start", "end", "reason", "field"),
    [
        (timedelta(0), -2 * HOUR, "Typed", "ended_at"),
        (timedelta(0), 3 * DAY, "Typed", "ended_at"),
        (3 * DAY, 3 * DAY, "Typed", "started_at"),
        (-2 * DAY, timedelta(0), "Typed", "started_at"),
        (-MINUTE, timedelta(0), "  ", "reason"),
    ],
)
def test_times_that_cannot_be_are_refused(
    people: Cast, minutes: Minutes, start: timedelta, end: timedelta, reason: str, field: str
) -> None:
    """Ended before it began, in the future, before what led to it, without a reason."""
    with pytest.raises(Refused) as refusal:
        correct(minutes, people.mo, start, end, reason)
    assert refusal.value.field == field


def test_only_by_those_who_run_it_and_until_it_is_authorised(people: Cast, minutes: Minutes) -> None:
    """Sam took part only; what the chair has locked is locked."""
    with pytest.raises(NotAllowed):
        correct(minutes, people.sam, -MINUTE, -MINUTE)
    versions.finish(minutes, by=people.bea, at=NOW)
    versions.authorise_minutes(minutes, by=people.mo, at=NOW)
    with pytest.raises(MoveNotAllowed, match="authorised"):
        correct(minutes, people.mo, -MINUTE, -MINUTE)


def test_the_page_corrects_and_leaves_seconds_alone(people: Cast, minutes: Minutes) -> None:
    """Only the end is changed: the start keeps its seconds, though a form tells minutes."""
    client = Client()
    client.force_login(people.mo)
    page = reverse("minutes:correct_times", args=[minutes.discussion_id])
    assert page in client.get(reverse("minutes:read", args=[minutes.discussion_id])).content.decode()
    held = minutes.discussion
    assert held.started_at is not None and held.ended_at is not None
    typed = {
        "started_at": held.started_at.replace(second=0).isoformat(),
        "ended_at": (held.ended_at - 10 * MINUTE).replace(second=0).isoformat(),
    }
    assert client.post(page, typed | {"reason": ""}).status_code == 422
    assert client.post(page, typed | {"reason": "It was shorter"}).status_code == 302
    now = Discussion.objects.get(pk=held.pk)
    assert (now.started_at, now.ended_at) == (
        held.started_at,
        (held.ended_at - 10 * MINUTE).replace(second=0),
    )


def test_attendance_corrected_opens_the_clock_again(people: Cast, minutes: Minutes) -> None:
    """It was never quorate after all: what it met runs again, with the same due moment."""
    was = clock("convene")
    assert (was.state, was.met_at) == ("met", minutes.discussion.quorate_at)
    minutes.discussion.attendance.filter(quorum_role="police").update(mode="absent", arrived_at=None)
    hold.follow_quorum(minutes, people.bea, NOW)
    now = clock("convene")
    assert (now.state, now.met_at, now.due_at) == ("running", None, was.due_at)


def test_nobody_leaves_after_the_end_as_it_is_now(people: Cast, minutes: Minutes) -> None:
    """Who left ten minutes before the end that was typed left with it, when it was half an hour earlier."""
    held = minutes.discussion
    assert held.ended_at is not None
    early, late = taking_part(minutes)[:2]
    for row, before in ((early, 40 * MINUTE), (late, 10 * MINUTE)):
        row.left_at = held.ended_at - before
        row.save(update_fields=["left_at"])
    correct(minutes, people.bea, timedelta(0), -30 * MINUTE)
    early.refresh_from_db()
    late.refresh_from_db()
    assert early.left_at == held.ended_at - 40 * MINUTE
    assert late.left_at == held.ended_at - 30 * MINUTE


def test_nobody_comes_back_after_the_end(people: Cast, minutes: Minutes) -> None:
    """Somebody was away in between and is recorded as back after the corrected end: it is refused."""
    held, one = minutes.discussion, taking_part(minutes)[0]
    assert held.ended_at is not None
    one.away = [[held.ended_at - 20 * MINUTE, held.ended_at - 10 * MINUTE]]
    one.save(update_fields=["away"])
    with pytest.raises(Refused, match=f"{one.name} is recorded as coming back after that, at") as refusal:
        correct(minutes, people.bea, timedelta(0), -15 * MINUTE)
    assert refusal.value.field == "ended_at"
    correct(minutes, people.bea, timedelta(0), -5 * MINUTE)


def test_a_wrong_day_takes_everybody_with_it(people: Cast, minutes: Minutes) -> None:
    """Who joined late, was away and left early did so on the right day; alone, an earlier end is refused."""
    held = minutes.discussion
    assert held.started_at is not None
    late, other = taking_part(minutes)[-1], taking_part(minutes)[-2]
    began = held.started_at
    held.attendance.filter(pk=late.pk).update(
        arrived_at=began + 20 * MINUTE,
        left_at=began + 50 * MINUTE,
        away=[[began + 30 * MINUTE, began + 40 * MINUTE]],
    )
    with pytest.raises(Refused, match="is recorded as joining after that"):
        correct(minutes, people.bea, -DAY, -DAY - MINUTE)
    correct(minutes, people.bea, -DAY, -DAY)
    row = held.attendance.get(pk=late.pk)
    moved = began - DAY
    assert (row.arrived_at, row.left_at) == (moved + 20 * MINUTE, moved + 50 * MINUTE)
    assert row.away == [[moved + 30 * MINUTE, moved + 40 * MINUTE]]
    assert held.attendance.get(pk=other.pk).arrived_at == moved


def test_moved_by_as_much_as_somebody_was_late_they_are_late_still(people: Cast, minutes: Minutes) -> None:
    held = minutes.discussion
    assert held.started_at is not None
    late = taking_part(minutes)[-1]
    held.attendance.filter(pk=late.pk).update(arrived_at=held.started_at + 20 * MINUTE)
    correct(minutes, people.bea, -20 * MINUTE, -20 * MINUTE)
    assert held.attendance.get(pk=late.pk).arrived_at == held.started_at
