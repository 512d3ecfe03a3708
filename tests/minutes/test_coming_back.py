"""Somebody who leaves and comes back: two spans of presence, quorum over them, and the record tells both."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode
from attendees.models import Attendance
from attendees.services.attendance import Part
from audit.errors import Refused
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from govuk.moments import clock_time
from minutes.models import Minutes
from minutes.services import hold
from minutes.services.content import content_of
from strategy.models import Discussion
from tests.builders.after import a_finished_record
from tests.builders.meeting import a_started_discussion, person_of
from tests.minutes.test_who_is_here_twice import address, as_printed
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def started(people: Cast, minutes_ago: int = 60) -> tuple[Minutes, datetime]:
    """A discussion that started an hour ago, with everybody, and now."""
    now = timezone.now()
    record = a_started_discussion(people)
    start = now - timedelta(minutes=minutes_ago)
    Discussion.objects.filter(pk=record.discussion_id).update(started_at=start, quorate_at=start)
    record.discussion.attendance.update(arrived_at=start)
    return Minutes.objects.get(pk=record.pk), now


def away(record: Minutes, people: Cast, left_at: datetime, back_at: datetime, now: datetime) -> Attendance:
    """Paul Pike leaves, and comes back by telephone."""
    row = record.discussion.attendance.get(name="Paul Pike")
    hold.leave_early(row, by=people.bea, at=now, left_at=left_at)
    part = Part(person_of(record, "Paul Pike"), Mode.PHONE, arrived_at=back_at)
    return hold.arrive_late(record, part, by=people.bea, at=now)


def test_quorum_is_lost_between_and_what_it_was_at_the_start_stands(people: Cast) -> None:
    record, now = started(people)
    quorate_at = Discussion.objects.get(pk=record.discussion_id).quorate_at
    left, back = now - timedelta(minutes=40), now - timedelta(minutes=20)

    row = away(record, people, left, back, now)

    assert row.spans == [(row.arrived_at, left), (back, None)]
    seen = [now - timedelta(minutes=ago) for ago in (50, 30, 10)]
    assert [hold.quorum_now(record, one).missing for one in seen] == [(), ("police",), ()]
    held = Discussion.objects.get(pk=record.discussion_id)
    assert held.quorate_at == quorate_at
    convene = Deadline.objects.get(subject=f"referral:{held.request.referral_id}", duty=Duty.CONVENE)
    assert convene.state == ClockState.MET


def test_record_room_and_paper_tell_both_spans(people: Cast) -> None:
    record, now = started(people)
    left, back = now - timedelta(minutes=40), now - timedelta(minutes=20)
    row = away(record, people, left, back, now)
    hold.leave_early(row, by=people.bea, at=now, left_at=now - timedelta(minutes=5))

    told = next(one for one in content_of(record)["attendance"] if one["name"] == "Paul Pike")
    came, gone = clock_time(row.arrived_at or now), clock_time(now - timedelta(minutes=5))
    assert told["times"] == (f"from {came} until {clock_time(left)} and from {clock_time(back)} until {gone}")
    assert told["away"] == [[left.isoformat(), back.isoformat()]]
    others = [one for one in content_of(record)["attendance"] if one["name"] != "Paul Pike"]
    assert not any("away" in one for one in others)  # their digests stay as they were
    browser = Client()
    browser.force_login(people.bea)
    room = reverse("minutes:room", args=[record.discussion_id])
    page = browser.get(room, {"step": "introductions"}).content.decode()
    assert f"from {came} to {clock_time(left)}, from {clock_time(back)} to {gone}" in page


def test_who_is_here_does_not_come_again_and_nobody_comes_back_before_they_left(people: Cast) -> None:
    record, now = started(people)
    paul = person_of(record, "Paul Pike")
    with pytest.raises(Refused, match="Paul Pike is here already, since") as here:
        hold.arrive_late(record, Part(paul, Mode.REMOTE), by=people.bea, at=now)
    row = record.discussion.attendance.get(name="Paul Pike")
    hold.leave_early(row, by=people.bea, at=now, left_at=now - timedelta(minutes=10))
    early = Part(paul, Mode.PRESENT, arrived_at=now - timedelta(minutes=30))
    with pytest.raises(Refused, match="Enter when they came back") as before:
        hold.arrive_late(record, early, by=people.bea, at=now)

    assert (here.value.field, before.value.field) == ("professional", "arrived_at")


def test_a_wrong_time_of_joining_is_replaced_and_nothing_else(people: Cast) -> None:
    record, now = started(people)
    left, back = now - timedelta(minutes=40), now - timedelta(minutes=20)
    row = away(record, people, left, back, now)
    browser = Client()
    browser.force_login(people.bea)
    page = reverse("minutes:arrive", args=[record.discussion_id])
    right = now - timedelta(minutes=30)
    typed = {"professional": row.professional_id, "mode": Mode.PHONE, "arrived_at": clock_time(right)}

    refused = browser.post(page, typed)
    assert refused.status_code == 409 and "tick that this one replaces it" in refused.content.decode()
    assert browser.post(page, typed | {"replaces": "on", "can_decide": "on"}).status_code == 302
    put = Attendance.objects.get(pk=row.pk)
    assert put.spans[0] == row.spans[0]
    assert clock_time(put.spans[1][0]) == clock_time(right)
    early = Part(person_of(record, "Paul Pike"), Mode.PHONE, arrived_at=now - timedelta(minutes=45))
    with pytest.raises(Refused, match="Enter when they came back"):
        hold.arrive_late(record, early, replaces=True, by=people.bea, at=now)


def test_a_wrong_press_of_leaves_is_taken_back_within_the_minute(people: Cast) -> None:
    record, now = started(people)

    row = away(record, people, now - timedelta(seconds=30), now, now)

    assert (row.away, row.left_at) == ([], None)


def test_the_page_who_is_here_leaves_the_spans_as_they_are(people: Cast) -> None:
    record, now = started(people)
    row = away(record, people, now - timedelta(minutes=40), now - timedelta(minutes=20), now)
    browser = Client()
    browser.force_login(people.bea)
    typed = as_printed(browser, record) | {f"mode_{row.professional_id}": Mode.REMOTE}

    assert browser.post(address(record), typed).status_code == 302
    now_recorded = Attendance.objects.get(pk=row.pk)
    assert (now_recorded.mode, now_recorded.spans) == (Mode.REMOTE, row.spans)


def test_the_chair_puts_right_when_somebody_was_away(people: Cast) -> None:
    record = a_finished_record(people)
    held = record.discussion
    row = held.attendance.get(name="Paul Pike")
    browser = Client()
    browser.force_login(people.mo)
    page = reverse("minutes:correct_attendance", args=[held.pk, row.pk])
    assert held.started_at is not None and held.ended_at is not None
    third = (held.ended_at - held.started_at) / 3
    left, back = held.started_at + third, held.started_at + 2 * third
    typed = {"mode": row.mode, "can_decide": "on", "reason": "The minute-taker noted it"}

    wrong = browser.post(page, typed | {"away": "ten past to later"})
    assert wrong.status_code == 422
    assert "Enter the times like 2:10pm to 2:25pm" in wrong.content.decode()
    backwards = browser.post(page, typed | {"away": f"{clock_time(back)} to {clock_time(left)}"})
    assert "Enter times between joining and leaving" in backwards.content.decode()
    assert (
        browser.post(page, typed | {"away": f"{clock_time(left)} to {clock_time(back)}"}).status_code == 302
    )
    put = Attendance.objects.get(pk=row.pk)
    assert [clock_time(one) for one in put.away[0]] == [clock_time(left), clock_time(back)]
    again = browser.get(page).context["form"]
    assert again["away"].value() == f"{clock_time(left)} to {clock_time(back)}"
