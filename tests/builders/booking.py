"""A booked discussion, made by the real services as business support would."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from attendees.models import Invitation, PartnerLink, Professional
from attendees.services.booking import book_and_invite
from attendees.services.directory import add_professional
from attendees.services.links import token_for
from strategy.enums import Format, PlaceKind
from strategy.models import Discussion, Place, StrategyRequest
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast


def a_room(name: str = "Room 1, Cherry House", **facts: Any) -> Place:
    """A room that is open from 8am to 8pm; the same name gives the same room."""
    facts = {
        "joining": "Ask for the strategy room at reception.",
        "opens_at": time(8),
        "closes_at": time(20),
    } | facts
    return Place.objects.get_or_create(name=name, defaults={"kind": PlaceKind.ROOM, **facts})[0]


def a_conference_line(name: str = "Conference line A") -> Place:
    """A conference line that is open at all hours."""
    joining = "Telephone 01632 960700 and enter the number that business support gives you."
    return Place.objects.get_or_create(
        name=name, defaults={"kind": PlaceKind.CONFERENCE_LINE, "joining": joining}
    )[0]


def a_video_link(name: str = "Video link 1") -> Place:
    """A video link that is open at all hours."""
    return Place.objects.get_or_create(
        name=name,
        defaults={
            "kind": PlaceKind.VIDEO_LINK,
            "joining": "Open https://video.ambleford.example/strategy-1 and wait for the chair.",
        },
    )[0]


def known_professionals(people: Cast, at: datetime | None = None) -> list[Professional]:
    """Police, health and school as the directory knows them: addresses of their own, no account."""
    known = (
        ("Paul Pike", people.police, "Detective sergeant", "police"),
        ("Hetty Hall", people.health, "Health visitor", "health"),
        ("Dan Dale", people.school, "Designated safeguarding lead", "education"),
    )
    return [
        add_professional(
            name=name,
            agency=agency,
            job_role=role,
            quorum_role=quorum,
            email=f"{name.lower().replace(' ', '.')}@{agency.mailbox.partition('@')[2]}",
            phone=f"01632 96010{place}",
            by=people.bea,
            at=at or timezone.now(),
        )
        for place, (name, agency, role, quorum) in enumerate(known, start=1)
    ]


def a_referral_desk(people: Cast, at: datetime | None = None) -> Professional:
    """A mailbox of the police that several officers read."""
    return add_professional(
        name="Referral desk",
        agency=people.police,
        job_role="Receives referrals",
        quorum_role="police",
        email="referral.desk@northshire-police.example",
        phone="01632 960130",
        is_shared=True,
        by=people.bea,
        at=at or timezone.now(),
    )


def a_booked_discussion(
    people: Cast | None = None,
    *,
    at: datetime | None = None,
    start: datetime | None = None,
    length: timedelta = timedelta(hours=1),
    request: StrategyRequest | None = None,
    professionals: Sequence[Professional] | None = None,
    place: Place | None = None,
    **facts: Any,
) -> Discussion:
    """Bea has booked Sam's request: Mo chairs, Bea minutes; police, health and school are invited and asked.

    It starts two hours from now unless told otherwise, by video, so that no opening hour stands in the way.
    Further facts (`children`, `circumstances`, …) go to the request.
    """
    people = people or cast()
    now = at or timezone.now()
    begins = start or (now + timedelta(hours=2)).astimezone(UTC).replace(second=0, microsecond=0)
    by_telephone = {name: facts.pop(name) for name in ("hub", "facilitator") if name in facts}
    asked = request or an_authorised_request(people, at=now, **facts)
    wanted = asked.wanted.filter(not_invited_reason="").select_related(
        "professional__agency", "professional__user"
    )
    invited = list(professionals) if professionals is not None else [one.professional for one in wanted]
    place = place or a_video_link()
    formats = {PlaceKind.ROOM: Format.FACE_TO_FACE, PlaceKind.CONFERENCE_LINE: Format.TELEPHONE_CONFERENCE}
    return book_and_invite(
        asked,
        format=formats.get(PlaceKind(place.kind), Format.VIRTUAL),
        place=place,
        start=begins,
        end=begins + length,
        chair=people.mo,
        minute_taker=people.bea,
        professionals=invited,
        late_reason="No earlier time could be had with the police.",
        by=people.bea,
        at=now,
        **by_telephone,
    )


def invitation_of(discussion: Discussion, name: str) -> Invitation:
    """The invitation of somebody by name."""
    return discussion.invitations.select_related("professional", "discussion").get(professional__name=name)


def link_of(discussion: Discussion, name: str) -> tuple[PartnerLink, str]:
    """The partner's link and its token, as their letter has it."""
    link = discussion.links.get(professional__name=name, revoked_at=None)
    token = token_for(link)
    assert token is not None
    return link, token
