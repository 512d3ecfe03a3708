"""Holding: who is here, start with and without quorum, late joiners, early leavers, close; clocks follow."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode
from attendees.services.attendance import Part
from attendees.services.directory import add_professional
from attendees.services.links import make_link, opens
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import FamilyMember
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from govuk.moments import clock_time
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import ActionLog, Minutes
from minutes.services import hold
from minutes.services.content import content_of
from outbox.models import Letter
from strategy.enums import DiscussionStatus, Outcome, Status
from strategy.models import Discussion, StrategyRequest
from tests.builders.meeting import (
    a_full_record,
    a_held_discussion,
    a_started_discussion,
    an_opened_record,
    everybody,
    person_of,
)
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def people() -> Cast:
    return cast()


def clock(discussion: Discussion, duty: str) -> Deadline:
    """The latest clock of that duty."""
    subjects = [discussion.subject, f"referral:{discussion.request.referral_id}"]
    found = (
        Deadline.objects.filter(case=discussion.case, duty=duty, subject__in=subjects).order_by("-pk").first()
    )
    assert found is not None
    return found


def fresh(minutes: Minutes) -> Discussion:
    return Discussion.objects.get(pk=minutes.discussion_id)


# --- Who is here ----------------------------------------


def test_everybody_is_recorded_as_they_were_that_day_absent_contributors_too(people: Cast) -> None:
    """Rows B04, C14, G20."""
    minutes = an_opened_record(people)
    parts = everybody(minutes, without=["Dan Dale"])
    parts = [replace(part, can_decide=part.professional.name != "Hetty Hall") for part in parts]

    hold.record_attendance(minutes, parts, by=people.bea, at=NOW())

    rows = {row.name: row for row in minutes.discussion.attendance.all()}
    assert set(rows) == {"Dan Dale", "Sam Shah", "Mo Mensah", "Bea Bright", "Paul Pike", "Hetty Hall"}
    assert (rows["Dan Dale"].mode, rows["Dan Dale"].arrived_at) == (Mode.ABSENT, None)
    assert (rows["Paul Pike"].job_role, rows["Paul Pike"].agency_name) == (
        "Detective sergeant",
        "Northshire Police",
    )
    assert (rows["Paul Pike"].quorum_role, rows["Hetty Hall"].can_decide) == ("police", False)
    assert Entry.objects.filter(event=events.ATTENDANCE_RECORDED).count() == 1


def test_nobody_outside_the_meeting_records_it(people: Cast) -> None:
    minutes = an_opened_record(people)

    for name in ("sam", "hal", "ira", "olga", "paul", "stranger"):
        with pytest.raises(NotAllowed):
            hold.record_attendance(minutes, everybody(minutes), by=getattr(people, name), at=NOW())
    assert minutes.discussion.attendance.count() == 0


def test_a_deputy_is_named_with_whom_they_stand_for_and_fills_the_role(people: Cast) -> None:
    minutes = an_opened_record(people)
    part = Part(
        person_of(minutes, "Paul Pike"),
        Mode.REMOTE,
        name="Una Reed",
        job_role="Constable",
        deputy_for="Paul Pike",
    )

    [row] = hold.record_attendance(minutes, [part], by=people.bea, at=NOW())

    assert (row.name, row.job_role, row.deputy_for, row.quorum_role) == (
        "Una Reed",
        "Constable",
        "Paul Pike",
        "police",
    )


# --- The start ----------------------------------------


def test_a_quorate_start_meets_the_convene_clock_at_its_moment(people: Cast) -> None:
    minutes = a_started_discussion(people)
    discussion = fresh(minutes)

    assert discussion.status == DiscussionStatus.STARTED
    assert discussion.quorate_at == discussion.started_at == discussion.planned_start
    assert Minutes.objects.get(pk=minutes.pk).status == MinutesStatus.LIVE
    convene = clock(discussion, Duty.CONVENE)
    assert (convene.state, convene.met_at) == (ClockState.MET, discussion.started_at)
    assert Entry.objects.filter(event=events.QUORUM_COMPLETE, occurred_at=discussion.started_at).count() == 1


def test_who_walks_in_has_their_own_way_to_the_record_and_who_was_not_there_has_none(people: Cast) -> None:
    """Rows W26 to W28: they agree, sign and read as anybody who was asked; nothing is sent to them here."""
    minutes = a_started_discussion(people)
    discussion, now = minutes.discussion, minutes.discussion.planned_start + timedelta(minutes=5)
    walker = add_professional(
        name="Wyn Walker", agency=people.health, job_role="Midwife", email="wyn@northshire-health.example",
        by=people.bea, at=now,
    )  # fmt: skip
    before = Letter.objects.count()
    hold.arrive_late(minutes, Part(walker, Mode.PRESENT, arrived_at=now), by=people.bea, at=now)
    asked = discussion.invitations.get(professional=walker)
    assert (asked.reply, asked.withdrawn_at, Letter.objects.count()) == ("coming", None, before)
    link = make_link(walker, discussion, at=now)
    assert link is not None and opens(link, now)
    hold.record_attendance(minutes, [Part(walker, Mode.ABSENT)], by=people.bea, at=now)
    link.refresh_from_db()
    assert not opens(link, now) and link.revoked_at == now
    asked.refresh_from_db()
    assert asked.withdrawn_reason == "Did not take part after all"


def test_who_may_chair_no_more_does_not_start_it(people: Cast) -> None:
    """Row G11: asked again at the start, since roles end between a booking and its day."""
    minutes = an_opened_record(people)
    start = minutes.discussion.planned_start
    hold.record_attendance(minutes, everybody(minutes), by=people.bea, at=start)
    type(people.mo).objects.filter(pk=people.mo.pk).update(roles=["social_worker"])
    with pytest.raises(Refused, match="Name another chair"):
        hold.start_discussion(minutes, by=people.bea, at=start)


def test_without_quorum_it_starts_with_a_reason_and_a_late_joiner_meets_convene(people: Cast) -> None:
    minutes = an_opened_record(people)
    start = minutes.discussion.planned_start
    hold.record_attendance(minutes, everybody(minutes, without=["Paul Pike"]), by=people.bea, at=start)

    with pytest.raises(Refused, match="There is no quorum without the police") as refusal:
        hold.start_discussion(minutes, by=people.mo, at=start)
    hold.start_discussion(minutes, by=people.mo, at=start, no_quorum_reason="They are on their way.")

    discussion = fresh(minutes)
    assert refusal.value.field == "no_quorum_reason"
    assert (discussion.quorate_at, discussion.no_quorum_reason) == (None, "They are on their way.")
    assert clock(discussion, Duty.CONVENE).state == ClockState.RUNNING

    came = start + timedelta(minutes=20)
    part = Part(person_of(minutes, "Paul Pike"), Mode.PHONE, arrived_at=came)
    hold.arrive_late(minutes, part, by=people.bea, at=start + timedelta(minutes=25))

    discussion = fresh(minutes)
    assert discussion.quorate_at == came
    assert (clock(discussion, Duty.CONVENE).state, clock(discussion, Duty.CONVENE).met_at) == (
        ClockState.MET,
        came,
    )


def test_attendance_recorded_wrongly_and_put_right_lets_convene_run_again(people: Cast) -> None:
    minutes = a_started_discussion(people)
    wrong = Part(person_of(minutes, "Paul Pike"), Mode.ABSENT)

    hold.record_attendance(minutes, [wrong], by=people.bea, at=NOW())

    assert fresh(minutes).quorate_at is None
    assert clock(fresh(minutes), Duty.CONVENE).state == ClockState.RUNNING


def test_it_can_be_typed_in_afterwards_with_the_real_time_but_not_ahead(people: Cast) -> None:
    minutes = an_opened_record(people)
    hold.record_attendance(minutes, everybody(minutes), by=people.bea, at=NOW())

    for moment in (NOW() + timedelta(minutes=5), NOW() - timedelta(days=30)):
        with pytest.raises(Refused) as refusal:
            hold.start_discussion(minutes, by=people.mo, at=NOW(), started_at=moment)
        assert refusal.value.field == "started_at"
    real = NOW() - timedelta(minutes=50)
    hold.start_discussion(minutes, by=people.mo, at=NOW(), started_at=real)

    assert (fresh(minutes).started_at, fresh(minutes).quorate_at) == (real, real)


def test_the_right_meeting_is_confirmed_at_the_real_time_and_the_record_tells_it(people: Cast) -> None:
    minutes, now = an_opened_record(people), NOW()
    real = now - timedelta(minutes=20)

    for moment in (now + timedelta(minutes=5), now - timedelta(days=30)):
        with pytest.raises(Refused) as refusal:
            hold.confirm_right_meeting(minutes, by=people.mo, at=now, confirmed_at=moment)
        assert refusal.value.field == "confirmed_at"
    hold.confirm_right_meeting(minutes, by=people.mo, at=now, confirmed_at=real)
    hold.confirm_right_meeting(minutes, by=people.mo, at=now)

    assert fresh(minutes).right_meeting_at == real
    told = content_of(Minutes.objects.get(pk=minutes.pk))["discussion"]
    assert told["right_meeting"] == f"Confirmed at {clock_time(real)}"


def test_it_starts_once_and_only_by_who_runs_it(people: Cast) -> None:
    minutes = a_started_discussion(people)

    with pytest.raises(NotAllowed):
        hold.start_discussion(minutes, by=people.sam, at=NOW())
    with pytest.raises(MoveNotAllowed, match="in progress"):
        hold.start_discussion(minutes, by=people.mo, at=NOW())


def test_somebody_leaves_and_quorum_stays_recorded(people: Cast) -> None:
    minutes = a_started_discussion(people)
    paul = minutes.discussion.attendance.get(name="Paul Pike")
    quorate_at = fresh(minutes).quorate_at

    with pytest.raises(Refused):
        hold.leave_early(paul, by=people.bea, at=NOW(), left_at=NOW() - timedelta(hours=3))
    hold.leave_early(paul, by=people.bea, at=NOW())

    assert hold.quorum_now(minutes, NOW()).missing == ("police",)
    assert fresh(minutes).quorate_at == quorate_at


# --- The close ----------------------------------------


def test_closing_freezes_the_log_and_opens_circulation_and_a_clock_for_each_action(people: Cast) -> None:
    discussion = Discussion.objects.get(pk=a_held_discussion(people).pk)
    minutes = discussion.minutes

    assert (discussion.status, minutes.status) == (DiscussionStatus.ENDED, MinutesStatus.AGREED)
    assert minutes.agreed_at == discussion.ended_at
    assert StrategyRequest.objects.get(pk=discussion.request_id).status == Status.HELD
    log = ActionLog.objects.get(minutes=minutes)
    assert (log.number, len(log.content["actions"])) == (1, minutes.actions.count())
    circulate = clock(discussion, Duty.CIRCULATE_MINUTES)
    assert (circulate.starts_at, circulate.limit, circulate.owner) == (
        discussion.ended_at,
        "working_days(1)",
        people.bea,
    )
    clocks = {one.subject: one for one in Deadline.objects.filter(case=discussion.case, duty=Duty.ACTION)}
    assert {subject: one.due_at for subject, one in clocks.items()} == {
        action.subject: action.due_at for action in minutes.actions.all()
    }
    owners = {
        action.owner.name: clocks[action.subject].verb for action in minutes.actions.select_related("owner")
    }
    assert owners["Paul Pike"] == "Chase action 5 of Paul Pike"
    assert clocks[minutes.actions.get(number=5).subject].owner == people.sam
    assert not Deadline.objects.filter(case=discussion.case, duty=Duty.FOLLOW_UP_MEETING).exists()


def test_it_does_not_close_before_everything_is_there(people: Cast) -> None:
    minutes = a_started_discussion(people)
    start = fresh(minutes).started_at
    assert start is not None

    with pytest.raises(Refused, match="Decide for Ruby Fenwick and Jack Fenwick, or defer to a date"):
        hold.close_discussion(minutes, by=people.mo, at=NOW(), read_back=True)
    full = a_full_record(people, ago=timedelta(hours=5))
    with pytest.raises(Refused) as end:
        hold.close_discussion(
            full, by=people.mo, at=NOW(), ended_at=start - timedelta(days=1), read_back=True
        )
    with pytest.raises(Refused) as ahead:
        hold.close_discussion(
            full, by=people.mo, at=NOW(), ended_at=NOW() + timedelta(hours=1), read_back=True
        )
    with pytest.raises(Refused) as unread:
        hold.close_discussion(full, by=people.mo, at=NOW())
    with pytest.raises(NotAllowed):
        hold.close_discussion(full, by=people.sam, at=NOW(), read_back=True)

    assert [one.value.field for one in (end, ahead, unread)] == ["ended_at", "ended_at", "read_back"]
    assert fresh(full).status == DiscussionStatus.STARTED


def test_a_hidden_address_in_the_record_is_mended_or_let_through_before_partners_read_it(
    people: Cast,
) -> None:
    minutes, now = a_full_record(people), timezone.now()
    FamilyMember.objects.filter(case=minutes.discussion.case, name="Carol Fenwick").update(
        address="4 Invented Row, Ambleford", address_confidential=True
    )
    with pytest.raises(Refused, match="confidential address of Carol Fenwick") as refused:
        hold.close_discussion(minutes, by=people.mo, at=now, read_back=True)
    assert (refused.value.field, fresh(minutes).status) == ("accept_0", DiscussionStatus.STARTED)
    assert not Letter.objects.filter(kind="record_to_agree").exists()
    client = Client()
    client.force_login(people.mo)
    page = reverse("minutes:close", args=[minutes.discussion_id])
    typed = {"ended_at": now.isoformat(), "read_back": "on"}
    typed |= {f"answer_{one.pk}": "agrees" for one in minutes.discussion.attendance.all()}
    answer = client.post(page, typed)
    assert (answer.status_code, "Before those who took part read it" in answer.content.decode()) == (
        422,
        True,
    )
    reasons = {f"accept_{place}": "Both parents live there" for place in range(5)}
    assert client.post(page, typed | reasons).status_code == 302
    entry = Entry.objects.get(event="discussion.closed")
    assert entry.data["let_through"][0] == {"what": "address", "reason": "Both parents live there"}


def test_what_was_not_read_back_closes_with_its_reason_which_the_record_tells(people: Cast) -> None:
    minutes, now = a_full_record(people), timezone.now()
    both = {"read_back": True, "not_read_back": "The line went dead."}

    for said, field in (({}, "read_back"), ({"not_read_back": " "}, "read_back"), (both, "not_read_back")):
        with pytest.raises(Refused) as refusal:
            hold.close_discussion(minutes, by=people.mo, at=now, **said)  # type: ignore[arg-type]
        assert refusal.value.field == field
    closed = hold.close_discussion(minutes, by=people.mo, at=now, not_read_back="The line went dead.")

    assert content_of(closed)["discussion"]["not_read_back"] == "The line went dead."
    assert Entry.objects.get(event=events.CLOSED).data["not_read_back"] == "The line went dead."


def test_two_people_closing_the_second_is_told(people: Cast) -> None:
    minutes = a_full_record(people)
    hold.close_discussion(minutes, by=people.mo, at=NOW(), read_back=True)

    with pytest.raises(MoveNotAllowed, match="Somebody may have been quicker"):
        hold.close_discussion(minutes, by=people.bea, at=NOW(), read_back=True)
    assert ActionLog.objects.count() == 1


def test_a_discussion_that_nobody_is_recorded_at_does_not_close(people: Cast) -> None:
    minutes = an_opened_record(people)
    hold.start_discussion(minutes, by=people.mo, at=NOW(), no_quorum_reason="Nobody answers.")

    with pytest.raises(Refused, match="Record who took part"):
        hold.close_discussion(minutes, by=people.mo, at=NOW(), read_back=True)


def test_the_conference_clock_runs_from_the_start_for_each_section_47_child_only(people: Cast) -> None:
    discussion = Discussion.objects.get(pk=a_held_discussion(people).pk)

    clocks = Deadline.objects.filter(case=discussion.case, duty=Duty.ICPC)
    decided = discussion.decisions.filter(outcome=Outcome.SECTION_47_JOINT).get()
    enquiry = decided.child.enquiries.get()
    assert [(one.subject, one.starts_at, one.limit) for one in clocks] == [
        (enquiry.subject, discussion.started_at, "working_days(15)")
    ]
