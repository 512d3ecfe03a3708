"""Booking and inviting in one act; moving; cancelling (rows W04, W05, W11, W12, W20, W22)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import InformationStatus, Reply
from attendees.services import booking, inviting, replies
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from cases.enums import AccessPurpose
from cases.models import Access, Case
from cases.rules import ChildFacts
from deadlines.models import Deadline
from outbox.models import Letter
from strategy.enums import DiscussionStatus, Format, Status
from strategy.models import Booking, Discussion
from tests.builders.booking import (
    a_booked_discussion,
    a_conference_line,
    a_room,
    a_video_link,
    invitation_of,
    known_professionals,
)
from tests.builders.requests import a_referral, a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def wish(people: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    """What Bea books unless a test says otherwise."""
    start = other.pop("start", at + timedelta(hours=2))
    return {
        "format": Format.VIRTUAL,
        "place": a_video_link(),
        "start": start,
        "end": start + timedelta(hours=1),
        "chair": people.mo,
        "minute_taker": people.bea,
        "professionals": known_professionals(people),
        "late_reason": "No police officer is free before.",
        "by": people.bea,
        "at": at,
        **other,
    }


def test_one_act_books_invites_asks_and_hands_over(people: Cast) -> None:
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    request = discussion.request
    assert (request.status, discussion.status, discussion.number) == (
        Status.BOOKED,
        DiscussionStatus.PLANNED,
        1,
    )
    names = list(discussion.invitations.values_list("professional__name", "quorum_role", "is_referrer"))
    assert names == [
        ("Sam Shah", "social_worker", False),
        ("Mo Mensah", "social_work_manager", False),
        ("Bea Bright", "", False),
        ("Paul Pike", "police", False),
        ("Hetty Hall", "health", False),
        ("Dan Dale", "", True),
    ]
    asked = list(discussion.information.values_list("professional__name", "status", "due_at"))
    due = discussion.planned_start - timedelta(hours=2)
    assert asked == [
        (name, InformationStatus.ASKED, max(due, now)) for name in ("Paul Pike", "Hetty Hall", "Dan Dale")
    ]
    kinds = sorted(Letter.objects.filter(case_ref=discussion.case.reference).values_list("kind", "to_name"))
    assert [one for one in kinds if one[0] in ("invitation", "information_asked")] == [
        *[("information_asked", name) for name in ("Dan Dale", "Hetty Hall", "Paul Pike")],
        *[("invitation", name) for name in sorted(one[0] for one in names)],
    ]
    convene = Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")
    assert (convene.owner, convene.verb) == (people.mo, "Hold the discussion")
    clocks = Deadline.objects.running().filter(duty="agency_information")
    assert list(clocks.values_list("owner_team", flat=True)) == [people.support.pk] * 3
    assert Entry.objects.filter(event="discussion.booked", subject=discussion.subject).count() == 1


def test_chair_and_minute_taker_may_see_the_case(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    given = Access.objects.current().filter(case=discussion.case)
    assert given.filter(user=people.mo, purpose=AccessPurpose.CHAIRS).count() == 1
    assert given.filter(user=people.bea, purpose=AccessPurpose.SUPPORTS).count() == 1
    assert not Case.objects.visible_to(people.paul).exists()


def test_only_business_support_books_and_only_what_is_authorised(people: Cast) -> None:
    now = timezone.now()
    request = an_authorised_request(people, at=now)
    for person in (people.sam, people.mo, people.stranger, people.olga):
        with pytest.raises(NotAllowed):
            booking.book_and_invite(request, **wish(people, now, by=person))
    waiting = a_submitted_request(people, at=now)
    with pytest.raises(NotAllowed):  # business support sees a case once its request is authorised
        booking.book_and_invite(waiting, **wish(people, now))
    assert not Discussion.objects.exists()
    assert not Letter.objects.filter(kind="invitation").exists()


def test_a_booked_request_is_not_booked_again(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    now = timezone.now()
    with pytest.raises(MoveNotAllowed, match="“booked” already"):
        booking.book_and_invite(discussion.request, **wish(people, now, start=now + timedelta(hours=5)))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"start_in": timedelta(hours=-1)}, "start"),
        ({"start_in": timedelta(days=61)}, "start"),
        ({"length": timedelta(0)}, "end"),
        ({"length": timedelta(hours=9)}, "end"),
        ({"start_in": timedelta(days=2), "late_reason": " "}, "late_reason"),
        ({"place": None}, "place"),
        ({"format": Format.FACE_TO_FACE}, "place"),
        ({"format": Format.SERIES_OF_CALLS}, "format"),
        ({"chair": "sam"}, "chair"),
        ({"minute_taker": "sam"}, "minute_taker"),
        ({"professionals": []}, "professionals"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(people: Cast, other: dict[str, Any], field: str) -> None:
    now = timezone.now()
    request = an_authorised_request(people, at=now)
    start = now + other.pop("start_in", timedelta(hours=2))
    length = other.pop("length", timedelta(hours=1))
    for name in ("chair", "minute_taker"):
        if name in other:
            other[name] = getattr(people, other[name])
    with pytest.raises(Refused) as refused:
        booking.book_and_invite(request, **{**wish(people, now, start=start), "end": start + length, **other})
    assert refused.value.field == field
    request.refresh_from_db()
    assert (request.status, Booking.objects.count()) == (Status.AUTHORISED, 0)


def test_a_telephone_conference_needs_line_hub_and_facilitator(people: Cast) -> None:
    now = timezone.now()
    request = an_authorised_request(people, at=now)
    by_phone = {"format": Format.TELEPHONE_CONFERENCE, "place": a_conference_line()}
    for given, field in (({}, "hub"), ({"hub": "Strategy room"}, "facilitator")):
        with pytest.raises(Refused) as refused:
            booking.book_and_invite(request, **wish(people, now, **by_phone, **given))
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        booking.book_and_invite(request, **wish(people, now, format=Format.TELEPHONE_CONFERENCE))
    assert refused.value.field == "place"
    held = booking.book_and_invite(
        request, **wish(people, now, **by_phone, hub="Strategy room", facilitator="Bea Bright")
    )
    assert (held.hub, held.facilitator, held.is_meeting) == ("Strategy room", "Bea Bright", False)


def test_a_series_of_calls_is_booked_without_place_or_hub(people: Cast) -> None:
    now = timezone.now()
    request = an_authorised_request(people, at=now, protocol="halton")
    page = f"/requests/{request.pk}/book/"
    client = Client()
    client.force_login(people.bea)
    typed = {
        "format": Format.SERIES_OF_CALLS, "length": 60, "place": a_conference_line().pk,
        "start": (now + timedelta(hours=1)).isoformat(), "hub": "", "facilitator": "Sam Shah",
        "chair": people.mo.pk, "minute_taker": people.bea.pk,
        "professionals": [wish(people, now)["professionals"][0].pk], "late_reason": "The police ask for it.",
    }  # fmt: skip
    assert "needs no room, line or link" in client.post(page, typed | {"_show": "1"}).content.decode()
    done = client.post(page, typed)
    booked = Booking.objects.get()
    assert (done.status_code, booked.place, booked.discussion.hub) == (302, None, "")
    letter = Letter.objects.filter(kind="invitation").first()
    assert letter is not None and letter.context["where"] == "We telephone you"


def test_a_looked_after_child_needs_the_carers_service_or_a_reason(people: Cast) -> None:
    now = timezone.now()
    child = ChildFacts(given_names="Ruby", family_name="Fenwick", status="looked_after")
    referral = a_referral(people, children=[child], at=now)
    request = an_authorised_request(people, at=now, referral=referral)
    with pytest.raises(Refused) as refused:
        booking.book_and_invite(request, **wish(people, now))
    assert refused.value.field == "no_carers_reason"
    held = booking.book_and_invite(
        request, **wish(people, now, no_carers_reason="The carers are the alleged persons.")
    )
    assert list(held.not_invited.values_list("kind", "reason")) == [
        ("residential", "The carers are the alleged persons.")
    ]


def test_moving_asks_everybody_again_and_moves_no_limit(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    now = timezone.now()
    asked = invitation_of(discussion, "Paul Pike")
    replies.reply_to_invitation(asked, answer=Reply.COMING, by=asked.professional, at=now)
    before = Deadline.objects.get(subject=f"referral:{discussion.request.referral_id}", duty="convene").due_at
    start = discussion.planned_start + timedelta(hours=1)
    booking.reschedule(
        discussion,
        reason="The police officer is in court.",
        place=a_room(opens_at=None, closes_at=None),
        format=Format.FACE_TO_FACE,
        start=start,
        end=start + timedelta(hours=1),
        chair=people.ada,
        minute_taker=people.bea,
        late_reason="The chair is ill.",
        by=people.bea,
        at=now,
    )
    asked.refresh_from_db()
    assert (asked.reply, asked.sequence, asked.replied_at) == (Reply.WAITING, 1, None)
    assert list(Booking.objects.values_list("cancelled_reason", flat=True)) == [
        "Moved: The police officer is in court.",
        "",
    ]
    withdrawn = invitation_of(discussion, "Mo Mensah")
    assert withdrawn.withdrawn_reason == "Somebody else does it now"
    clock = Deadline.objects.get(subject=f"referral:{discussion.request.referral_id}", duty="convene")
    assert (clock.due_at, clock.owner) == (before, people.ada)
    letters = Letter.objects.filter(to_name="Paul Pike", kind__startswith="invitation").order_by("pk")
    assert list(letters.values_list("kind", "status")) == [
        ("invitation", "cancelled"),
        ("invitation_changed", "queued"),
    ]
    assert invitation_of(discussion, "Ada Arden").sequence == 0
    assert not Access.objects.current().filter(user=people.mo, purpose=AccessPurpose.CHAIRS).exists()


def test_a_cancelled_first_booking_frees_all_and_the_second_is_number_two(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    now = timezone.now()
    due = Deadline.objects.get(subject=f"referral:{discussion.request.referral_id}", duty="convene").due_at
    with pytest.raises(Refused):
        booking.cancel_booking(discussion, reason=" ", by=people.bea, at=now)
    request = booking.cancel_booking(discussion, reason="The police cannot come", by=people.bea, at=now)
    clock = Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")
    assert (request.status, clock.owner_team, clock.verb, clock.due_at) == (
        Status.AUTHORISED,
        people.support,
        "Book",
        due,
    )
    assert not discussion.links.filter(revoked_at=None).exists()
    assert not Deadline.objects.running().filter(duty="agency_information").exists()
    assert Letter.objects.filter(kind="invitation_cancelled").count() == 6
    again = a_booked_discussion(people, request=request, start=discussion.planned_start)
    assert (again.number, again.request) == (2, request)
    with pytest.raises(MoveNotAllowed):
        booking.cancel_booking(discussion, reason="Twice", by=people.bea, at=now)


def test_who_has_a_room_is_named_and_no_family(people: Cast) -> None:
    first = a_booked_discussion(people)
    now = timezone.now()
    other = an_authorised_request(people, at=now)
    with pytest.raises(Taken) as taken:
        booking.book_and_invite(
            other, **wish(people, now, start=first.planned_start, chair=people.ada, minute_taker=people.eve)
        )
    assert taken.value.field == "place"
    assert "Bea Bright" in taken.value.sentence
    assert first.case.reference not in taken.value.sentence
    other.refresh_from_db()
    assert other.status == Status.AUTHORISED
    with pytest.raises(Taken) as taken:
        booking.book_and_invite(
            other, **wish(people, now, start=first.planned_start, place=a_video_link("Video link 2"))
        )
    assert taken.value.field == "chair"


def test_a_deputy_named_by_a_partner_is_invited_by_business_support(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    now = timezone.now()
    asked = invitation_of(discussion, "Paul Pike")
    with pytest.raises(Refused):
        inviting.invite_deputy(asked, by=people.bea, at=now)
    replies.reply_to_invitation(
        asked,
        answer=Reply.DEPUTY,
        deputy_name="Di Dean",
        deputy_job_role="Inspector",
        deputy_email="Di@Northshire-Police.example",
        by=asked.professional,
        at=now,
    )
    assert not discussion.links.filter(professional__name="Di Dean").exists()
    with pytest.raises(NotAllowed):
        inviting.invite_deputy(asked, by=people.sam, at=now)
    made = inviting.invite_deputy(asked, by=people.bea, at=now)
    assert (made.quorum_role, made.professional.email) == ("police", "di@northshire-police.example")
    assert discussion.links.filter(professional__name="Di Dean", revoked_at=None).count() == 1


def test_taking_somebody_off_shuts_them_out_at_once(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    now = timezone.now()
    asked = invitation_of(discussion, "Dan Dale")
    inviting.withdraw_invitation(asked, reason="Named as alleged person", by=people.bea, at=now)
    asked.refresh_from_db()
    assert asked.withdrawn_reason == "Named as alleged person"
    assert not discussion.links.filter(professional=asked.professional, revoked_at=None).exists()
    letters = Letter.objects.filter(to_name="Dan Dale").exclude(kind="partner_code").order_by("pk")
    assert list(letters.values_list("kind", "status")) == [
        ("referral_followed", "queued"),  # the referral was theirs: where it stands they may still read
        ("invitation", "cancelled"),
        ("information_asked", "cancelled"),
        ("invitation_cancelled", "queued"),
    ]
    inviting.invite_more(discussion, [asked.professional], by=people.bea, at=now)
    asked.refresh_from_db()
    assert (asked.withdrawn_at, asked.sequence) == (None, 2)
    with pytest.raises(Refused, match="chair"):
        inviting.withdraw_invitation(
            invitation_of(discussion, "Mo Mensah"), reason="x", by=people.bea, at=now
        )


def test_a_partner_without_an_address_is_told_by_hand(people: Cast) -> None:
    from attendees.services.directory import add_professional

    person = add_professional(
        name="Ned Nomail",
        agency=people.school,
        job_role="Caretaker",
        phone="01632 960199",
        by=people.bea,
        at=timezone.now(),
    )
    discussion = a_booked_discussion(people, professionals=[*known_professionals(people)[:2], person])
    letter = Letter.objects.get(to_name="Ned Nomail", kind="invitation")
    assert (letter.status, letter.enclosed.count()) == ("needs_person", 0)
    assert not discussion.links.filter(professional=person).exists()
    assert (
        Deadline.objects.running()
        .filter(subject=discussion.information.get(professional=person).subject)
        .exists()
    )
