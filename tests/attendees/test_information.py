"""Replies and information: by the person, or recorded for them (rows W22, W23, C14, C32)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.enums import InformationStatus, Marking, Reply
from attendees.models import Passage
from attendees.services import booking, information, replies
from attendees.services.information import Text, Told
from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from deadlines.models import Deadline
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WORDS = Text("Involvement", "Known since 2019.")


def build() -> tuple[Cast, Discussion]:
    people = cast()
    return people, a_booked_discussion(people)


@pytest.fixture
def people(world: tuple[Cast, Discussion]) -> Cast:
    return world[0]


@pytest.fixture
def discussion(world: tuple[Cast, Discussion]) -> Discussion:
    return world[1]


def test_saving_in_parts_then_sending_stops_the_clock(discussion: Discussion) -> None:
    asked = discussion.information.get(professional__name="Paul Pike")
    now = timezone.now()
    asked = information.save_information(asked, [WORDS], by=asked.professional, at=now)
    assert (asked.status, asked.answered_at) == (InformationStatus.STARTED, None)
    asked = information.answer_information(
        asked,
        status=InformationStatus.RETURNED,
        texts=[Text("Concerns", "Three calls in May.", Marking.POLICE_SENSITIVE)],
        by=asked.professional,
        at=now,
    )
    assert (asked.status, asked.answered_at, asked.answered_how) == (
        InformationStatus.RETURNED,
        now,
        "By link and one-time code",
    )
    assert list(asked.passages.values_list("heading", "text", "marking")) == [
        ("Involvement", "Known since 2019.", Marking.NOT_FAMILY),
        ("Concerns", "Three calls in May.", Marking.POLICE_SENSITIVE),
    ]
    clock = Deadline.objects.get(subject=asked.subject)
    assert (clock.met_at, clock.met_by_ref) == (now, f"professional:{asked.professional_id}")
    entry = Entry.objects.get(event="information.answered")
    assert "May" not in str(entry.data)
    assert entry.by_name == "Paul Pike"


def test_nothing_held_and_will_tell(discussion: Discussion) -> None:
    now = timezone.now()
    for name, status in (
        ("Dan Dale", InformationStatus.NONE_HELD),
        ("Hetty Hall", InformationStatus.AT_MEETING),
    ):
        asked = discussion.information.get(professional__name=name)
        information.answer_information(asked, status=status, by=asked.professional, at=now)
        asked.refresh_from_db()
        assert (asked.status, asked.is_answered) == (status, True)


def test_what_contradicts_itself_is_refused(discussion: Discussion) -> None:
    asked = discussion.information.get(professional__name="Paul Pike")
    now = timezone.now()
    for status, texts in (
        (InformationStatus.RETURNED, []),
        (InformationStatus.NONE_HELD, [WORDS]),
        ("asked", []),
    ):
        with pytest.raises(Refused) as refused:
            information.answer_information(asked, status=status, texts=texts, by=asked.professional, at=now)
        assert refused.value.field == "status"
    with pytest.raises(Refused):
        information.save_information(
            asked, [Text("Involvement", "x" * 20_001)], by=asked.professional, at=now
        )
    with pytest.raises(Refused):
        information.save_information(
            asked, [Text("Involvement", "x", "secret")], by=asked.professional, at=now
        )
    assert not Passage.objects.exists()


def test_two_windows_do_not_overwrite_each_other(discussion: Discussion) -> None:
    asked = discussion.information.get(professional__name="Paul Pike")
    now, who = timezone.now(), asked.professional
    information.save_information(asked, [WORDS], by=who, at=now)
    information.save_information(asked, [Text("Involvement", "Newer", version=1)], by=who, at=now)
    with pytest.raises(StaleVersion):
        information.save_information(asked, [Text("Involvement", "Older", version=1)], by=who, at=now)
    assert Passage.objects.get().text == "Newer"


def test_nobody_answers_for_somebody_else(discussion: Discussion, people: Cast) -> None:
    asked = discussion.information.get(professional__name="Paul Pike")
    other = discussion.information.get(professional__name="Dan Dale").professional
    now = timezone.now()
    for person in (other, people.stranger, people.sam, people.paul):
        with pytest.raises(NotAllowed):
            information.answer_information(asked, status="none_held", by=person, at=now)
        with pytest.raises(NotAllowed):
            replies.reply_to_invitation(
                invitation_of(discussion, "Paul Pike"), answer=Reply.COMING, by=person, at=now
            )


def test_business_support_records_what_was_told_and_how(discussion: Discussion, people: Cast) -> None:
    now = timezone.now()
    asked = invitation_of(discussion, "Dan Dale")
    with pytest.raises(Refused) as refused:
        replies.reply_to_invitation(asked, answer=Reply.COMING, by=people.bea, at=now)
    assert refused.value.field == "how"
    asked = replies.reply_to_invitation(asked, answer=Reply.COMING, how="By telephone", by=people.bea, at=now)
    assert (asked.reply, asked.replied_by_ref, asked.reply_how) == (
        Reply.COMING,
        f"user:{people.bea.pk}",
        "By telephone",
    )
    assert Entry.objects.filter(event="invitation.reply_recorded").count() == 1
    wanted = discussion.information.get(professional__name="Dan Dale")
    done = information.answer_information(
        wanted,
        status="returned",
        texts=[WORDS],
        told=Told(how="Secure email", by_whom="Dan Dale"),
        by=people.bea,
        at=now,
    )
    assert (done.answered_by_ref, done.answered_how) == (f"user:{people.bea.pk}", "Secure email")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answer": "maybe"}, "answer"),
        ({"answer": Reply.WAITING}, "answer"),
        ({"answer": Reply.NOT_COMING}, "reason"),
        ({"answer": Reply.DEPUTY}, "deputy_name"),
        ({"answer": Reply.DEPUTY, "deputy_name": "Di"}, "deputy_job_role"),
        (
            {
                "answer": Reply.DEPUTY,
                "deputy_name": "Di",
                "deputy_job_role": "x",
                "deputy_email": "a@x, b@evil",
            },
            "deputy_email",
        ),
        (
            {
                "answer": Reply.DEPUTY,
                "deputy_name": "Di",
                "deputy_job_role": "x",
                "deputy_email": "a@b.gcsx.gov.uk",
            },
            "deputy_email",
        ),
    ],
)
def test_a_reply_says_enough(discussion: Discussion, given: dict[str, str], field: str) -> None:
    asked = invitation_of(discussion, "Paul Pike")
    with pytest.raises(Refused) as refused:
        replies.reply_to_invitation(asked, **given, by=asked.professional, at=timezone.now())  # type: ignore[arg-type]
    assert refused.value.field == field


def test_after_cancelling_nothing_is_answered(discussion: Discussion, people: Cast) -> None:
    now = timezone.now()
    booking.cancel_booking(discussion, reason="x", by=people.bea, at=now)
    asked = invitation_of(discussion, "Paul Pike")
    with pytest.raises(MoveNotAllowed):
        replies.reply_to_invitation(asked, answer=Reply.COMING, by=asked.professional, at=now)
    with pytest.raises(MoveNotAllowed):
        wanted = discussion.information.get(professional__name="Paul Pike")
        information.answer_information(wanted, status="none_held", by=asked.professional, at=now)


def test_information_is_due_two_hours_before_and_moves_with_the_discussion(people: Cast) -> None:
    now = timezone.now()
    discussion = a_booked_discussion(people, start=now + timedelta(hours=5))
    asked = discussion.information.get(professional__name="Paul Pike")
    assert asked.due_at == discussion.planned_start - timedelta(hours=2)
    start = discussion.planned_start + timedelta(hours=1)
    booking.reschedule(
        discussion,
        reason="The police officer is in court.",
        place=discussion.bookings.get().place,
        start=start,
        end=start + timedelta(hours=1),
        chair=people.mo,
        minute_taker=people.bea,
        late_reason="x",
        by=people.bea,
        at=now,
    )
    asked.refresh_from_db()
    assert asked.due_at == start - timedelta(hours=2)
    assert Deadline.objects.running().get(subject=asked.subject).due_at == asked.due_at
