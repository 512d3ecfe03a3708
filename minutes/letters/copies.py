"""Letters about a copy of the minutes: the copy itself, that it came back, that its file was altered, or that
it says something hidden since."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Team, User
from attendees.models import PartnerLink
from govuk.moments import long_date
from minutes.enums import Way
from minutes.models import MinutesVersion, Recipient, Rendition
from outbox.enums import Policy, Urgency
from outbox.models import Letter
from outbox.services import queue

ATTACHED = "circulation_attached"
LINK = "circulation_link"
BOUNCED = "copy_bounced"
FILE_ALTERED = "file_altered"
FOUND_SINCE = "copies_found_since"
PREFIX = "circulation_"


def copy_of_minutes(
    recipient: Recipient,
    link: PartnerLink | None,
    *,
    online: bool,
    by: User,
    at: datetime,
    due_at: datetime | None,
    number: int,
) -> Letter:
    """Send one recipient their copy: attached where it may be, else a link and nothing about the children."""
    circulation, person = recipient.circulation, recipient.professional
    return queue(
        ATTACHED if recipient.way == Way.ATTACHED else LINK,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            **_about(circulation.version, circulation.routed_to),
            "link": link.pk if link else None,
            "online": online,
        },
        by=by,
        at=at,
        case=circulation.version.minutes.discussion.case,
        subject=f"recipient:{recipient.pk}",
        key=f"copy:{recipient.pk}:{number}",
        reply_to=circulation.routed_to.mailbox,
        urgency=Urgency.URGENT,
        important_until=due_at if due_at and due_at > at else None,
        policy=Policy.RESEND,
    )


def copy_bounced(recipient: Recipient, letter: Letter, *, at: datetime) -> Letter:
    """Tell the team that circulates, at once, that a copy did not reach its reader."""
    circulation = recipient.circulation
    discussion = circulation.version.minutes.discussion
    team = circulation.routed_to
    return queue(
        BOUNCED,
        to_email=team.mailbox or circulation.by.email,
        to_name=team.name,
        to_ref=team,
        context={
            **_about(circulation.version, team),
            "recipient": recipient.professional.name,
            "path": reverse("minutes:proof", args=[discussion.pk]),
        },
        by=None,
        at=at,
        case=discussion.case,
        subject=f"recipient:{recipient.pk}",
        key=f"bounced:{letter.pk}:{letter.attempt_number}",
        urgency=Urgency.URGENT,
    )


def file_altered(rendition: Rendition, found: str, team: Team | None, *, at: datetime) -> Letter:
    """Tell business support, once, that the bytes of a file are not those that were made.

    `found`: the fingerprint that the bytes have now. Without a team or its mailbox, whoever authorised it.
    """
    version, person = rendition.version, rendition.version.authorised_by
    assert person is not None
    told = team if team is not None and team.mailbox else person
    discussion = version.minutes.discussion
    return queue(
        FILE_ALTERED,
        to_email=told.mailbox if isinstance(told, Team) else told.email,
        to_name=told.name,
        to_ref=told,
        context={
            "reference": discussion.case.reference,
            "held_on": long_date(discussion.started_at or discussion.planned_start),
            "version": version.number,
            "path": reverse("minutes:proof", args=[discussion.pk]),
        },
        by=None,
        at=at,
        case=discussion.case,
        subject=f"rendition:{rendition.pk}",
        key=f"altered:{rendition.pk}:{found[:16]}",
        urgency=Urgency.URGENT,
    )


def copies_found_since(version: MinutesVersion, found: str, *, at: datetime) -> Letter:
    """Tell the team that circulated that the copies people have say something that is hidden by now.

    `found`: a fingerprint of what was found, so that the same is told once; nothing of it is in the letter.
    """
    circulation = version.circulation
    discussion = version.minutes.discussion
    team = circulation.routed_to
    return queue(
        FOUND_SINCE,
        to_email=team.mailbox or circulation.by.email,
        to_name=team.name,
        to_ref=team,
        context={**_about(version, team), "path": reverse("minutes:proof", args=[discussion.pk])},
        by=None,
        at=at,
        case=discussion.case,
        subject=f"version:{version.pk}",
        key=f"found-since:{version.pk}:{found[:16]}",
        urgency=Urgency.URGENT,
    )


def _about(version: MinutesVersion, team: Team) -> dict[str, Any]:
    discussion = version.minutes.discussion
    held = discussion.started_at or discussion.planned_start
    return {
        "reference": discussion.case.reference,
        "number": discussion.number,
        "held_on": long_date(held),
        "version": version.number,
        "is_correction": bool(version.reason),
        "team": team.name,
        "team_phone": team.phone,
        "authority": settings.AUTHORITY_NAME,
        "path": reverse("minutes:read", args=[discussion.pk]),
    }
