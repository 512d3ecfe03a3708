"""The times of one call, put right after the close with a reason; start and quorum follow (C02, B13)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import DiscussionCall
from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from minutes.enums import Answer, MinutesStatus
from minutes.models import Minutes, PutRight
from minutes.services import agree, calls, hold, versions
from minutes.services.content import content_of
from minutes.services.correcting_calls import Times, correct_call_times
from strategy.enums import Format
from strategy.models import Discussion
from tests.builders.meeting import a_full_record, taking_part
from tests.minutes.test_calls import asked, told
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WHY = "Paul’s telephone shows 9:05am."


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


@pytest.fixture
def record(people: Cast, now: datetime) -> Minutes:
    """Held in calls and closed now: the police were rung last, half an hour before."""
    held = a_full_record(people, at=now)
    Discussion.objects.filter(pk=held.discussion_id).update(format=Format.SERIES_OF_CALLS)
    held.refresh_from_db()
    last = told(people, asked(held, "Paul Pike"), now - 30 * MINUTE)
    calls.record_call(held, last, by=people.bea, at=now)
    for one in taking_part(held):
        agree.record_agreement(held, one, Answer.AGREES, by=people.bea, at=now)
    return hold.close_discussion(held, by=people.mo, at=now, read_back=True)


def the_call(record: Minutes) -> DiscussionCall:
    found: DiscussionCall = record.discussion.calls.get()
    return found


def moved(now: datetime, begins: int, ends: int) -> Times:
    return Times(now - begins * MINUTE, now - ends * MINUTE)


def test_the_minute_taker_puts_it_right_with_a_reason_and_the_record_tells_it(
    people: Cast, record: Minutes, now: datetime
) -> None:
    call = correct_call_times(the_call(record), moved(now, 20, 12), reason=WHY, by=people.bea, at=now)
    assert (call.began_at, call.ended_at, call.version) == (now - 20 * MINUTE, now - 12 * MINUTE, 2)
    assert call.said == "Known to us since May."
    kept = PutRight.objects.get()
    assert [title for title, _, _ in kept.changes] == ["began", "ended"] and kept.reason == WHY
    content = content_of(Minutes.objects.get(pk=record.pk))
    assert content["put_right"][0]["reason"] == WHY
    assert content["calls"][0]["began_at"] == call.began_at.isoformat()
    assert Entry.objects.filter(event="call.put_right", subject=f"discussioncall:{call.pk}").count() == 1


def test_the_first_call_is_the_start_and_whoever_was_on_it_is_there_from_then(
    people: Cast, record: Minutes, now: datetime
) -> None:
    correct_call_times(the_call(record), moved(now, 75, 70), reason=WHY, by=people.mo, at=now)
    discussion = Discussion.objects.get(pk=record.discussion_id)
    paul = discussion.attendance.get(name="Sam Shah")
    assert discussion.started_at == now - 75 * MINUTE
    assert paul.arrived_at == now - 75 * MINUTE


@pytest.mark.parametrize(
    ("begins", "ends", "reason", "field"),
    [(10, 12, WHY, "ended_at"), (10, -5, WHY, "ended_at"), (-5, -9, WHY, "began_at"),
     (60 * 24 * 40, 10, WHY, "began_at"), (20, 12, " ", "reason")],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(
    people: Cast, record: Minutes, now: datetime, begins: int, ends: int, reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        correct_call_times(the_call(record), moved(now, begins, ends), reason=reason, by=people.bea, at=now)
    assert refused.value.field == field
    assert (the_call(record).version, PutRight.objects.count()) == (1, 0)


def test_who_may_when_and_never_over_another_hand(people: Cast, record: Minutes, now: datetime) -> None:
    call, times = the_call(record), moved(now, 20, 12)
    for somebody in (people.sam, people.ira, people.paul):
        with pytest.raises(NotAllowed):
            correct_call_times(call, times, reason=WHY, by=somebody, at=now)
    with pytest.raises(StaleVersion):
        correct_call_times(call, times, reason=WHY, version=7, by=people.bea, at=now)
    versions.finish(record, by=people.bea, at=now)  # with the chair it may still be put right
    correct_call_times(call, times, reason=WHY, by=people.bea, at=now)
    Minutes.objects.filter(pk=record.pk).update(status=MinutesStatus.CIRCULATED)
    with pytest.raises(MoveNotAllowed, match="corrected version first"):
        correct_call_times(the_call(record), moved(now, 19, 12), reason=WHY, by=people.bea, at=now)


def test_the_minutes_lead_to_it_and_the_form_keeps_what_is_typed(
    people: Cast, record: Minutes, now: datetime
) -> None:
    client, sam = Client(), Client()
    client.force_login(people.bea)
    sam.force_login(people.sam)
    read, page = (
        reverse("minutes:read", args=[record.discussion_id]),
        reverse("minutes:correct_call", args=[record.discussion_id, 1]),
    )
    assert page in client.get(read).content.decode() and page not in sam.get(read).content.decode()
    assert "As it stands" in client.get(page).content.decode() and sam.get(page).status_code == 403
    later = {"began_at": (now - 20 * MINUTE).isoformat(), "ended_at": (now - 12 * MINUTE).isoformat()}
    empty = client.post(page, later | {"reason": ""})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["reason"])
    assert client.post(page, later | {"reason": WHY}).headers["Location"] == read
    assert "When a call was: call 1" in client.get(read).content.decode()
