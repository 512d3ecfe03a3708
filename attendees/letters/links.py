"""Letters that carry a partner's way in: a new link, a one-time code. Both are worked out when the letter
is written."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from attendees.letters.invitations import mailbox_of
from attendees.models import PartnerCode, PartnerLink
from govuk.moments import clock_time
from outbox.enums import Policy, Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.models import StrategyRequest


def partner_link(link: PartnerLink, *, by: User, at: datetime) -> Letter:
    """Send a partner a new link in place of one that was shut, lost or out of date."""
    discussion, person = link.discussion, link.professional
    assert discussion is not None
    return queue(
        "partner_link",
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "name": person.name,
            "reference": discussion.case.reference,
            "authority": settings.AUTHORITY_NAME,
            "link": link.pk,
            "booked_by": by.name,
            "booked_by_phone": by.phone,
        },
        by=by,
        at=at,
        case=discussion.case,
        subject=f"partnerlink:{link.pk}",
        reply_to=mailbox_of(discussion, by),
        urgency=Urgency.URGENT,
    )


def referral_followed(link: PartnerLink, wanted: StrategyRequest, *, by: User, at: datetime) -> Letter:
    """Tell whoever referred that a discussion was asked for, with their own way to follow it (row H15)."""
    person, team = link.professional, wanted.case.team
    return queue(
        "referral_followed",
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "name": person.name,
            "reference": wanted.case.reference,
            "authority": settings.AUTHORITY_NAME,
            "link": link.pk,
            "team": team.name,
            "team_phone": team.phone,
        },
        by=by,
        at=at,
        case=wanted.case,
        subject=f"partnerlink:{link.pk}",
        key=f"referral_followed:{link.pk}",
        reply_to=team.mailbox,
    )


def partner_code(code: PartnerCode, *, at: datetime) -> Letter:
    """Send the one-time code to whom the link was made for; it is of no use after ten minutes."""
    link = code.link
    return queue(
        "partner_code",
        to_email=link.professional.email,
        to_name=link.professional.name,
        to_ref=link.professional,
        context={"code": code.pk, "until": clock_time(code.expires_at), "authority": settings.AUTHORITY_NAME},
        by=link.professional,
        at=at,
        case=link.case,
        subject=f"partnerlink:{link.pk}",
        urgency=Urgency.URGENT,
        important_until=code.expires_at,
        policy=Policy.DROP,
    )
