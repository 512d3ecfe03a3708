"""Somebody takes part in a planned discussion in a colleague's place; the act is the caller's."""

from datetime import datetime

from accounts.models import User
from attendees.models import Invitation
from attendees.services.directory import professional_for
from attendees.services.inviting import invite, not_yet_invited, take_off
from strategy.models import Booking


def invite_instead(asked: Invitation, to: User, *, why: str, by: User, at: datetime) -> None:
    """Take an invitation back as any other, calendar entry and access with it, and invite the colleague."""
    booking = Booking.objects.select_related("place", "chair", "minute_taker").get(
        discussion=asked.discussion_id, cancelled_at=None
    )
    take_off(asked, booking, reason=why, by=by, at=at)
    people = not_yet_invited(asked.discussion, [professional_for(to)])
    if people:
        made = invite(asked.discussion, booking, people, by=by, at=at)[0]
        made.quorum_role = made.quorum_role or asked.quorum_role
        made.is_referrer = made.is_referrer or asked.is_referrer
        made.save(update_fields=["quorum_role", "is_referrer"])
