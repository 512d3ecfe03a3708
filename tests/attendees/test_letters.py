"""Letters and calendar files: what they say, and that no child is in them (P7; users-ask 2)."""

from datetime import UTC, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from icalendar import Calendar

from attendees.enums import Reply
from attendees.services import booking, inviting, links, replies
from cases.rules import ChildFacts
from outbox.models import Letter
from outbox.rendering import message, render
from strategy.enums import Format
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, a_room, a_video_link, invitation_of, link_of
from tests.builders.requests import a_referral
from tests.people import cast

pytestmark = pytest.mark.django_db
CANARY = "Zyxwcanary"


def parsed(letter: Letter) -> EmailMessage:
    """The letter as its reader's program sees it."""
    render(letter, list(letter.enclosed.select_related("enclosure")), timezone.now())
    return message_from_bytes(message(letter), policy=policy.default)  # type: ignore[return-value]


def calendar_of(letter: Letter) -> tuple[str, Calendar]:
    """The method named in the message's part, and the file itself."""
    part = next(one for one in parsed(letter).walk() if one.get_content_type() == "text/calendar")
    return part.get_param("method"), Calendar.from_ical(part.get_payload(decode=True))  # type: ignore[return-value]


def letter_to(name: str, kind: str) -> Letter:
    return Letter.objects.filter(to_name=name, kind=kind).latest("pk")


def test_ask_change_and_cancel_are_one_entry_in_a_calendar() -> None:
    people = cast()
    discussion = a_booked_discussion(people)
    asked = invitation_of(discussion, "Hetty Hall")
    start, end = discussion.planned_start, discussion.planned_end
    moved = start + timedelta(hours=1)
    method, file = calendar_of(letter_to("Hetty Hall", "invitation"))
    event = file.events[0]
    assert (method, file["METHOD"], event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "REQUEST",
        "REQUEST",
        asked.uid,
        0,
        "CONFIRMED",
    )
    assert (event.start, event.end) == (start, end)
    assert event["DTSTART"].to_ical() == f"{start.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode()
    assert not [one for one in file.walk() if one.name == "VTIMEZONE"]
    assert str(event["SUMMARY"]) == f"Strategy discussion {discussion.case.reference}"
    assert str(event["ORGANIZER"]) == f"mailto:{people.support.mailbox}"
    assert str(event["ATTENDEE"]) == "mailto:hetty.hall@northshire-health.example"
    booking.reschedule(
        discussion,
        reason="The police officer is in court.",
        place=a_video_link(),
        start=moved,
        end=moved + timedelta(hours=1),
        chair=people.mo,
        minute_taker=people.bea,
        late_reason="x",
        by=people.bea,
        at=timezone.now(),
    )
    method, file = calendar_of(letter_to("Hetty Hall", "invitation_changed"))
    event = file.events[0]
    assert (method, event["UID"], event["SEQUENCE"], event.start) == ("REQUEST", asked.uid, 1, moved)
    booking.cancel_booking(discussion, reason="The police cannot come", by=people.bea, at=timezone.now())
    method, file = calendar_of(letter_to("Hetty Hall", "invitation_cancelled"))
    event = file.events[0]
    assert (method, event["UID"], event["SEQUENCE"], event["STATUS"]) == ("CANCEL", asked.uid, 2, "CANCELLED")


def test_calendar_lines_are_short_and_end_as_the_standard_says() -> None:
    long = "A room with a very long name, in a house with a long name, Ŵyn street"
    discussion = a_booked_discussion(place=a_room(long, opens_at=None, closes_at=None))
    content = letter_to("Paul Pike", "invitation").enclosed.get().enclosure.content
    lines = bytes(content).split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert b"\n" not in b"".join(lines)
    assert discussion.format == Format.FACE_TO_FACE


def test_one_recipient_a_letter_and_replies_reach_business_support() -> None:
    people = cast()
    discussion = a_booked_discussion(people)
    invitees = set(discussion.invitations.values_list("professional__email", flat=True))
    for letter in Letter.objects.filter(kind__in=["invitation", "information_asked"]):
        mail = parsed(letter)
        assert [one.addr_spec for one in mail["To"].addresses] == [letter.to_email]
        assert (mail["Cc"], mail["Bcc"], mail["Reply-To"]) == (None, None, people.support.mailbox)
        calendar = b"".join(bytes(one.enclosure.content) for one in letter.enclosed.all()).decode()
        others = invitees - {letter.to_email}
        assert not [one for one in others if one in mail.as_string() + calendar.replace("\r\n ", "")]


def test_partners_get_their_link_and_staff_the_page() -> None:
    discussion = a_booked_discussion()
    _, token = link_of(discussion, "Paul Pike")
    partner = parsed(letter_to("Paul Pike", "invitation")).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    staff = parsed(letter_to("Sam Shah", "invitation")).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"/p/{token}/" in partner
    assert f"/discussions/{discussion.pk}/" in staff
    assert "/p/" not in staff
    calendar = bytes(letter_to("Paul Pike", "invitation").enclosed.get().enclosure.content)
    assert token.encode() not in calendar  # calendars are shared with colleagues


def everything_sent() -> Discussion:
    """Every letter that this room sends, about a family whose every name is the canary."""
    people = cast()
    now = timezone.now()
    referral = a_referral(
        people,
        at=now,
        children=[ChildFacts(given_names=CANARY, family_name=CANARY, address=CANARY, school=CANARY)],
    )
    discussion = a_booked_discussion(people, referral=referral)
    asked = invitation_of(discussion, "Paul Pike")
    replies.reply_to_invitation(
        asked,
        answer=Reply.DEPUTY,
        deputy_name="Di Dean",
        deputy_job_role="Inspector",
        deputy_email="di@northshire-police.example",
        by=asked.professional,
        at=now,
    )
    inviting.invite_deputy(asked, by=people.bea, at=now)
    links.send_new_link(asked, by=people.bea, at=now)
    links.ask_for_code(link_of(discussion, "Paul Pike")[0], "browser", at=now)
    start = discussion.planned_start + timedelta(hours=1)
    booking.reschedule(
        discussion,
        reason="The police officer is in court.",
        place=a_video_link(),
        start=start,
        end=start + timedelta(hours=1),
        chair=people.mo,
        minute_taker=people.bea,
        late_reason="x",
        by=people.bea,
        at=now,
    )
    from strategy.services import police

    police.forward_to_police(discussion.request, agency=people.police, by=people.bea, at=now)
    rendered_before = {
        letter.pk: parsed(letter).as_string() for letter in Letter.objects.exclude(to_email="")
    }
    assert not [pk for pk, text in rendered_before.items() if CANARY in text]
    booking.cancel_booking(discussion, reason="The police cannot come", by=people.bea, at=now)
    return discussion


def test_no_letter_subject_or_calendar_names_a_child() -> None:
    everything_sent()
    kinds = set(Letter.objects.values_list("kind", flat=True))
    assert {
        "invitation",
        "invitation_changed",
        "invitation_cancelled",
        "information_asked",
        "partner_link",
        "partner_code",
        "police_forward",
    } <= kinds
    looked_at = 0
    for letter in Letter.objects.prefetch_related("enclosed__enclosure"):
        files = [bytes(one.enclosure.content) for one in letter.enclosed.all()]
        assert CANARY not in f"{letter.context} {letter.to_name} {letter.reason} {files}"
        if letter.to_email and letter.kind != "partner_code":
            assert CANARY not in parsed(letter).as_string()
            looked_at += 1
    assert looked_at > 20


@pytest.mark.parametrize("name", ["Ann\r\nBcc: x@evil.example", "O'Brien", "Ŵyn", '"; x', "A" * 60])
def test_strange_names_break_no_header_and_no_calendar(name: str) -> None:
    from attendees.services.directory import add_professional
    from tests.builders.booking import known_professionals

    people = cast()
    person = add_professional(
        name=name,
        agency=people.health,
        job_role="Nurse",
        email="nurse@northshire-health.example",
        by=people.bea,
        at=timezone.now(),
    )
    a_booked_discussion(people, professionals=[*known_professionals(people), person])
    letter = Letter.objects.get(kind="invitation", to_ref=f"professional:{person.pk}")
    mail = parsed(letter)
    assert [one.addr_spec for one in mail["To"].addresses] == ["nurse@northshire-health.example"]
    assert mail["Bcc"] is None
    _, file = calendar_of(letter)
    assert len(file.events) == 1
