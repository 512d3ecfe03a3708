"""Who a partner is: somebody signed in, or a browser that entered the code of a link. Asked at every
request."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import reverse

from attendees.keys import LINKS
from attendees.models import Admission, Claim, Invitation, PartnerLink, Professional
from attendees.permissions import is_desk_of
from attendees.services.links import opens
from strategy.models import Discussion

if TYPE_CHECKING:
    from accounts.models import User

BROWSER, ASKED = "partner_browser", "partner_asked"
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
NOTE_EVERY = 60  # seconds: one write a minute is enough to know who is still there


@dataclass(frozen=True, slots=True)
class Partner:
    """A professional on the pages of one discussion to which they are invited, or admitted to an action."""

    professional: Professional
    discussion: Discussion
    asked: Invitation | None  # None: never asked to the discussion, only to do something afterwards
    link: PartnerLink | None = None
    desk: "User | None" = None  # of their agency, answering in their place
    claim: Claim | None = None  # who took over what came to this shared mailbox; nothing else is open to it

    @property
    def invitation(self) -> Invitation:
        """Their invitation; only pages that are for the admitted too are without one."""
        assert self.asked is not None
        return self.asked

    @property
    def actor(self) -> "User | Professional":
        """Who acts, for services and the ledger: the account when they are signed in."""
        if self.desk is not None:
            return self.desk
        return (
            self.professional
            if self.link is not None or self.professional.user is None
            else self.professional.user
        )

    def address(self, page: str, *more: Any) -> str:
        """Return the address of one of this partner's pages, which the desk has of its own."""
        if self.desk is not None:
            return reverse(f"attendees:desk_{page}", args=[self.invitation.pk, *more])
        return reverse(f"attendees:partner_{page}", args=[self.discussion.pk, *more])

    @property
    def discussion_address(self) -> str:
        """Where they come back to."""
        return self.address("discussion")


def browser_secret(session: SessionBase) -> str:
    """Return the secret by which a code is bound to this browser, made on first need."""
    if BROWSER not in session:
        session[BROWSER] = secrets.token_urlsafe(32)
    return str(session[BROWSER])


def let_in(request: HttpRequest, link: PartnerLink, now: datetime) -> None:
    """Remember, under a fresh session key, that this browser entered the link's code."""
    request.session.cycle_key()
    moment = int(now.timestamp())
    request.session[LINKS] = {**request.session.get(LINKS, {}), str(link.pk): [moment, moment]}
    request.session[ASKED] = link.pk  # so that a new code can be asked for after half an hour's quiet


def let_out(request: HttpRequest) -> None:
    """Forget every link of this browser."""
    for name in (LINKS, BROWSER, ASKED):
        request.session.pop(name, None)


def links_in(request: HttpRequest, now: datetime) -> list[int]:
    """Return the links whose code this browser entered, and was here lately; notes that it is here."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return []
    moment, held = int(now.timestamp()), dict(request.session.get(LINKS, {}))
    fresh = {
        key: [began, seen]
        for key, (began, seen) in held.items()
        if moment - seen <= IDLE.total_seconds() and moment - began <= LONGEST.total_seconds()
    }
    if (
        any(moment - seen >= NOTE_EVERY for _, seen in fresh.values())
        and "X-Background" not in request.headers
    ):
        request.session[LINKS] = {key: [began, moment] for key, (began, _) in fresh.items()}
    elif len(fresh) != len(held):
        request.session[LINKS] = fresh
    return [int(key) for key in fresh]


def is_anybody(request: HttpRequest, now: datetime) -> bool:
    """Whether this browser is signed in or has entered a code that still counts."""
    return request.user.is_authenticated or bool(links_in(request, now))


def partner_of(request: HttpRequest, discussion: int, now: datetime) -> Partner | None:
    """Return who this browser is on the discussion's partner pages, or None; shut links count for nothing.

    A shared mailbox whose invitation somebody took over has a `claim`: only the pages about it are theirs.
    """
    invitations = Invitation.objects.filter(discussion_id=discussion, withdrawn_at=None).select_related(
        "professional__agency",
        "professional__user",
        "discussion__case__team",
        "discussion__request",
        "deputy_of__professional",
    )
    if request.user.is_authenticated:
        mine = invitations.filter(professional__user=request.user, professional__is_active=True).first()
        if mine is not None and request.user.is_active:
            return Partner(mine.professional, mine.discussion, mine)
        if request.user.is_active and (
            let := _admissions(discussion)
            .filter(professional__user=request.user, professional__is_active=True)
            .first()
        ):
            return Partner(let.professional, let.discussion, None)
    held = links_in(request, now)
    if not held:
        return None
    link = PartnerLink.objects.filter(pk__in=held, discussion_id=discussion).order_by("-pk").first()
    if link is None:
        return None
    asked = invitations.filter(professional_id=link.professional_id).first()
    if asked is None:
        return _passed_on(link, now) or _admitted(link, now)
    link.professional = asked.professional
    if not opens(link, now, invited=True):
        return None
    return Partner(asked.professional, asked.discussion, asked, link)


def had_link(request: HttpRequest, discussion: int, now: datetime) -> bool:
    """Whether this browser came to the discussion by a link, be it shut or out of date by now."""
    held = links_in(request, now)
    return bool(held) and PartnerLink.objects.filter(pk__in=held, discussion_id=discussion).exists()


def _admissions(discussion: int) -> Any:
    rows = Admission.objects.filter(discussion_id=discussion, ended_at=None)
    return rows.select_related(
        "professional__agency", "professional__user", "discussion__case__team", "discussion__request"
    )


def _admitted(link: PartnerLink, now: datetime) -> Partner | None:
    """Who was never asked to the discussion, but is to do, or is offered, an action of it."""
    let = _admissions(link.discussion_id or 0).filter(professional_id=link.professional_id).first()
    if let is None:
        return None
    link.professional = let.professional
    return Partner(let.professional, let.discussion, None, link) if opens(link, now, invited=True) else None


def _passed_on(link: PartnerLink, now: datetime) -> Partner | None:
    """The shared mailbox of this link, when somebody took its invitation over."""
    claim = Claim.objects.of_mailbox(link.professional_id, link.discussion_id).last()
    if claim is None:
        return None
    asked = claim.shared
    link.professional = asked.professional
    return (
        Partner(asked.professional, asked.discussion, asked, link, claim=claim)
        if opens(link, now, invited=True)
        else None
    )


def desk_of(request: HttpRequest, invitation: int) -> Partner | None:
    """Return the desk of the invited person's agency, or None: a restricted case is for that person."""
    user = request.user
    if not user.is_authenticated:
        return None
    found = (
        Invitation.objects.filter(pk=invitation, withdrawn_at=None, professional__is_active=True)
        .select_related(
            "professional__agency",
            "professional__user",
            "discussion__case__team",
            "discussion__request",
            "deputy_of__professional",
        )
        .first()
    )
    if found is None or found.discussion.case.restricted or not is_desk_of(user, found.professional):  # type: ignore[arg-type]
        return None
    return Partner(found.professional, found.discussion, found, desk=user)  # type: ignore[arg-type]


def admissions_of(request: HttpRequest, now: datetime) -> list[Admission]:
    """The discussions of which whoever this browser is has something to do, though never asked to them."""
    rows = Admission.objects.filter(ended_at=None, professional__is_active=True)
    rows = rows.select_related("discussion__case", "professional")
    found: dict[int, Admission] = {}
    if request.user.is_authenticated:
        found = {one.pk: one for one in rows.filter(professional__user=request.user)}
    links = PartnerLink.objects.filter(pk__in=links_in(request, now), revoked_at=None, expires_at__gt=now)
    for link in links:
        for one in rows.filter(professional=link.professional_id, discussion=link.discussion_id):
            found[one.pk] = one
    return sorted(found.values(), key=lambda one: one.pk)


def discussions_of(request: HttpRequest, now: datetime) -> list[Invitation]:
    """Return the invitations in force of whoever this browser is, the next discussion first."""
    invitations = Invitation.objects.filter(withdrawn_at=None, professional__is_active=True).select_related(
        "discussion__case", "professional"
    )
    found: dict[int, Invitation] = {}
    if request.user.is_authenticated:
        found = {one.pk: one for one in invitations.filter(professional__user=request.user)}
    links = PartnerLink.objects.filter(pk__in=links_in(request, now), revoked_at=None, expires_at__gt=now)
    for link in links:
        for one in invitations.filter(professional=link.professional_id, discussion=link.discussion_id):
            found[one.pk] = one
    return sorted(found.values(), key=lambda one: (one.discussion.planned_start, one.pk))
