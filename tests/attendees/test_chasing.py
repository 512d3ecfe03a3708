"""Reminders to those who have not answered, and what is told in another way ends them (W22, W23, C32)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import Holding, InformationStatus, Marking
from attendees.services import chasing, information
from attendees.services.directory import add_professional
from attendees.services.information import Text, Told
from attendees.services.inviting import invite_more
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from deadlines.models import Deadline
from minutes.models import Section
from minutes.services.record import open_record
from minutes.services.sections import save_section
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def test_only_who_has_not_answered_is_reminded(discussion: Discussion, people: Cast) -> None:
    now = timezone.now()
    silent = add_professional(
        name="Gus Grey", agency=people.fostering, job_role="Carer", by=people.bea, at=now
    )
    invite_more(discussion, [silent], by=people.bea, at=now)
    answers = {"Paul Pike": "none_held", "Dan Dale": "at_meeting"}
    for name, status in answers.items():
        asked = discussion.information.get(professional__name=name)
        told = Told(how="Telephone", by_whom=name)
        information.answer_information(asked, status=status, told=told, by=people.bea, at=now)
    waiting = chasing.still_waiting(discussion)
    assert [one.professional.name for one in waiting] == ["Hetty Hall", "Gus Grey"]
    chased = chasing.chase(discussion, by=people.bea, at=now)
    assert [(one.professional.name, one.chased_at, one.chased_times) for one in chased] == [
        ("Hetty Hall", now, 1)
    ]
    letter = Letter.objects.get(kind="information_chased")
    assert (letter.to_name, letter.reply_to) == ("Hetty Hall", people.support.mailbox)
    assert "Ruby" not in str(letter.context)
    with pytest.raises(Refused) as refused:
        chasing.chase(discussion, by=people.bea, at=now + timedelta(minutes=14))
    assert "less than 15 minutes" in refused.value.sentence
    chasing.chase(discussion, by=people.bea, at=now + timedelta(minutes=15))
    assert list(
        Letter.objects.filter(kind="information_chased").order_by("pk").values_list("status", flat=True)
    ) == [
        "cancelled",
        "queued",
    ]


def test_who_may_remind_and_when(discussion: Discussion, people: Cast) -> None:
    now = timezone.now()
    for somebody in (people.sam, people.olga, people.dee):
        with pytest.raises(NotAllowed):
            chasing.chase(discussion, by=somebody, at=now)
    Discussion.objects.filter(pk=discussion.pk).update(status="cancelled")
    with pytest.raises(MoveNotAllowed):
        chasing.chase(discussion, by=people.bea, at=now)


def test_what_was_told_counts_from_when_it_was_told(discussion: Discussion, people: Cast) -> None:
    asked = discussion.information.get(professional__name="Hetty Hall")
    now = asked.asked_at + timedelta(minutes=50)
    told = Told(how="Telephone", by_whom="Ivy Irwin, midwife", at=asked.asked_at + timedelta(minutes=20))
    done = information.answer_information(
        asked,
        status="returned",
        texts=[Text("Maternity", "Booked at 12 weeks.")],
        told=told,
        by=people.bea,
        at=now,
    )
    assert (done.answered_at, done.recorded_at, done.answered_from) == (told.at, now, told.by_whom)
    assert Deadline.objects.get(subject=asked.subject).met_at == told.at
    for wrong, field in (
        (Told(by_whom="Ivy"), "how"),
        (Told(how="Telephone"), "from_whom"),
        (Told("Telephone", "Ivy", now + timedelta(minutes=1)), "told_at"),
        (Told("Telephone", "Ivy", now - timedelta(days=400)), "told_at"),
    ):
        with pytest.raises(Refused) as refused:
            information.answer_information(asked, status="none_held", told=wrong, by=people.bea, at=now)
        assert refused.value.field == field


def test_each_health_service_is_held_none_or_asked(discussion: Discussion) -> None:
    asked = discussion.information.get(professional__name="Hetty Hall")
    now = timezone.now()
    texts = [
        Text("Family", "Known since birth.", holding=Holding.HELD),
        Text("Maternity", "", holding=Holding.NONE),
        Text("Mental health", "", holding=Holding.ASKED),
    ]
    information.answer_information(asked, status="returned", texts=texts, by=asked.professional, at=now)
    assert list(asked.passages.values_list("heading", "holding")) == [
        ("Family", Holding.HELD),
        ("Maternity", Holding.NONE),
        ("Mental health", Holding.ASKED),
    ]
    with pytest.raises(Refused):
        wrong = [Text("Maternity", "Booked.", holding=Holding.NONE)]
        information.answer_information(asked, status="returned", texts=wrong, by=asked.professional, at=now)
    with pytest.raises(Refused):
        information.answer_information(asked, status="none_held", by=asked.professional, at=now)


def test_the_record_takes_in_each_passage_with_its_source_and_its_own_marking(
    discussion: Discussion, people: Cast
) -> None:
    now = timezone.now()
    asked = discussion.information.get(professional__name="Paul Pike")
    texts = [
        Text("Who lives there", "Mother and two children.", Marking.SHARE),
        Text("Intelligence and crimes", "A live operation.", Marking.POLICE_SENSITIVE),
    ]
    information.save_information(asked, texts, by=asked.professional, at=now)
    record = open_record(discussion, by=people.bea, at=now)
    cells = Section.objects.filter(minutes=record, field="contribution", professional=asked.professional)
    assert [one.text for one in cells] == [""]  # saved, not sent: the agency's own still
    information.answer_information(asked, status="returned", by=asked.professional, at=now)
    spoken, lives, secret = cells
    assert (spoken.text, spoken.source) == ("", "")
    assert (lives.heading, lives.text, lives.marking, lives.version) == (
        "Who lives there",
        "Mother and two children.",
        Marking.SHARE,
        1,
    )
    assert (secret.heading, secret.text, secret.marking) == (
        "Intelligence and crimes",
        "A live operation.",
        Marking.POLICE_SENSITIVE,
    )
    assert all(one.source.startswith("Paul Pike, Northshire Police: returned") for one in (lives, secret))
    save_section(lives, "What the chair heard.", version=1, by=people.bea, at=now)
    save_section(spoken, "What they said.", version=0, by=people.bea, at=now)
    more = [
        Text("Who lives there", "Mother and an uncle.", Marking.THIRD_PARTY),
        Text("Domestic abuse calls", "None."),
    ]
    information.answer_information(asked, status="returned", texts=more, by=asked.professional, at=now)
    assert {(one.heading, one.text, one.marking) for one in cells} == {
        ("", "What they said.", Marking.NOT_FAMILY),  # a person's words stand
        ("Who lives there", "What the chair heard.", Marking.THIRD_PARTY),  # and a stricter marking counts
        ("Intelligence and crimes", "A live operation.", Marking.POLICE_SENSITIVE),
        ("Domestic abuse calls", "None.", Marking.NOT_FAMILY),
    }


def test_the_pages_of_business_support(client: Client, discussion: Discussion, people: Cast) -> None:
    client.force_login(people.bea)
    address = f"/discussions/{discussion.pk}/"
    asked = discussion.invitations.get(professional__name="Hetty Hall")
    form = f"{address}invitations/{asked.pk}/information/"
    empty = client.post(form, {"status": "returned", "text_0": "Known."})
    assert empty.status_code == 422
    assert [name for name in ("how", "from_whom", "told_at") if name in empty.context["form"].errors] == [
        "how",
        "from_whom",
        "told_at",
    ]
    told_at = timezone.localtime()
    typed = {
        "status": "returned",
        "text_0": "Known since birth.",
        "marking_0": "third_party",
        "how": "Telephone",
        "from_whom": "Ivy Irwin, midwife",
        "told_at": told_at.isoformat(),
    }
    assert client.post(form, typed).status_code == 302
    told = client.get(f"{address}information/").content.decode()
    for words in ("Known since birth.", "About a third party", "Telephone, from Ivy Irwin, midwife"):
        assert words in told
    assert client.get(f"{address}information/remind/").status_code == 200
    assert client.post(f"{address}information/remind/").status_code == 302
    assert Letter.objects.filter(kind="information_chased").count() == 2
    assert "Reminded" in client.get(address).content.decode()
    assert discussion.information.get(professional__name="Hetty Hall").status == InformationStatus.RETURNED
