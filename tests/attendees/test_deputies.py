"""A deputy is one person throughout: one seat, one request for information, one line to ring (C14, G06)."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import Mode, Reply
from attendees.models import Invitation
from attendees.services import chasing, following_up, information, inviting, replies
from attendees.services.attendance import expected, quorum_expected
from attendees.services.directory import add_professional, professional_for
from attendees.services.information import Text
from audit.errors import NotAllowed, Refused
from deadlines.models import Deadline
from minutes.models import MinutesVersion
from minutes.permissions.meeting import booking_of
from minutes.services import calls, hold, recipients
from outbox.models import Letter
from strategy.enums import Format
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.builders.meeting import an_opened_record
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def name_deputy(discussion: Discussion, people: Cast, *, invite: bool = True) -> Invitation:
    """Paul sends Di, who may not decide; business support invites her."""
    now = timezone.now()
    asked = replies.reply_to_invitation(
        invitation_of(discussion, "Paul Pike"),
        answer=Reply.DEPUTY,
        deputy_name="Di Dean",
        deputy_job_role="Inspector",
        deputy_email="di@northshire-police.example",
        deputy_phone="01632 960555",
        by=invitation_of(discussion, "Paul Pike").professional,
        at=now,
    )
    return inviting.invite_deputy(asked, by=people.bea, at=now) if invite else asked


def waiting(discussion: Discussion) -> set[str]:
    return {one.professional.name for one in chasing.still_waiting(discussion)}


def test_what_the_absent_person_was_asked_is_asked_of_the_deputy(people: Cast) -> None:
    """One row and one clock, with what was typed so far; taken off, the deputy gives it back."""
    discussion, now = a_booked_discussion(people), timezone.now()
    asked = discussion.information.get(professional__name="Paul Pike")
    clock = Deadline.objects.get(subject=asked.subject)
    information.save_information(asked, [Text("Involvement", "Two calls")], by=asked.professional, at=now)
    made = name_deputy(discussion, people)
    passed = discussion.information.get(professional=made.professional)
    assert (passed.pk, passed.status, passed.passages.get().text) == (asked.pk, "started", "Two calls")
    assert discussion.information.filter(professional__agency=people.police).count() == 1
    kept = Deadline.objects.running().get(subject=asked.subject)
    assert (kept.pk, kept.due_at) == (clock.pk, clock.due_at)
    assert waiting(discussion) == {"Di Dean", "Hetty Hall", "Dan Dale"}
    letters = Letter.objects.filter(kind="information_asked", subject_ref=asked.subject).order_by("pk")
    assert list(letters.values_list("to_name", "status")) == [
        ("Paul Pike", "cancelled"),
        ("Di Dean", "queued"),
    ]
    with pytest.raises(NotAllowed):
        information.answer_information(passed, status="none_held", by=asked.professional, at=now)

    inviting.withdraw_invitation(made, reason="Ill too", by=people.bea, at=now)
    assert waiting(discussion) == {"Paul Pike", "Hetty Hall", "Dan Dale"}
    inviting.invite_deputy(invitation_of(discussion, "Paul Pike"), by=people.bea, at=now)
    information.answer_information(passed, status="returned", by=made.professional, at=now)
    assert waiting(discussion) == {"Hetty Hall", "Dan Dale"}
    assert Deadline.objects.get(subject=asked.subject).state == "met"


def test_an_answer_goes_over_with_who_gave_it(people: Cast) -> None:
    discussion, now = a_booked_discussion(people), timezone.now()
    asked = discussion.information.get(professional__name="Paul Pike")
    information.answer_information(asked, status="none_held", by=asked.professional, at=now)
    made = name_deputy(discussion, people)
    passed = discussion.information.get(professional=made.professional)
    assert (passed.pk, passed.status, passed.answered_from) == (asked.pk, "none_held", "Paul Pike")
    assert not Letter.objects.filter(kind="information_asked", to_name="Di Dean").exists()


def test_somebody_invited_already_stands_in_with_the_invitation_they_have(people: Cast) -> None:
    """What both typed comes together, where both were asked before agencies were asked once; who sent them is
    neither chased nor counted.
    """
    discussion, now = a_booked_discussion(people), timezone.now()
    di = add_professional(
        name="Di Dean",
        agency=people.police,
        job_role="Inspector",
        email="di@northshire-police.example",
        by=people.bea,
        at=now,
    )
    (own,) = inviting.invite_more(discussion, [di], by=people.bea, at=now)
    assert not discussion.information.filter(professional=di).exists()
    theirs = discussion.information.create(professional=di, asked_at=now, due_at=now)
    information.save_information(theirs, [Text("Involvement", "Of Di")], by=di, at=now)
    pauls = discussion.information.get(professional__name="Paul Pike")
    information.save_information(pauls, [Text("Involvement", "Of Paul")], by=pauls.professional, at=now)
    made = name_deputy(discussion, people)
    assert (made.pk, made.quorum_role) == (own.pk, "police")
    assert theirs.passages.get().text == "Of Di\n\nOf Paul"
    assert waiting(discussion) == {"Di Dean", "Hetty Hall", "Dan Dale"}
    assert not Deadline.objects.running().filter(subject=pauls.subject).exists()
    di.refresh_from_db()
    assert di.phone == "01632 960555"
    with pytest.raises(Refused, match="Di Dean is invited already"):
        inviting.invite_deputy(invitation_of(discussion, "Paul Pike"), by=people.bea, at=now)


def test_one_seat_in_the_room_with_whom_they_replace_and_what_they_may_decide(people: Cast) -> None:
    record, now = an_opened_record(people), timezone.now()
    discussion = record.discussion
    named = name_deputy(discussion, people, invite=False)
    hold.join_by_telephone(record, named.professional, by=people.bea, at=now)
    made = inviting.invite_deputy(named, by=people.bea, at=now)
    told = [one for one in expected(discussion, booking_of(discussion)) if one.quorum_role == "police"]
    assert [(one.professional, one.mode, one.deputy_for, one.can_decide) for one in told] == [
        (made.professional, Mode.REMOTE, "Paul Pike", False)
    ]
    assert quorum_expected(told, discussion.request.protocol.rules).met is False
    hold.record_attendance(record, told, by=people.bea, at=now)
    row = discussion.attendance.get()  # joined before she was invited: still one row, her own now
    assert (row.professional, row.name, row.deputy_for, row.can_decide) == (
        made.professional, "Di Dean", "Paul Pike", False,
    )  # fmt: skip
    Discussion.objects.filter(pk=discussion.pk).update(format=Format.SERIES_OF_CALLS)
    row.delete()
    sam = professional_for(people.sam)
    call = calls.begin_call(record, made.professional, caller=sam, by=people.bea, at=now)
    said = calls.Told(sam, [made.professional], "reached", now, now, said="They send a car.")
    calls.correct_call(call, said, version=None, by=people.bea, at=now)
    row = discussion.attendance.get(professional=made.professional)
    assert (call.phone, row.deputy_for, row.can_decide) == ("01632 960555", "Paul Pike", False)
    known: list[Any] = recipients.known_to(MinutesVersion(minutes=record))
    copies = {one.name: one.is_invited for one in known}
    assert (copies["Paul Pike"], copies["Di Dean"]) == (True, True)  # absent ones too (row G21)
    again = [one.professional.name for one in following_up.people_of(discussion)]
    assert ("Paul Pike" in again, "Di Dean" in again) == (True, False)


def test_pages_show_one_line_for_the_two(client: Client, people: Cast) -> None:
    """Before she is invited the dial list has the number told with the reply, then her own."""
    record = an_opened_record(people)
    discussion = record.discussion
    client.force_login(people.bea)
    dial = f"/discussions/{discussion.pk}/record/dial/"
    named = name_deputy(discussion, people, invite=False)
    for invited in (False, True):
        if invited:
            inviting.invite_deputy(named, by=people.bea, at=timezone.now())
        page = client.get(dial).content.decode()
        assert (page.count("01632 960555</a>"), "01632 960101" in page) == (1, False)
        assert "<strong>Paul Pike</strong>" not in page
        assert "for Paul Pike" in page
    shown = client.get(f"/discussions/{discussion.pk}/")
    page = shown.content.decode()
    for words in ("In place of Paul Pike", "Di Dean is invited", "Asked of Di Dean", "May not decide"):
        assert words in page
    assert "Invite Di Dean" not in page
    assert ("police" in shown.context["unconfirmed"], shown.context["missing"]) == (False, "")
    declined = invitation_of(discussion, "Di Dean")
    joins = client.get(f"/discussions/{discussion.pk}/record/attendance/join/?who={declined.professional_id}")
    filled = joins.context["form"].initial
    assert (filled["deputy_for"], filled["can_decide"]) == ("Paul Pike", False)
    replies.reply_to_invitation(
        declined, answer=Reply.NOT_COMING, reason="Court", by=declined.professional, at=timezone.now()
    )
    page = client.get(f"/discussions/{discussion.pk}/").content.decode()
    assert "Nobody is expected for police" in page
