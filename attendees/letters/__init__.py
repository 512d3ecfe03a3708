"""One function for each letter about a discussion; none holds a child's name, only references and
addresses."""

from attendees.letters.invitations import (
    information_asked,
    information_chased,
    invitation,
    invitation_cancelled,
    invitation_changed,
    invitation_passed_on,
    invitation_taken_over,
    taken_over,
)
from attendees.letters.lateness import no_lawful_time
from attendees.letters.links import partner_code, partner_link, referral_followed

__all__ = [
    "information_asked",
    "information_chased",
    "invitation",
    "invitation_cancelled",
    "invitation_changed",
    "invitation_passed_on",
    "invitation_taken_over",
    "no_lawful_time",
    "partner_code",
    "partner_link",
    "referral_followed",
    "taken_over",
]
