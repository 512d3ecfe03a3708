"""Somebody takes part in a planned discussion in a colleague's place; the act is the caller's."""

from datetime import datetime

from accounts.models import User
from attendees.models import Invitation, PartnerLink
from attendees.services import links
from attendees.services.directory import professional_for
from attendees.services.inviting import invite, not_yet_invited
from outbox import services as outbox
from strategy.models import Booking


def invite_instead(asked: Invitation, to: User, *, why: str, by: User, at: datetime) -> None:
    """Take an invitation back, its link and unsent letters with it, and invite the colleague."""
    asked.withdrawn_at, asked.withdrawn_reason = at, why[:300]
    asked.sequence += 1
    asked.save(update_fields=["withdrawn_at", "withdrawn_reason", "sequence"])
    theirs = PartnerLink.objects.filter(
        discussion=asked.discussion_id, professional=asked.professional_id, revoked_at=None
    )
    for link in theirs.select_for_update():
        links.shut(link, by=by, at=at)
    outbox.cancel(by=by, at=at, why="No longer invited", subject=asked.subject)
    booking = Booking.objects.select_related("place", "chair", "minute_taker").filter(
        discussion=asked.discussion_id, cancelled_at=None
    )
    people = not_yet_invited(asked.discussion, [professional_for(to)])
    if people and (held := booking.first()) is not None:
        made = invite(asked.discussion, held, people, by=by, at=at)[0]
        made.quorum_role = made.quorum_role or asked.quorum_role
        made.is_referrer = made.is_referrer or asked.is_referrer
        made.save(update_fields=["quorum_role", "is_referrer"])
