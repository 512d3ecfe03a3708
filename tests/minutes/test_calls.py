"""A discussion held as a series of calls: a row for each; attendance, quorum and its clock follow (C02)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import CallOutcome, Mode
from attendees.models import DiscussionCall, Professional
from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from deadlines.enums import Duty
from deadlines.models import Deadline
from minutes.models import Minutes
from minutes.services import calls, hold
from minutes.services.calls import Newcomer, Told
from minutes.services.content import content_of
from minutes.views.meeting.running import exactly
from strategy.enums import Format
from strategy.models import Discussion
from tests.builders.booking import invitation_of
from tests.builders.meeting import an_opened_record
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def record(people: Cast, now: datetime) -> Minutes:
    """Opened, and held as a series of calls."""
    opened = an_opened_record(people, at=now)
    Discussion.objects.filter(pk=opened.discussion_id).update(format=Format.SERIES_OF_CALLS)
    opened.refresh_from_db()
    return opened


def asked(record: Minutes, name: str) -> Professional:
    person: Professional = invitation_of(record.discussion, name).professional
    return person


def told(people: Cast, whom: Professional, began_at: datetime, /, minutes: int = 5, **facts: Any) -> Told:
    call = Told(
        caller=professional_for(people.sam),
        people=[whom],
        outcome=CallOutcome.REACHED,
        began_at=began_at,
        ended_at=began_at + timedelta(minutes=minutes),
        said="Known to us since May.",
    )
    return replace(call, **facts)


def test_the_call_that_brings_in_the_last_role_completes_quorum_and_the_convene_clock(
    people: Cast, record: Minutes, now: datetime
) -> None:
    first, second, third = (now - timedelta(minutes=ago) for ago in (40, 30, 20))
    manager = professional_for(people.mo)
    calls.record_call(record, told(people, asked(record, "Paul Pike"), first), by=people.bea, at=now)
    calls.record_call(record, told(people, manager, second), by=people.bea, at=now)
    discussion = Discussion.objects.get(pk=record.discussion_id)
    assert (discussion.started_at, discussion.quorate_at) == (first, None)
    clock = Deadline.objects.get(subject=f"referral:{discussion.request.referral_id}", duty=Duty.CONVENE)
    assert clock.met_at is None

    missed = told(people, asked(record, "Hetty Hall"), third - timedelta(minutes=5), 1)
    missed = replace(missed, outcome=CallOutcome.NOT_REACHED, said="")
    calls.record_call(record, missed, by=people.bea, at=now)
    assert not discussion.attendance.filter(name="Hetty Hall").exists()

    calls.record_call(record, told(people, asked(record, "Hetty Hall"), third), by=people.bea, at=now)
    held = Discussion.objects.get(pk=discussion.pk)
    met = Deadline.objects.get(pk=clock.pk)
    assert (held.quorate_at, met.met_at) == (third, third)
    hetty = discussion.attendance.get(name="Hetty Hall")
    assert (hetty.mode, hetty.arrived_at, hetty.left_at) == (Mode.PHONE, third, third + timedelta(minutes=5))
    assert list(discussion.calls.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_an_earlier_call_written_afterwards_moves_the_start_and_nobody_else_s_call(
    people: Cast, record: Minutes, now: datetime
) -> None:
    earlier, rung = now - timedelta(minutes=40), now - timedelta(minutes=20)
    calls.record_call(record, told(people, asked(record, "Paul Pike"), rung), by=people.bea, at=now)
    for one in (asked(record, "Hetty Hall"), professional_for(people.mo)):
        calls.record_call(record, told(people, one, earlier), by=people.bea, at=now)
    held = Discussion.objects.get(pk=record.discussion_id)
    clock = Deadline.objects.get(subject=f"referral:{held.request.referral_id}", duty=Duty.CONVENE)
    assert (held.started_at, held.quorate_at, clock.met_at) == (earlier, rung, rung)
    arrived = {one.name: one.arrived_at for one in held.attendance.all()}
    assert (arrived["Paul Pike"], arrived["Sam Shah"]) == (rung, earlier)


def test_a_call_is_begun_and_ended(people: Cast, record: Minutes, now: datetime) -> None:
    paul, sam = asked(record, "Paul Pike"), professional_for(people.sam)
    began = now - timedelta(minutes=9)
    with pytest.raises(NotAllowed):
        calls.begin_call(record, paul, caller=sam, by=people.olga, at=began)
    call = calls.begin_call(record, paul, caller=sam, by=people.bea, at=began)
    assert (call.outcome, call.began_at, call.ended_at) == (CallOutcome.GOING_ON, began, None)
    assert record.discussion.attendance.count() == 0
    with pytest.raises(MoveNotAllowed, match="Call 1 with Paul Pike is going on already"):
        calls.begin_call(record, paul, caller=sam, by=people.bea, at=now)
    calls.correct_call(call, told(people, paul, began), version=1, by=people.bea, at=now)
    assert record.discussion.attendance.get(professional=paul).arrived_at == began


def test_a_correction_keeps_the_old_words_and_a_struck_call_gives_no_attendance(
    people: Cast, record: Minutes, now: datetime
) -> None:
    paul, began = asked(record, "Paul Pike"), now - timedelta(minutes=30)
    call = calls.record_call(record, told(people, paul, began), by=people.bea, at=now)
    other = told(people, paul, began, said="Known to us since March.")
    calls.correct_call(call, other, version=1, by=people.bea, at=now)
    assert Entry.objects.get(event="call.corrected").data["was"]["said"] == "Known to us since May."
    with pytest.raises(StaleVersion):
        calls.correct_call(call, other, version=1, by=people.bea, at=now)
    with pytest.raises(Refused, match="Enter why"):
        calls.strike_call(call, reason=" ", by=people.bea, at=now)
    calls.strike_call(call, reason="Another family", by=people.bea, at=now)
    assert record.discussion.attendance.get(professional=paul).mode == Mode.ABSENT
    assert DiscussionCall.objects.get().struck_reason == "Another family"
    with pytest.raises(MoveNotAllowed, match="struck"):
        calls.strike_call(call, reason="Again", by=people.bea, at=now)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"minutes": -1}, "ended_at"),
        ({"minutes": 60}, "ended_at"),
        ({"began_at": timedelta(minutes=1)}, "began_at"),
        ({"began_at": -timedelta(days=30)}, "began_at"),
        ({"people": []}, "people"),
        ({"outcome": "going_on"}, "outcome"),
        ({"said": " "}, "said"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    people: Cast, record: Minutes, now: datetime, facts: dict[str, Any], field: str
) -> None:
    began_at = now + facts.pop("began_at", -timedelta(minutes=30))
    wrong = told(people, asked(record, "Paul Pike"), began_at, **facts)
    with pytest.raises(Refused) as refused:
        calls.record_call(record, wrong, by=people.bea, at=now)
    assert (refused.value.field, DiscussionCall.objects.count()) == (field, 0)


def test_the_discussion_is_not_closed_while_a_call_goes_on(
    people: Cast, record: Minutes, now: datetime
) -> None:
    paul = asked(record, "Paul Pike")
    calls.record_call(record, told(people, paul, now - timedelta(minutes=30)), by=people.bea, at=now)
    calls.begin_call(record, paul, caller=professional_for(people.sam), by=people.bea, at=now)
    with pytest.raises(Refused, match="Call 2 had not ended by then"):
        hold.close_discussion(record, by=people.mo, at=now, read_back=True)


def test_somebody_typed_anew_comes_into_the_directory_with_the_call_and_not_without_it(
    people: Cast, record: Minutes, now: datetime
) -> None:
    newcomer = Newcomer("Nora Night", people.health, "Hospital registrar", "health", "01632 960777")
    call = told(people, asked(record, "Paul Pike"), now - timedelta(minutes=9), people=[], newcomer=newcomer)
    with pytest.raises(Refused):
        calls.record_call(record, replace(call, said=""), by=people.bea, at=now)
    assert not Professional.objects.filter(name="Nora Night").exists()
    kept = calls.record_call(record, call, by=people.bea, at=now)
    assert [one.name for one in kept.people.all()] == ["Nora Night"]
    assert record.discussion.attendance.get(name="Nora Night").mode == Mode.PHONE


def test_the_page_that_closes_a_series_offers_the_end_of_the_last_call(
    client: Client, people: Cast, record: Minutes, now: datetime
) -> None:
    """To the second as it was stamped, though the form tells minutes; a struck call does not count."""
    paul, bea = asked(record, "Paul Pike"), people.bea
    began = now.replace(second=0, microsecond=0) - timedelta(minutes=40, seconds=-17)
    calls.record_call(record, told(people, paul, began), by=bea, at=now)
    later = calls.record_call(record, told(people, paul, began, minutes=30), by=bea, at=now)
    calls.strike_call(later, reason="Another family", by=bea, at=now)
    client.force_login(bea)
    page = client.get(f"/discussions/{record.discussion_id}/record/close/")
    ended: datetime = page.context["form"].initial["ended_at"]
    assert ended == began + timedelta(minutes=5)
    minute = ended.replace(second=0, microsecond=0)
    assert exactly(minute, now, began, ended) == ended


def test_the_record_tells_the_calls_and_the_page_lists_them(
    client: Client, people: Cast, record: Minutes, now: datetime
) -> None:
    assert "calls" not in content_of(record)
    address = f"/discussions/{record.discussion_id}/record/calls/"
    paul, began = asked(record, "Paul Pike"), now - timedelta(minutes=30)
    client.force_login(people.bea)
    assert "Each call appears here" in client.get(address).content.decode()
    assert client.post(f"{address}begin/{paul.pk}/").status_code == 302
    call = DiscussionCall.objects.get()
    typed = {"caller": professional_for(people.sam).pk, "people": [paul.pk], "outcome": "reached"}
    typed |= {"began_at": began.isoformat(), "ended_at": now.isoformat(), "said": "Known since May."}
    assert client.post(f"{address}{call.pk}/", typed | {"people": []}).status_code == 422
    early = (began - timedelta(minutes=5)).isoformat()
    answer = client.post(f"{address}{call.pk}/", typed | {"ended_at": early})
    assert (answer.status_code, "The call must end after it began" in answer.content.decode()) == (409, True)
    assert "Known since May." in answer.content.decode()
    assert client.post(f"{address}{call.pk}/", typed).status_code == 302
    record.refresh_from_db()
    [told_of] = content_of(Minutes.objects.get(pk=record.pk))["calls"]
    assert (told_of["said"], told_of["outcome"]) == ("Known since May.", "Reached")
    assert told_of["whom"][0].startswith("Paul Pike, ")
    page = client.get(address).content.decode()
    assert "Known since May." in page and "Still to be rung" in page
    assert client.post(f"{address}{call.pk}/strike/", {"reason": "Wrong family"}).status_code == 302
    assert "Wrong family" in client.get(address).content.decode()


@pytest.mark.parametrize("act", ["strike", "correct"])
def test_the_start_follows_when_the_first_call_is_struck_or_was_later(
    people: Cast, record: Minutes, now: datetime, act: str
) -> None:
    first, second, later = (now - timedelta(minutes=ago) for ago in (50, 30, 20))
    paul, hetty = asked(record, "Paul Pike"), asked(record, "Hetty Hall")
    call = calls.record_call(record, told(people, paul, first), by=people.bea, at=now)
    calls.record_call(record, told(people, hetty, second), by=people.bea, at=now)
    calls.record_call(record, told(people, professional_for(people.mo), second), by=people.bea, at=now)
    held = Discussion.objects.get(pk=record.discussion_id)
    clock = Deadline.objects.get(subject=f"referral:{held.request.referral_id}", duty=Duty.CONVENE)
    assert (held.started_at, held.quorate_at, clock.met_at) == (first, second, second)

    if act == "strike":
        calls.strike_call(call, reason="It was the wrong number", by=people.bea, at=now)
    else:
        calls.correct_call(call, told(people, paul, later), version=1, by=people.bea, at=now)

    held.refresh_from_db()
    met = Deadline.objects.get(pk=clock.pk)
    sam = held.attendance.get(professional=professional_for(people.sam))
    assert (held.started_at, sam.arrived_at) == (second, second)
    assert (held.quorate_at, met.met_at) == ((None, None) if act == "strike" else (later, later))
    moved = Entry.objects.get(event="discussion.times_corrected")
    assert moved.data["before"] == {"started_at": first.isoformat()}


def test_a_start_that_no_call_gave_stays_when_a_call_is_struck(
    people: Cast, record: Minutes, now: datetime
) -> None:
    began = now - timedelta(minutes=40)
    hold.start_discussion(record, by=people.mo, at=now, started_at=began, no_quorum_reason="Calls")
    call = calls.record_call(
        record, told(people, asked(record, "Paul Pike"), now - timedelta(minutes=30)), by=people.bea, at=now
    )
    calls.record_call(
        record, told(people, asked(record, "Hetty Hall"), now - timedelta(minutes=20)), by=people.bea, at=now
    )
    calls.strike_call(call, reason="It was the wrong number", by=people.bea, at=now)
    assert Discussion.objects.get(pk=record.discussion_id).started_at == began
