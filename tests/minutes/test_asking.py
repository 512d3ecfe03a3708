"""Who took part is asked by letter to agree the record and to sign; and to sign a new log (W26, W27)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.enums import SignatureMethod
from attendees.models import Invitation, PartnerLink, Professional
from audit.models import Entry
from deadlines.models import Deadline
from govuk.moments import moment
from minutes.enums import Answer
from minutes.models import Action, Minutes
from minutes.services import agree, hold
from minutes.services.actions import strike_action
from minutes.services.asking import NO_ADDRESS, NO_LINK
from minutes.services.round import answer_record
from outbox.models import Letter
from tests.attendees.test_letters import parsed
from tests.builders.meeting import a_full_record, taking_part
from tests.people import Cast, cast
from tests.worklist.test_desk import page

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def people() -> Cast:
    return cast()


def closed(people: Cast) -> Minutes:
    """Closed at NOW: Paul Pike has agreed at the end, nobody else."""
    minutes = a_full_record(people, at=NOW)
    paul = minutes.discussion.attendance.get(name="Paul Pike")
    agree.record_agreement(minutes, paul, Answer.AGREES, by=people.bea, at=NOW)
    hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    return Minutes.objects.select_related("discussion__case").get(pk=minutes.pk)


def sign_all(minutes: Minutes, people: Cast, *, but: str = "") -> None:
    """Everybody but one has signed the latest log, as told."""
    log = minutes.action_logs.latest("number")
    for one in taking_part(minutes):
        if one.name != but:
            agree.sign(one, log, method=SignatureMethod.RECORDED, how="By telephone", by=people.bea, at=NOW)


def strike(minutes: Minutes, people: Cast, why: str) -> None:
    """One more action is struck out, so that there is another log to sign."""
    action = Action.objects.filter(minutes=minutes, status="open").order_by("-number")[0]
    strike_action(action, why, by=people.bea, at=NOW)


def to_sign(minutes: Minutes, number: int) -> list[tuple[str, str]]:
    """Who has a letter about one log, and where it stands."""
    log = minutes.action_logs.get(number=number)
    found = Letter.objects.filter(kind="log_to_sign", key__startswith=f"log_to_sign:{log.pk}:")
    return sorted(found.values_list("to_name", "status"))


def test_who_took_part_is_asked_once_when_the_discussion_has_ended(people: Cast) -> None:
    """Partners by their link, staff at their page; who agreed at the end is asked to sign alone."""
    minutes = closed(people)
    found = {one.to_name: one for one in Letter.objects.filter(kind="record_to_agree")}
    assert sorted(found) == sorted(one.name for one in taking_part(minutes))
    due = Deadline.objects.get(subject=minutes.subject, duty="agree_record").due_at
    assert due is not None
    assert {one.context["due"] for one in found.values()} == {moment(due)}
    hetty, paul, sam = found["Hetty Hall"], found["Paul Pike"], found["Sam Shah"]
    assert hetty.context["link"] == PartnerLink.objects.get(professional__name="Hetty Hall").pk
    assert (sam.context["link"], sam.context["path"]) == (
        None,
        reverse("minutes:round", args=[minutes.discussion_id]),
    )
    assert [paul.context["answered"], hetty.context["answered"]] == [True, False]
    told = parsed(hetty).as_string() + parsed(paul).as_string()
    assert "Agree the record" in told and "Sign the action log of" in told
    children = minutes.discussion.request.children.all()
    assert not any(name in told for child in children for name in (child.given_names, child.family_name))
    asked = Entry.objects.get(event="minutes.asked_to_agree")
    assert asked.data["attendance"] == [one.pk for one in taking_part(minutes)]


def test_whom_no_letter_reaches_is_left_to_business_support(people: Cast) -> None:
    """No address, one that was closed down, or no invitation: the discussion closes all the same."""
    minutes = a_full_record(people, at=NOW)
    Professional.objects.filter(name="Hetty Hall").update(email="")
    Professional.objects.filter(name="Paul Pike").update(email="paul@ambleford.gsi.gov.uk")
    Invitation.objects.filter(professional__name="Dan Dale").update(withdrawn_at=NOW)
    hold.close_discussion(minutes, by=people.mo, at=NOW, read_back=True)
    written = set(Letter.objects.filter(kind="record_to_agree").values_list("to_name", flat=True))
    assert {one.name for one in taking_part(minutes)} - written == {"Hetty Hall", "Paul Pike", "Dan Dale"}
    shown = page(people.bea, "minutes:round", minutes.discussion_id)
    assert (shown.count(f"{NO_ADDRESS}: business support"), shown.count(f"{NO_LINK}: business")) == (2, 1)


def test_a_new_log_is_signed_anew_by_those_who_signed_the_former(people: Cast) -> None:
    """One letter a log; what has not left about the log before is taken back and asked of the new one."""
    minutes = closed(people)
    sign_all(minutes, people, but="Hetty Hall")
    strike(minutes, people, "Done already")
    signers = sorted(one.name for one in taking_part(minutes) if one.name != "Hetty Hall")
    assert to_sign(minutes, 2) == [(name, "queued") for name in signers]
    first = Letter.objects.get(kind="log_to_sign", to_name=signers[0])
    Letter.objects.filter(pk=first.pk).update(status="sent", sent_at=NOW)
    strike(minutes, people, "Not needed")
    assert to_sign(minutes, 2) == [(signers[0], "sent"), *[(name, "cancelled") for name in signers[1:]]]
    assert to_sign(minutes, 3) == [(name, "queued") for name in signers[1:]]
    assert "was changed after you signed it" in parsed(Letter.objects.latest("pk")).as_string()
    hetty = Letter.objects.get(kind="record_to_agree", to_name="Hetty Hall")
    assert hetty.status == "queued"  # still asked to agree and to sign, by the same link


def test_who_has_signed_nothing_is_not_asked_again(people: Cast) -> None:
    """Their first letter stands, and leads to the log of the day."""
    minutes = closed(people)
    before = Letter.objects.count()
    strike(minutes, people, "Done already")
    assert (minutes.action_logs.count(), Letter.objects.count()) == (2, before)
    assert Entry.objects.filter(event="minutes.asked_to_agree").count() == 1


def asked(name: str) -> list[tuple[str, bool, bool]]:
    """Each letter to agree and sign to somebody: its state, and what of the two it knows to be done."""
    found = Letter.objects.filter(kind="record_to_agree", to_name=name).order_by("pk")
    return [(one.status, one.context["answered"], one.context["signed"]) for one in found]


def test_nobody_is_asked_by_a_letter_that_has_not_left_for_what_is_done(people: Cast) -> None:
    """Answered: it asks for the signature alone. Signed too: nothing leaves. One that has left stands."""
    minutes = closed(people)
    log = minutes.action_logs.get()
    rows = minutes.discussion.attendance.select_related("professional")
    hetty, dan, sam = (rows.get(name=name) for name in ("Hetty Hall", "Dan Dale", "Sam Shah"))
    Letter.objects.filter(to_name="Sam Shah").update(status="sent", sent_at=NOW)
    answer_record(minutes, hetty, Answer.AGREES, by=hetty.professional, at=NOW)
    assert asked("Hetty Hall") == [("cancelled", False, False), ("queued", True, False)]
    told = parsed(Letter.objects.filter(to_name="Hetty Hall").latest("pk")).as_string()
    assert "Sign the action log of" in told and "What you said of its record is written down" in told
    agree.sign(hetty, log, method=SignatureMethod.OWN, by=hetty.professional, at=NOW)
    assert asked("Hetty Hall") == [("cancelled", False, False), ("cancelled", True, False)]
    agree.sign(dan, log, method=SignatureMethod.RECORDED, how="Rang", by=people.bea, at=NOW)
    assert asked("Dan Dale") == [("cancelled", False, False), ("queued", False, True)]
    told = parsed(Letter.objects.filter(to_name="Dan Dale").latest("pk")).as_string()
    assert "Agree the record of" in told and "You have signed its action log" in told
    answer_record(minutes, dan, Answer.OBJECTS, text="No.", by=dan.professional, at=NOW)
    assert [one[0] for one in asked("Dan Dale")] == ["cancelled", "cancelled"]
    answer_record(minutes, sam, Answer.AGREES, by=people.sam, at=NOW)
    assert [one[0] for one in asked("Sam Shah")] == ["sent"]
    assert [one[0] for one in asked("Paul Pike")] == ["queued"]  # nobody else's letter is touched


def test_who_has_signed_the_new_log_before_its_letter_left_is_not_asked_to(people: Cast) -> None:
    minutes = closed(people)
    sign_all(minutes, people)
    strike(minutes, people, "Done already")
    log = minutes.action_logs.latest("number")
    paul = minutes.discussion.attendance.get(name="Paul Pike")
    agree.sign(paul, log, method=SignatureMethod.RECORDED, how="Rang", by=people.bea, at=NOW)
    assert dict(to_sign(minutes, 2))["Paul Pike"] == "cancelled"
    assert {status for name, status in to_sign(minutes, 2) if name != "Paul Pike"} == {"queued"}
