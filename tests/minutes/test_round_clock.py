"""The round in which attendees agree the record (row W26): its share of the time, and silence as silence."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Attendance
from audit.errors import Refused
from audit.models import Entry
from deadlines.models import Deadline, Notice
from deadlines.services import sweep
from minutes.enums import Answer
from minutes.models import Minutes
from minutes.services import agree, hold, versions
from minutes.services.content import content_of
from minutes.services.round import answer_record, record_silence
from strategy.models import Discussion
from tests.builders.meeting import a_full_record, a_held_discussion, decide_protection, taking_part
from tests.outages.racing import race
from tests.people import Cast, cast

NOW = timezone.now().replace(microsecond=0)
MOMENT = timedelta(microseconds=1)


def closed(people: Cast, *, agreed: tuple[str, ...] = ("Paul Pike",)) -> Minutes:
    """A discussion closed at NOW; those named have agreed at the end, nobody else."""
    minutes = a_full_record(people, at=NOW)
    for one in taking_part(minutes):
        if one.name in agreed:
            agree.record_agreement(minutes, one, Answer.AGREES, by=people.bea, at=NOW)
    hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    return Minutes.objects.select_related("discussion").get(pk=minutes.pk)


def clock_of(minutes: Minutes) -> Deadline:
    """The round's."""
    return Deadline.objects.get(subject=minutes.subject, duty="agree_record")


@pytest.mark.django_db
def test_it_opens_at_the_end_for_its_share_of_the_time_to_circulate() -> None:
    """Half of it, from the end; the minute-taker's turn."""
    people = cast()
    minutes = closed(people)
    circulate = Deadline.objects.get(duty="circulate_minutes")
    clock = clock_of(minutes)
    assert circulate.due_at is not None
    assert (clock.starts_at, clock.due_at) == (NOW, NOW + (circulate.due_at - NOW) / 2)
    assert (clock.state, clock.owner) == ("running", people.bea)


@pytest.mark.django_db
def test_when_everybody_agreed_at_the_end_it_is_met_then() -> None:
    """Nobody is asked again."""
    minutes = a_held_discussion(cast(), at=NOW).minutes
    assert (clock_of(minutes).state, clock_of(minutes).met_at) == ("met", NOW)


@pytest.mark.django_db
def test_the_last_answer_meets_it() -> None:
    """An objection is an answer too; those who were silent meanwhile are none."""
    people = cast()
    minutes = closed(people)
    left = [one for one in taking_part(minutes) if one.name != "Paul Pike"]
    for place, one in enumerate(left):
        assert clock_of(minutes).state == "running"
        at = NOW + timedelta(minutes=place + 1)
        answer = Answer.OBJECTS if place else Answer.AGREES
        answer_record(minutes, one, answer, text="It was Jack.", by=one.professional, at=at)
    assert (clock_of(minutes).state, clock_of(minutes).met_at) == ("met", NOW + timedelta(minutes=len(left)))
    assert record_silence(NOW + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_when_the_time_passes_silence_is_recorded_as_silence_and_is_no_breach() -> None:
    """By the sweep, once, at the moment it passed; shown, and in the record as it is authorised."""
    people = cast()
    minutes = closed(people)
    due = clock_of(minutes).due_at
    assert due is not None
    assert (record_silence(due), clock_of(minutes).state) == (0, "running")  # to the last instant
    sweep(due + timedelta(hours=3))
    sweep(due + timedelta(hours=4))
    minutes.refresh_from_db()
    clock = clock_of(minutes)
    assert (clock.state, clock.met_at, clock.breached_at, minutes.round_ended_at) == ("met", due, None, due)
    assert not Notice.objects.filter(deadline=clock, kind="breach").exists()
    entry = Entry.objects.get(event="minutes.silence_recorded")
    silent = [one.pk for one in taking_part(minutes) if one.name != "Paul Pike"]
    assert (entry.occurred_at, entry.data["silent"]) == (due, silent)
    said = {one["name"]: one["answer"] for one in content_of(minutes)["agreements"]}
    assert said["Paul Pike"] == "Agrees"
    assert said["Hetty Hall"].startswith("Silent: no answer by ")
    client = Client()
    client.force_login(people.mo)
    page = client.get(reverse("minutes:round", args=[minutes.discussion_id])).content.decode()
    assert page.count("Silent</strong>") == len(silent)


@pytest.mark.django_db
def test_who_speaks_after_the_silence_is_heard_and_nothing_waits_for_anybody() -> None:
    """The record is finished and authorised while the round still runs; a late answer stands."""
    people = cast()
    minutes = closed(people)
    versions.finish(minutes, by=people.bea, at=NOW)
    versions.authorise_minutes(minutes, by=people.mo, at=NOW)
    due = clock_of(minutes).due_at
    assert due is not None
    record_silence(due + MOMENT)
    hetty = Attendance.objects.get(discussion=minutes.discussion, name="Hetty Hall")
    later = due + timedelta(hours=1)
    answer_record(minutes, hetty, Answer.CORRECTS, text="The left arm.", by=hetty.professional, at=later)
    assert minutes.agreements.get(attendance=hetty).answer == "corrects"
    assert clock_of(minutes).met_at == due


@pytest.mark.django_db
def test_a_fault_before_the_sweep_does_not_stop_it(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the sweep tells of what is due."""
    from deadlines.services import register_first
    from deadlines.services.sweeping import _first

    def broken(now: object) -> None:
        raise RuntimeError("planted")

    people = cast()
    minutes = closed(people)
    register_first(broken)
    try:
        assert sweep(NOW + timedelta(days=9)) > 0
    finally:
        _first.remove(broken)
    assert clock_of(minutes).state == "met"
    assert "what goes before the sweep failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_an_answer_at_once_end_it_once() -> None:
    """No fault, one entry or an answer, and the clock is met."""
    people = cast()
    minutes = closed(people, agreed=("Paul Pike", "Dan Dale", "Sam Shah", "Mo Mensah", "Bea Bright"))
    due = clock_of(minutes).due_at
    assert due is not None
    hetty = Attendance.objects.get(discussion=minutes.discussion, name="Hetty Hall")
    outcome = race(
        lambda: record_silence(due + MOMENT),
        lambda: record_silence(due + MOMENT),
        lambda: answer_record(
            minutes, hetty, Answer.AGREES, by=hetty.professional, at=due + timedelta(seconds=1)
        ),
    )
    assert outcome.faults == []
    record_silence(due + MOMENT)
    assert clock_of(minutes).state == "met"
    assert Entry.objects.filter(event="minutes.silence_recorded").count() <= 1
    connection.close()


# --- The immediate protection decision, in the discussion (row W32) -------------------------------------


@pytest.mark.django_db
def test_a_discussion_does_not_close_before_protection_is_decided() -> None:
    """The room warns, the close refuses, and whoever chairs may record it there."""
    people = cast()
    minutes = a_full_record(people, at=NOW)
    request = minutes.discussion.request
    request.protection_decisions.all().delete()
    clock = Deadline.objects.get(duty="immediate_protection_decision")
    Deadline.objects.filter(pk=clock.pk).update(state="running", met_at=None, met_by_ref="")
    client = Client()
    client.force_login(people.mo)
    for name in ("room", "close"):
        page = client.get(reverse(f"minutes:{name}", args=[minutes.discussion_id])).content.decode()
        assert "The immediate protection decision is not recorded" in page
    with pytest.raises(Refused, match="record it now") as refusal:
        hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    assert refusal.value.field is None
    assert Discussion.objects.get(pk=minutes.discussion_id).status == "started"
    decide_protection(minutes, people, at=NOW)
    hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    assert Discussion.objects.get(pk=minutes.discussion_id).status == "ended"


@pytest.mark.django_db
def test_nor_are_its_minutes_authorised() -> None:
    """A clock that was opened again (a circumstance learnt since) blocks as the procedure's must."""
    people = cast()
    minutes = closed(people)
    versions.finish(minutes, by=people.bea, at=NOW)
    clock = Deadline.objects.get(duty="immediate_protection_decision")
    Deadline.objects.filter(pk=clock.pk).update(state="running", met_at=None, met_by_ref="")
    missing = [one.sentence for one in versions.what_is_missing(minutes) if one.blocks]
    assert missing == ["The immediate protection decision is not recorded."]
    with pytest.raises(Refused, match="immediate protection decision is not recorded"):
        versions.authorise_minutes(minutes, by=people.mo, at=NOW)


@pytest.mark.django_db
def test_the_chair_without_that_power_records_it_while_the_discussion_is_held() -> None:
    """Ada, an advanced practitioner, may not otherwise; in her own discussion she may write it down."""
    from strategy.permissions import refusal_to_decide_protection

    people = cast()
    minutes = a_full_record(people, at=NOW)
    request = minutes.discussion.request
    assert refusal_to_decide_protection(people.ada, request, NOW) is not None
    minutes.discussion.bookings.update(chair=people.ada)
    assert refusal_to_decide_protection(people.ada, request, NOW) is None
    hold.close_discussion(minutes, by=people.ada, at=NOW, read_back=True)
    assert refusal_to_decide_protection(people.ada, request, NOW) is not None
