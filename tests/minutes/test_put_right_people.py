"""Who took part is put right by the chair: quorum, its clocks, and who is asked to sign follow (G20, B13)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode, SignatureMethod
from attendees.models import Attendance, Invitation, Professional
from attendees.services.attendance import Part
from attendees.services.directory import add_professional
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import Deadline
from govuk.moments import clock_time, local
from minutes.differences import changes_between
from minutes.models import Minutes, MinutesVersion, PutRight
from minutes.services import hold, versions
from minutes.services.agree import sign
from minutes.services.content import content_of
from minutes.services.correcting_people import correct_attendance
from minutes.services.recipients import planned_for
from minutes.services.round import record_silence
from outbox.models import Letter
from tests.builders.after import an_authorised_version
from tests.builders.meeting import a_full_record
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
WHY = "Paul Pike left a message: he was not on the call."
NOW = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def opened(people: Cast) -> Minutes:
    """Authorised, with everybody there, and open again to be corrected."""
    made = an_authorised_version(people, at=NOW)
    versions.begin_correction(made.minutes, reason="Who was there is wrong.", by=people.mo, at=NOW)
    return made.minutes


def row(minutes: Minutes, name: str = "Paul Pike") -> Attendance:
    """How somebody took part."""
    rows = Attendance.objects.select_related("professional__agency")
    return rows.get(discussion=minutes.discussion_id, name=name)


def part_of(minutes: Minutes, name: str = "Paul Pike", mode: str = Mode.ABSENT, **more: Any) -> Part:
    """Somebody's part, with another mode."""
    return Part(row(minutes, name).professional, mode, **more)


def put_right(minutes: Minutes, part: Part, by: Any, **more: Any) -> Attendance:
    return correct_attendance(minutes, part, **({"reason": WHY, "by": by, "at": NOW} | more))


def clock(duty: str) -> Deadline:
    """The latest of this duty."""
    return Deadline.objects.filter(duty=duty).latest("pk")


def test_who_was_not_there_takes_quorum_and_its_clock_with_them(people: Cast) -> None:
    """The deadline that quorum had met runs again, due as before; corrected back, it is met again."""
    minutes = opened(people)
    was, quorate = clock("convene"), minutes.discussion.quorate_at
    assert (was.state, was.met_at) == ("met", quorate)
    made = put_right(minutes, part_of(minutes), people.mo)
    assert (made.mode, made.arrived_at, made.agency_name) == ("absent", None, "Northshire Police")
    minutes.discussion.refresh_from_db()
    assert minutes.discussion.quorate_at is None
    assert (clock("convene").state, clock("convene").due_at) == ("running", was.due_at)
    told = Entry.objects.get(event="attendance.put_right").data
    assert told == {"was": "remote", "mode": "absent", "reason": WHY}
    put_right(minutes, part_of(minutes, mode=Mode.PHONE), people.mo)
    minutes.discussion.refresh_from_db()
    assert (minutes.discussion.quorate_at, clock("convene").met_at) == (quorate, quorate)


def test_times_put_right_move_quorum_and_stay_within_the_discussion(people: Cast) -> None:
    """Paul joined twenty minutes late: quorum was complete then, and convene was met then."""
    minutes = opened(people)
    start, end = minutes.discussion.started_at, minutes.discussion.ended_at
    assert start is not None and end is not None
    later = start + 20 * MINUTE
    put_right(minutes, part_of(minutes, mode=Mode.REMOTE, arrived_at=later), people.mo)
    minutes.discussion.refresh_from_db()
    assert (minutes.discussion.quorate_at, clock("convene").met_at) == (later, later)
    for field, wrong in (
        ("arrived_at", {"arrived_at": start - MINUTE}),
        ("arrived_at", {"arrived_at": end + MINUTE}),
        ("left_at", {"arrived_at": later, "left_at": later}),
        ("left_at", {"left_at": end + MINUTE}),
    ):
        with pytest.raises(Refused, match="The discussion was held from") as refusal:
            put_right(minutes, part_of(minutes, mode=Mode.REMOTE, **wrong), people.mo)
        assert refusal.value.field == field
    with pytest.raises(Refused) as refusal:
        put_right(minutes, part_of(minutes, mode="by pigeon"), people.mo)
    assert refusal.value.field == "mode"


def test_somebody_who_was_there_is_added_asked_and_circulated_to(people: Cast) -> None:
    """With a link and a letter to agree and sign; not silent, who was never asked; sent a copy."""
    minutes = opened(people)
    first = minutes.versions.latest("number")
    nora = add_professional(
        name="Nora Nash",
        agency=people.health,
        job_role="Paediatrician",
        quorum_role="health",
        email="nora.nash@northshire-health.example",
        phone="01632 960109",
        by=people.bea,
        at=NOW,
    )
    record_silence(NOW + timedelta(days=9))
    put_right(minutes, Part(nora, Mode.PHONE), people.mo, is_new=True, at=NOW + timedelta(days=9))
    made = row(minutes, "Nora Nash")
    assert (made.arrived_at, made.quorum_role) == (minutes.discussion.started_at, "health")
    assert Invitation.objects.filter(
        discussion=minutes.discussion, professional=nora, withdrawn_at=None
    ).exists()
    letter = Letter.objects.get(kind="record_to_agree", to_name="Nora Nash")
    assert (letter.status, letter.context["answered"], letter.context["signed"]) == ("queued", False, False)
    content = content_of(minutes)
    assert [one["answer"] for one in content["agreements"] if one["name"] == "Nora Nash"] == ["No answer"]
    assert "Nora Nash" in [one["name"] for one in content["unsigned"]]
    with pytest.raises(Refused, match="is recorded already"):
        put_right(minutes, Part(nora, Mode.PHONE), people.mo, is_new=True)
    second = versions.authorise_minutes(minutes, by=people.mo, at=NOW)
    assert "Nora Nash" in [one.professional.name for one in planned_for(second)]
    changes = {one.where: one for one in changes_between(first.content, second.content)}
    assert changes["Who took part: Nora Nash: Northshire Health Trust"].kind == "Added"
    assert "Nora Nash" not in str(MinutesVersion.objects.get(pk=first.pk).content)


def test_who_was_not_there_is_no_longer_asked_and_what_they_signed_stays(people: Cast) -> None:
    """The letter that waited is taken back; a signature is history and stays in the record."""
    minutes = a_full_record(people, at=NOW)
    hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    versions.finish(minutes, by=people.bea, at=NOW)
    put_right(minutes, part_of(minutes, "Hetty Hall", Mode.APOLOGIES), people.mo)
    assert Letter.objects.get(kind="record_to_agree", to_name="Hetty Hall").status == "cancelled"
    assert Letter.objects.get(kind="record_to_agree", to_name="Paul Pike").status == "queued"
    put_right(minutes, part_of(minutes, "Hetty Hall", Mode.PHONE), people.mo, at=NOW + MINUTE)
    statuses = Letter.objects.filter(kind="record_to_agree", to_name="Hetty Hall").order_by("pk")
    assert list(statuses.values_list("status", flat=True)) == ["cancelled", "queued"]
    paul, log = row(minutes), minutes.action_logs.latest("number")
    sign(paul, log, method=SignatureMethod.RECORDED, how="By telephone", by=people.bea, at=NOW)
    put_right(minutes, part_of(minutes), people.mo)
    content = content_of(minutes)
    assert "Paul Pike" in [one["name"] for one in content["signatures"]]
    assert "Paul Pike" not in [one["name"] for one in content["unsigned"]]


def test_name_job_and_agency_stay_as_they_were_that_day(people: Cast) -> None:
    """Paul has another post since; the record tells of then."""
    minutes = opened(people)
    Professional.objects.filter(name="Paul Pike").update(
        name="Paul Perch", job_role="Inspector", agency=people.health, quorum_role="health"
    )
    made = put_right(minutes, replace(part_of(minutes), can_decide=False), people.mo)
    kept = Attendance.objects.get(pk=made.pk)
    assert (kept.name, kept.job_role, kept.agency_name, kept.quorum_role) == (
        "Paul Pike",
        "Detective sergeant",
        "Northshire Police",
        "police",
    )


def test_who_may_when_and_what_cannot_be(people: Cast) -> None:
    minutes = opened(people)
    for person in (people.bea, people.sam, people.olga):
        with pytest.raises(NotAllowed):
            put_right(minutes, part_of(minutes), person)
    with pytest.raises(Refused, match="Nothing is different"):
        put_right(minutes, part_of(minutes, mode=row(minutes).mode), people.mo)
    with pytest.raises(Refused) as refusal:
        put_right(minutes, part_of(minutes), people.mo, reason=" ")
    assert refusal.value.field == "reason"
    others = minutes.discussion.attendance.exclude(name="Paul Pike")
    others.update(mode=Mode.ABSENT, arrived_at=None, left_at=None)
    with pytest.raises(Refused, match="Somebody must have taken part"):
        put_right(minutes, part_of(minutes), people.mo)
    assert not PutRight.objects.exists()
    versions.authorise_minutes(minutes, by=people.mo, at=NOW)
    with pytest.raises(MoveNotAllowed, match="Make a corrected version first"):
        put_right(minutes, part_of(minutes), people.mo)


def test_the_pages_put_right_and_add(people: Cast) -> None:
    """Times as people type them; a stored minute keeps its seconds; somebody new joins the directory."""
    minutes = opened(people)
    mo, discussion = signed_in(people.mo), minutes.discussion
    assert discussion.started_at is not None
    check = mo.get(reverse("minutes:check", args=[discussion.pk])).content.decode()
    page = reverse("minutes:correct_attendance", args=[discussion.pk, row(minutes).pk])
    add = reverse("minutes:add_attendance", args=[discussion.pk])
    assert page in check and add in check
    assert "As it stands" in mo.get(page).content.decode()
    typed = {"mode": "remote", "arrived_at": "", "left_at": "", "can_decide": "", "deputy_for": ""}
    assert mo.post(page, typed).status_code == 422
    assert mo.post(page, typed | {"reason": WHY}).status_code == 302
    kept = row(minutes)
    assert (kept.arrived_at, kept.can_decide) == (discussion.started_at, False)
    start = clock_time(local(discussion.started_at).time())
    new = {
        "name": "Nora Nash", "agency": people.health.pk, "job_role": "Paediatrician", "quorum_role": "health",
        "mode": "phone", "arrived_at": start, "can_decide": "on", "reason": "She rang in.",
    }  # fmt: skip
    assert mo.post(add, {key: one for key, one in new.items() if key != "name"}).status_code == 422
    assert mo.post(add, new).status_code == 302
    assert row(minutes, "Nora Nash").arrived_at == discussion.started_at
    assert signed_in(people.olga).get(page).status_code == 404
    assert signed_in(people.sam).get(add).status_code == 403
