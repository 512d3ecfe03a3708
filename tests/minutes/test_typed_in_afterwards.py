"""A discussion minuted on paper and typed in the next day, or over midnight, with its real times."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Attendance
from audit.errors import Refused
from govuk.moments import local
from minutes.enums import About
from minutes.models import Action
from minutes.rules.one_line import LONDON
from minutes.services import arrangements
from minutes.views.meeting.people import in_the_meeting
from tests.builders.meeting import a_started_discussion, an_action, person_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def at(day: int, *clock: int) -> datetime:
    return datetime(2026, 11, day, *clock, tzinfo=LONDON)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("clock", "since", "now", "found"),
    [
        (time(14, 40), at(24, 14), at(25, 9), at(24, 14, 40)),  # typed the next day
        (time(14, 40), at(24, 14), at(25, 16), at(24, 14, 40)),
        (time(14, 40), at(24, 14), at(24, 15), at(24, 14, 40)),  # in the meeting
        (time(23, 50), at(24, 23, 40), at(25, 0, 10), at(24, 23, 50)),  # over midnight
        (time(0, 5), at(24, 23, 40), at(25, 0, 10), at(25, 0, 5)),
        (time(23, 30), at(24, 23, 40), at(25, 0, 10), at(24, 23, 30)),  # before the start
        (time(13, 55), at(24, 14), at(24, 15), at(24, 13, 55)),
        (time(14, 0), at(24, 14, 0, 20), at(24, 15), at(24, 14)),  # the minute it started
        (time(15, 30), at(24, 14), at(24, 15), at(24, 15, 30)),  # ahead: the service refuses it
        (time(14, 40), None, at(24, 15), at(24, 14, 40)),  # before the start: today
        (time(15, 0), at(24, 14), at(24, 14, 59, 30), at(24, 14, 59, 30)),  # only the seconds differ
    ],
)
def test_a_clock_time_is_the_first_one_after_the_start(
    clock: time, since: datetime | None, now: datetime, found: datetime
) -> None:
    assert in_the_meeting(clock, since, now, "arrived_at") == found


def test_a_late_joiner_and_an_early_leaver_of_yesterday(client: Client, people: Cast) -> None:
    minutes = a_started_discussion(people, without=["Paul Pike"], ago=timedelta(hours=20))
    started_at = minutes.discussion.started_at
    assert started_at is not None
    joined = (started_at + timedelta(minutes=40)).replace(second=0, microsecond=0)
    left = joined + timedelta(minutes=25)
    client.force_login(people.bea)
    typed = {"professional": person_of(minutes, "Paul Pike").pk, "mode": "phone", "can_decide": "on"}
    join = reverse("minutes:arrive", args=[minutes.discussion_id])

    answer = client.post(join, typed | {"arrived_at": f"{local(joined):%H:%M}"})
    assert answer.status_code == 302, answer.content.decode()
    paul = Attendance.objects.get(name="Paul Pike")
    assert paul.arrived_at == joined
    leave = reverse("minutes:leave", args=[minutes.discussion_id, paul.pk])
    assert client.post(leave, {"left_at": f"{local(left):%H:%M}"}).status_code == 302
    assert Attendance.objects.get(name="Paul Pike").left_at == left


def test_what_was_due_since_the_start_can_be_typed_in(people: Cast) -> None:
    minutes = a_started_discussion(people, ago=timedelta(hours=20))
    now = timezone.now()
    done, before = now - timedelta(hours=2), now - timedelta(hours=21)
    assert an_action(minutes, people, due_at=done).due_at == done
    with pytest.raises(Refused, match="must be in the future"):
        an_action(minutes, people, due_at=before)

    child = minutes.discussion.request.children.all()[0]
    seeing = arrangements.Seeing(About.CHILD, child, "At school", done, person_of(minutes, "Sam Shah"))
    made = arrangements.arrange(minutes, seeing, by=people.bea, at=now)
    earlier = arrangements.Seeing(
        About.CHILD, child, "At school", done - timedelta(hours=1), person_of(minutes, "Sam Shah")
    )
    assert arrangements.rearrange(made, earlier, by=people.bea, at=now).at == earlier.at


def test_a_line_typed_the_next_day_is_read_from_the_day_of_the_discussion(
    client: Client, people: Cast
) -> None:
    minutes = a_started_discussion(people, ago=timedelta(hours=30))
    started_at = minutes.discussion.started_at
    assert started_at is not None
    client.force_login(people.bea)
    line = reverse("minutes:add_line", args=[minutes.discussion_id])
    client.post(line, {"line": "@police visit the home within 2 hours"})
    assert Action.objects.get().due_at == started_at + timedelta(hours=2)
