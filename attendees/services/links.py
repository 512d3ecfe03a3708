"""Partners' links and one-time codes: made, sent, entered, shut.

Nothing here raises for a wrong code: the try must be counted, and a refusal would undo it.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from attendees import events, hooks, keys, letters, permissions
from attendees.enums import LinkPurpose
from attendees.models import Admission, Claim, Invitation, PartnerCode, PartnerLink, Professional
from attendees.rules import tokens
from audit import services as audit
from audit.errors import Refused, refuse
from cases.models import Case
from outbox import services as outbox
from referrals.models import Referral
from strategy.models import Discussion

LINK_LASTS = timedelta(days=90)  # local default: minutes and actions are read and done for weeks afterwards
CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 6
CODES_WITHIN = timedelta(hours=1)
SHUT_BEFORE = "The link in it was shut before it left"
MOST_WRONG_A_DAY = 15  # below the twenty of promise P24; a new link from business support begins afresh


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a code: in, or a sentence to show beside the field."""

    link: PartnerLink | None = None
    sentence: str = ""
    ask_again: bool = False


def make_link(professional: Professional, discussion: Discussion, *, at: datetime) -> PartnerLink | None:
    """Return the professional's link to the discussion, made when there is none; None for nobody to send
    it to.

    Called inside the transaction of an invitation. Staff who sign in need no link.
    """
    if not professional.email or is_staff(professional):
        return None
    found = PartnerLink.objects.filter(
        professional=professional, discussion=discussion, revoked_at=None
    ).first()
    if found is not None and found.expires_at > at:
        return found
    if found is not None:
        PartnerLink.objects.filter(pk=found.pk).update(revoked_at=found.expires_at)
    expires_at = max(discussion.planned_end, at) + LINK_LASTS
    return _made(professional, expires_at, purpose=LinkPurpose.DISCUSSION, discussion=discussion)


def make_referral_link(professional: Professional, referral: Referral, *, at: datetime) -> PartnerLink | None:
    """Return a new link to where a referral stands; None while an earlier one of theirs is in force.

    Called inside the transaction of the submission.
    """
    found = PartnerLink.objects.filter(professional=professional, referral=referral, revoked_at=None).first()
    if found is not None and found.expires_at > at:
        return None
    if found is not None:
        PartnerLink.objects.filter(pk=found.pk).update(revoked_at=found.expires_at)
    return _made(professional, at + LINK_LASTS, purpose=LinkPurpose.REFERRAL, referral=referral)


def _made(professional: Professional, expires_at: datetime, **what: Any) -> PartnerLink:
    nonce = keys.new_nonce()
    token = tokens.token_of(keys.in_force()[0], nonce)
    return PartnerLink.objects.create(
        professional=professional,
        nonce=nonce,
        token_hash=tokens.hash_of(token),
        expires_at=expires_at,
        **what,
    )


def is_staff(professional: Professional) -> bool:
    """Whether somebody signs in to the authority's own pages rather than to the partners'."""
    user = professional.user
    return user is not None and user.is_active and not user.is_partner and bool(user.roles)


def token_for(link: PartnerLink) -> str | None:
    """Return the token of a link, worked out again; None when it was made with a secret we no longer hold."""
    return tokens.first_that_gives(keys.in_force(), link.nonce, link.token_hash)


def link_in_force(token: str, *, at: datetime) -> PartnerLink | None:
    """Return the link that the token opens now, else None; reads only."""
    if not 20 <= len(token) <= 100:
        return None
    links = PartnerLink.objects.select_related(
        "professional__agency", "professional__user", "discussion__case", "referral__case"
    )
    link = links.filter(token_hash=tokens.hash_of(token)).first()
    return link if link is not None and lets_in(link, at) else None


def referrals_in(numbers: list[int], *, at: datetime) -> bool:
    """Whether one of these links leads to where a referral stands."""
    links = PartnerLink.objects.filter(pk__in=numbers, referral__isnull=False)
    return links.filter(revoked_at=None, expires_at__gt=at).exists()


def one_lets_in(numbers: list[int], *, at: datetime) -> bool:
    """Whether one of these links lets its person in now; reads only."""
    links = PartnerLink.objects.select_related("professional", "referral").filter(pk__in=numbers)
    return any(lets_in(link, at) for link in links)


def opens(link: PartnerLink, at: datetime, *, invited: bool | None = None) -> bool:
    """Whether the link still opens: not shut, not out of date, and its person is active and still invited,
    or admitted to an action; or still recorded as who referred.

    `invited` spares the query when the caller has just looked.
    """
    if link.revoked_at is not None or link.expires_at <= at or not link.professional.is_active:
        return False
    if link.referral is not None:
        return link.referral.referrer_email.strip().lower() == link.professional.email.lower()
    if invited is not None:
        return invited
    mine = {"professional_id": link.professional_id, "discussion_id": link.discussion_id}
    return (
        Invitation.objects.filter(withdrawn_at=None, **mine).exists()
        or Admission.objects.filter(ended_at=None, **mine).exists()
    )


def lets_in(link: PartnerLink, at: datetime) -> bool:
    """Whether a code may be entered: the link opens, or shows a shared mailbox who took over."""
    return opens(link, at) or (
        opens(link, at, invited=True)
        and Claim.objects.of_mailbox(link.professional_id, link.discussion_id).exists()
    )


@transaction.atomic
def ask_for_code(link: PartnerLink, browser: str, *, at: datetime) -> Answer:
    """Send a six-digit code to the link's professional, of use in this browser only, for ten minutes.

    `browser` is a secret that the browser keeps. At most six codes an hour, and none after fifteen wrong
    tries in a day: the sentence then says whom to ring.
    """
    link = _locked(link)
    if not lets_in(link, at):
        return Answer(sentence=_shut())
    recent = PartnerCode.objects.filter(link=link)
    wrong = recent.filter(asked_at__gt=at - timedelta(days=1)).aggregate(sum=Coalesce(Sum("tries"), 0))["sum"]
    if wrong >= MOST_WRONG_A_DAY or recent.filter(asked_at__gt=at - CODES_WITHIN).count() >= MOST_CODES:
        return Answer(
            sentence="Too many codes have been asked for or entered wrongly. Wait an hour, or telephone "
            "the business support team named in the letter for a new link."
        )
    recent.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    nonce = keys.new_nonce()
    key = keys.in_force()[0]
    code = PartnerCode.objects.create(
        link=link,
        nonce=nonce,
        code_hash=tokens.keyed_hash_of(key, nonce, tokens.code_of(key, nonce)),
        browser_hash=tokens.hash_of(browser),
        asked_at=at,
        expires_at=at + CODE_LASTS,
    )
    outbox.cancel(
        by=link.professional,
        at=at,
        why="A newer code was asked for",
        subject=f"partnerlink:{link.pk}",
        kind="partner_code",
    )
    letters.partner_code(code, at=at)
    audit.record(events.CODE_ASKED, link.case, subject=link, by=link.professional, at=at)
    return Answer(link=link)


@transaction.atomic
def enter_code(link: PartnerLink, browser: str, typed: str, *, at: datetime) -> Answer:
    """Let the partner in when the code is the one sent to them, asked for in this browser, fresh and
    unused."""
    link = _locked(link)
    code = PartnerCode.objects.filter(link=link, browser_hash=tokens.hash_of(browser), used_at=None).first()
    if not lets_in(link, at):
        return Answer(sentence=_shut())
    if code is None:
        return Answer(sentence="Ask for a code in this browser first", ask_again=True)
    if code.expires_at <= at:
        return Answer(sentence="This code is no longer of use. Ask for a new one", ask_again=True)
    if code.tries >= MOST_TRIES:
        return Answer(sentence="This code was entered wrongly five times. Ask for a new one", ask_again=True)
    digits = tokens.digits_of(typed)
    if not any(
        hmac.compare_digest(tokens.keyed_hash_of(key, code.nonce, digits), code.code_hash)
        for key in keys.in_force()
    ):
        return _wrong(link, code, at)
    PartnerCode.objects.filter(pk=code.pk).update(used_at=at)
    audit.record(events.CODE_ENTERED, link.case, subject=link, by=link.professional, at=at)
    return Answer(link=link)


@transaction.atomic
def revoke_link(link: PartnerLink, *, by: User, at: datetime) -> PartnerLink:
    """Shut a partner's link at once and take back the letters that carry it. Raises NotAllowed.

    Whoever has a page open through it is refused at their next click. Shutting it twice changes nothing.
    """
    Case.objects.lock(link.case)
    link = _locked(link)
    refuse(permissions.refusal_to_book(by, link.case, at))
    if link.revoked_at is None:
        shut(link, by=by, at=at)
        audit.record(events.LINK_REVOKED, link.case, subject=link, by=by, at=at)
    return link


def shut(link: PartnerLink, *, by: User | Professional, at: datetime) -> None:
    """Write that a link is shut and take back every unsent letter that would lead there, whatever it is
    about: a dead link helps nobody. A copy of the minutes waits for a person. The ledger's entry is the
    caller's, who has locked the case."""
    _end(link, by=by, at=at)
    hooks.tell_unreachable(link.professional, SHUT_BEFORE, at, link.pk)
    outbox.cancel(by=by, at=at, why=SHUT_BEFORE, case=link.case, says={"link": link.pk})


def _end(link: PartnerLink, *, by: User | Professional, at: datetime) -> None:
    """Write that a link is shut, and take back its own letters: itself and its codes."""
    link.revoked_at, link.revoked_by = at, by if isinstance(by, User) else None
    link.save(update_fields=["revoked_at", "revoked_by"])
    PartnerCode.objects.filter(link=link, used_at=None, expires_at__gt=at).update(expires_at=at)
    outbox.cancel(by=by, at=at, why="The link was shut", subject=f"partnerlink:{link.pk}")


@transaction.atomic
def send_new_link(invitation: Invitation, *, by: User, at: datetime) -> PartnerLink:
    """Shut the partner's present link and send a new one; letters that have not left lead to the new one.

    Raises NotAllowed, Refused.
    """
    case = Case.objects.lock(invitation.discussion.case)
    refuse(permissions.refusal_to_book(by, case, at))
    asked = Invitation.objects.select_related("professional__user", "discussion__case").get(pk=invitation.pk)
    if asked.withdrawn_at is not None:
        raise Refused(None, f"{asked.professional.name} is no longer invited. Invite them again first.")
    theirs = {"professional": asked.professional, "discussion": asked.discussion}
    old = PartnerLink.objects.select_for_update().filter(revoked_at=None, **theirs).first()
    if old is not None:
        _end(old, by=by, at=at)
    link = make_link(asked.professional, asked.discussion, at=at)
    if link is None:
        raise Refused(
            None,
            f"{asked.professional.name} has no email address, or signs in with an account.",
        )
    if old is not None:
        outbox.rewrite(case, says={"link": old.pk}, instead={"link": link.pk})
    letters.partner_link(link, by=by, at=at)
    audit.record(events.LINK_SENT, case, subject=link, by=by, at=at)
    return link


def _wrong(link: PartnerLink, code: PartnerCode, at: datetime) -> Answer:
    code.tries += 1
    code.save(update_fields=["tries"])
    audit.record(
        events.CODE_WRONG,
        link.case,
        subject=link,
        by=link.professional,
        at=at,
        data={"tries": code.tries},
    )
    left = MOST_TRIES - code.tries
    if left <= 0:
        return Answer(sentence="This code was entered wrongly five times. Ask for a new one", ask_again=True)
    return Answer(
        sentence=f"This is not the code we sent. You can try {left} more {'time' if left == 1 else 'times'}"
    )


def _shut() -> str:
    return "This link is no longer of use. Telephone the business support team named in the letter."


def _locked(link: PartnerLink) -> PartnerLink:
    links = PartnerLink.objects.select_related("professional__agency", "discussion__case", "referral__case")
    found: PartnerLink = links.select_for_update(of=("self",)).get(pk=link.pk)
    return found
