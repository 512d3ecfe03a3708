"""Letters about a request. None says anything of a child: a reference, who writes, by when, and a link."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import Team, User
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.wording import long_time
from outbox.enums import Urgency
from outbox.services import cancel, queue
from referrals.models import Referral
from strategy.models import StrategyRequest


def protection_to_decide(
    referral: Referral, decider: User, due: datetime | None, *, by: User, at: datetime
) -> None:
    """To whoever decides on immediate protection with the police (row W32); once for each referral."""
    if decider.pk == by.pk:
        return
    request = referral.requests.order_by("-pk").first()
    where = request.get_absolute_url() if request else "/"
    queue(
        "protection_to_decide",
        to_email=decider.email,
        to_name=decider.name,
        to_ref=decider,
        context={
            "name": decider.name,
            "reference": referral.case.reference,
            "by": by.name,
            "by_phone": by.phone,
            "due": long_time(due) if due else "",
            "link": f"{settings.SITE_URL}{where}",
        },
        by=by,
        at=at,
        case=referral.case,
        subject=f"referral:{referral.pk}",
        key=f"protection_to_decide:{referral.pk}:{decider.pk}",
        important_until=due,
        urgency=Urgency.URGENT,
    )


def request_submitted(wanted: StrategyRequest, managers: Iterable[User], *, by: User, at: datetime) -> None:
    """To the managers who may authorise: a request waits for you."""
    _to_people("request_submitted", wanted, managers, by=by, at=at)


def request_authorised(wanted: StrategyRequest, team: Team | None, *, by: User, at: datetime) -> None:
    """To the business support team that books, and to the requester, who must now telephone it (row W21)."""
    more = {"team": team.name if team else "", "team_phone": team.phone if team else ""}
    if team is not None:
        _to_team("request_to_book", wanted, team, by=by, at=at)
    _to_people("request_authorised", wanted, _askers(wanted), by=by, at=at, more=more)


def request_returned(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """To the requester: sent back with reasons, which stand on the request's own page."""
    cancel(kind="request_submitted", subject=wanted.subject, by=by, at=at, why="The request was returned")
    _to_people("request_returned", wanted, _askers(wanted), by=by, at=at)


def not_needed(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """To the requester and to whoever referred: a manager decided that no discussion is needed."""
    cancel(subject=wanted.subject, by=by, at=at, why="No discussion is needed")
    _to_people("not_needed", wanted, _askers(wanted), by=by, at=at)
    referral = wanted.referral
    if referral.referrer_email:
        context = _context(wanted, by) | {"name": referral.referrer_name}
        # The referrer has no access here: the letter gives no link, only whom to ring.
        _queue(
            "not_needed_referrer",
            wanted,
            referral.referrer_email,
            referral.referrer_name,
            referral,
            context,
            by,
            at,
        )


def none_needed(referral: Referral, *, by: User, at: datetime) -> None:
    """To whoever referred: a manager decided that nothing need be discussed, though nobody asked."""
    if referral.referrer_email:
        queue(
            "not_needed_referrer",
            to_email=referral.referrer_email,
            to_name=referral.referrer_name,
            to_ref=referral,
            context={
                "name": referral.referrer_name,
                "reference": referral.case.reference,
                "by": by.name,
                "by_phone": by.phone,
            },
            by=by,
            at=at,
            case=referral.case,
            subject=f"referral:{referral.pk}",
            reply_to=referral.case.team.mailbox,
        )


def request_withdrawn(wanted: StrategyRequest, people: Iterable[User], *, by: User, at: datetime) -> None:
    """To those who were about to act on it."""
    cancel(subject=wanted.subject, by=by, at=at, why="The request was withdrawn")
    _to_people("request_withdrawn", wanted, people, by=by, at=at)


def _askers(wanted: StrategyRequest) -> list[User]:
    return [person for person in (wanted.requester, wanted.on_behalf_of) if person is not None]


def _to_people(
    kind: str,
    wanted: StrategyRequest,
    people: Iterable[User],
    *,
    by: User,
    at: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    for person in people:
        if person.pk != by.pk:
            context = _context(wanted, by) | {"name": person.name} | (more or {})
            _queue(kind, wanted, person.email, person.name, person, context, by, at)


def _to_team(kind: str, wanted: StrategyRequest, team: Team, *, by: User, at: datetime) -> None:
    context = _context(wanted, by) | {"name": team.name}
    if team.mailbox:
        _queue(kind, wanted, team.mailbox, team.name, team, context, by, at)
        return
    for person in team.members.filter(is_active=True).order_by("pk"):
        _queue(kind, wanted, person.email, person.name, person, context | {"name": person.name}, by, at)


def _context(wanted: StrategyRequest, by: User) -> dict[str, Any]:
    convene = Deadline.objects.of(f"referral:{wanted.referral_id}", Duty.CONVENE).first()
    due = convene.due_at if convene else None
    return {
        "reference": wanted.case.reference,
        "by": by.name,
        "by_phone": by.phone,
        "due": long_time(due) if due else "",
        "link": f"{settings.SITE_URL}{wanted.get_absolute_url()}",
    }


def _queue(
    kind: str,
    wanted: StrategyRequest,
    to_email: str,
    to_name: str,
    to_ref: Any,
    context: dict[str, Any],
    by: User,
    at: datetime,
) -> None:
    queue(
        kind,
        to_email=to_email,
        to_name=to_name,
        to_ref=to_ref,
        context=context,
        by=by,
        at=at,
        case=wanted.case,
        subject=wanted.subject,
        reply_to=wanted.case.team.mailbox,
        urgency=Urgency.URGENT if wanted.is_urgent else Urgency.NORMAL,
    )
