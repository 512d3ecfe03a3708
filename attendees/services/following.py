"""Whoever referred follows what became of it by a link of their own, asked to the discussion or not (H15)."""

from datetime import datetime

from accounts.models import User
from attendees import events, letters
from attendees.models import PartnerLink, Professional
from attendees.services.directory import Newcomer, find_or_make
from attendees.services.links import make_referral_link, shut
from audit import services as audit
from outbox.rules import BadAddressError
from referrals.models import Referral
from referrals.rules import tidy_address
from strategy.models import StrategyRequest


def let_referrer_follow(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """Send the referrer their link to where it stands, once, when the referral says who they are.

    For professionals of another agency with an address of their own who have no account; whoever has one
    finds the same page where they sign in. A mailbox that several people read is no person. Part of the
    caller's transaction, in which the request was submitted.
    """
    person = _entry_of(wanted.referral, by=by, at=at)
    link = make_referral_link(person, wanted.referral, at=at) if person is not None else None
    if link is None:
        return
    letters.referral_followed(link, wanted, by=by, at=at)
    audit.record(events.REFERRER_FOLLOWS, wanted.case, subject=link, by=by, at=at)


def shut_out(referral: Referral, *, by: User, at: datetime) -> None:
    """Shut the links to a referral at once, with their unsent letters: somebody else referred it."""
    links = PartnerLink.objects.filter(referral=referral, revoked_at=None).select_for_update(of=("self",))
    for link in links.select_related("professional"):
        shut(link, by=by, at=at)
        audit.record(events.LINK_REVOKED, referral.case, subject=link, by=by, at=at)


def _entry_of(referral: Referral, *, by: User, at: datetime) -> Professional | None:
    """Their entry of the directory, made on first need; None for who is not written to."""
    try:
        address = tidy_address(referral.referrer_email)
    except BadAddressError:
        return None
    if not address:
        return None
    known = Professional.objects.filter(email=address, is_active=True).select_related("agency", "user")
    mine = [one for one in known.order_by("pk") if referral.referrer_agency_id in (None, one.agency_id)]
    named = [one for one in mine if one.name.lower() == referral.referrer_name.strip().lower()]
    person = next(iter([*named, *mine]), None)
    agency = referral.referrer_agency
    if person is None and agency is not None and not agency.is_authority and referral.referrer_name.strip():
        role = referral.referrer_role.strip() or "Referrer"
        one = Newcomer(referral.referrer_name, agency, role, "", referral.referrer_phone, address)
        person = find_or_make(one, by=by, at=at)
    if person is None or person.is_shared or person.agency.is_authority:
        return None
    has_account = person.user is not None and person.user.is_active
    return None if has_account else person
