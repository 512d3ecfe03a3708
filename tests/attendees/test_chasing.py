"""Reminders to those who have not answered, and what is told in another way ends them (W22, W23, C32)."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendees.enums import Holding, InformationStatus, Marking
from attendees.models import InformationRequest
from attendees.services import chasing, information
from attendees.services.directory import add_professional
from attendees.services.information import Text, Told
from attendees.services.inviting import invite_more
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
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
    assert [one.text for one in cells.all()] == [""]  # saved, not sent: the agency's own still
    information.answer_information(asked, status="returned", by=asked.professional, at=now)
    spoken, lives, secret = cells.all()
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
    assert {(one.heading, one.text, one.marking) for one in cells.all()} == {
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


def silent(discussion: Discussion, people: Cast) -> InformationRequest:
    """Hetty's agency alone has not answered."""
    now = timezone.now()
    for asked in discussion.information.exclude(professional__name="Hetty Hall"):
        told = Told(how="Telephone", by_whom="Them")
        information.answer_information(asked, status="none_held", told=told, by=people.bea, at=now)
    return discussion.information.get(professional__name="Hetty Hall")


def test_the_sweep_reminds_once_before_and_once_after_only_who_has_not_answered(people: Cast) -> None:
    asked_at = timezone.now()
    discussion = a_booked_discussion(people, start=asked_at + timedelta(days=3))
    asked = silent(discussion, people)
    due = asked.due_at
    assert due == discussion.planned_start - timedelta(hours=2)
    before = [due - timedelta(days=1) + timedelta(minutes=n) for n in (-1, 0, 1, 1400)]
    assert [chasing.remind_of_information(at) for at in before] == [0, 1, 0, 0]
    after = [due + timedelta(minutes=n) for n in (1, 2, 119)]
    assert [chasing.remind_of_information(at) for at in after] == [1, 0, 0]
    letters = Letter.objects.filter(kind="information_chased").order_by("pk")
    assert [one.context["is_late"] for one in letters] == [False, True]
    assert {one.to_name for one in letters} == {"Hetty Hall"}
    assert letters[0].context["booked_by"] == people.support.name  # nobody sent it: the team is rung
    assert chasing.remind_of_information(discussion.planned_start) == 0
    entries = Entry.objects.filter(event="information.chased").values_list("by_name", flat=True)
    assert list(entries) == ["Threshold", "Threshold"]


def test_after_an_outage_what_was_missed_is_told_once_and_a_reminder_by_hand_counts(people: Cast) -> None:
    discussion = a_booked_discussion(people, start=timezone.now() + timedelta(days=3))
    due = silent(discussion, people).due_at
    chasing.chase(discussion, by=people.bea, at=due - timedelta(hours=20))
    assert chasing.remind_of_information(due - timedelta(hours=1)) == 0
    assert [chasing.remind_of_information(due + timedelta(minutes=n)) for n in (90, 91)] == [1, 0]
    chasing.chase(discussion, by=people.bea, at=due + timedelta(minutes=106))  # a person may, all the same
    assert Letter.objects.filter(kind="information_chased").count() == 3


def test_who_was_asked_a_moment_ago_or_of_what_is_off_is_not_reminded(people: Cast) -> None:
    now = timezone.now()
    discussion = a_booked_discussion(people, start=now + timedelta(minutes=90))
    asked = silent(discussion, people)
    assert asked.due_at <= asked.asked_at  # too late for two hours: wanted at once
    assert [
        chasing.remind_of_information(asked.asked_at + timedelta(minutes=n)) for n in (1, 29, 30, 31)
    ] == [0, 0, 1, 0]
    InformationRequest.objects.update(chased_at=None)
    Discussion.objects.filter(pk=discussion.pk).update(status="cancelled")
    assert chasing.remind_of_information(asked.asked_at + timedelta(minutes=40)) == 0


@pytest.fixture
def three_days_off(people: Cast) -> Discussion:
    discussion = a_booked_discussion(people, start=timezone.now() + timedelta(days=3))
    silent(discussion, people)
    return discussion


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_over_random_sweeps_each_window_at_most_once(
    people: Cast, three_days_off: Discussion, data: st.DataObject
) -> None:
    """Before it is due and after, whatever the order of the clocks, with reminders by hand in between."""
    minute = timedelta(minutes=1)
    discussion = three_days_off
    due = discussion.information.get(professional__name="Hetty Hall").due_at
    begun = discussion.planned_start - timedelta(days=3)
    with transaction.atomic():
        steps = data.draw(st.lists(st.tuples(st.booleans(), st.integers(1, 3 * 24 * 60)), max_size=15))
        for is_by_hand, number in steps:
            try:
                with transaction.atomic():
                    if is_by_hand:
                        chasing.chase(discussion, by=people.bea, at=begun + minute * number)
                    else:
                        chasing.remind_of_information(begun + minute * number)
            except Refused:
                pass
        seen: list[bool] = []
        for one in Entry.objects.filter(event="information.chased").order_by("pk"):
            assert one.occurred_at is not None
            assert one.by_name == people.bea.name or (one.occurred_at <= due) not in seen
            if one.by_name != people.bea.name or one.occurred_at >= due - timedelta(days=1):
                seen.append(one.occurred_at <= due)
        transaction.set_rollback(True)
