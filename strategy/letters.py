"""Letters about a request. None says anything of a child: a reference, who writes, by when, and a link."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Team, User
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.wording import long_time
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.services import cancel, queue
from referrals.models import Referral
from strategy.models import Enquiry, StrategyRequest, VerbalAuthorisation
from strategy.people import referrer_of


def protection_to_decide(
    referral: Referral, decider: User, due: datetime | None, *, by: User, at: datetime
) -> None:
    """To whoever decides on immediate protection with the police (row W32); once for each referral.

    It matters until it is decided, also when the hour for it has passed already: a referral of last night.
    """
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
        urgency=Urgency.URGENT,
    )


def protection_decided(referral: Referral, *, by: User, at: datetime) -> None:
    """Take back what still waits to call for the decision."""
    subject, why = f"referral:{referral.pk}", "It was decided already"
    cancel(kind="protection_to_decide", subject=subject, by=by, at=at, why=why)


def request_submitted(wanted: StrategyRequest, managers: Iterable[User], *, by: User, at: datetime) -> None:
    """To the managers who may authorise: a request waits for you."""
    _to_people("request_submitted", wanted, managers, by=by, at=at)


def request_picked_up(
    wanted: StrategyRequest, people: Iterable[User], first: User | None, *, at: datetime
) -> None:
    """To the second who may authorise: the first has not answered."""
    more = {"first": first.name if first else "", "first_phone": first.phone if first else ""}
    _to_people("request_picked_up", wanted, people, by=wanted.requester, at=at, more=more)


def request_authorised(wanted: StrategyRequest, team: Team | None, *, by: User, at: datetime) -> None:
    """To the business support team that books, and to the requester, who must now telephone it (row W21)."""
    absent = getattr(getattr(wanted, "authorisation", None), "acting_for", None)
    who = {"absent": absent.name if absent else ""}
    more = who | {"team": team.name if team else "", "team_phone": team.phone if team else ""}
    if team is not None:
        _to_team("request_to_book", wanted, team, by=by, at=at, more=who)
    _to_people("request_authorised", wanted, _askers(wanted), by=by, at=at, more=more)


def confirm_receipt(wanted: StrategyRequest, team: Team | None, key: str, *, at: datetime) -> None:
    """To whoever asked: nobody has logged yet that they telephoned (row W21). `key` is of this reminder."""
    more = {
        "team": team.name if team else "business support",
        "team_phone": team.phone if team else "",
        "authorised_at": long_time(wanted.authorisation.at),
    }
    for person in _askers(wanted):
        context = _context(wanted, None) | {"name": person.name} | more
        whose = f"{key}{person.pk}"
        _queue("confirm_receipt", wanted, person.email, person.name, person, context, None, at, whose)


def no_longer_to_confirm(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """The call is logged."""
    cancel(kind="confirm_receipt", subject=wanted.subject, by=by, at=at, why="The call is logged")


def to_countersign(
    wanted: StrategyRequest, word: VerbalAuthorisation, due: datetime | None, *, by: User, at: datetime
) -> None:
    """To the manager whose word was written down: read it, and countersign or say that it is not so."""
    cancel(kind="request_submitted", subject=wanted.subject, by=by, at=at, why="Authorised by word of mouth")
    more = {
        "said_at": long_time(word.at),
        "countersign_by": long_time(due) if due else "",
        "link": f"{settings.SITE_URL}{reverse('strategy:countersign', args=[wanted.pk])}",
    }
    _to_people("countersign", wanted, [word.manager], by=by, at=at, more=more)


def no_conference_told(
    enquiry: Enquiry, manager: User, due: datetime | None, *, by: User, at: datetime
) -> None:
    """To the manager in whose name somebody else recorded that no conference is required: confirm it."""
    assert enquiry.not_required_at is not None
    more = {
        "decided_at": long_time(enquiry.not_required_at),
        "confirm_by": long_time(due) if due else "",
        "link": f"{settings.SITE_URL}{reverse('strategy:confirm_no_conference', args=[enquiry.pk])}",
    }
    _of_enquiry("no_conference_told", enquiry, manager, more, by, at)


def no_conference_denied(enquiry: Enquiry, to: User, *, by: User, at: datetime) -> None:
    """To whoever wrote it down and whoever leads the enquiry: the manager says that it is not so."""
    more = {"link": f"{settings.SITE_URL}{reverse('strategy:enquiry', args=[enquiry.pk])}"}
    _of_enquiry("no_conference_denied", enquiry, to, more, by, at)


def _of_enquiry(kind: str, enquiry: Enquiry, to: User, more: dict[str, str], by: User, at: datetime) -> None:
    case = enquiry.child.case
    queue(
        kind,
        to_email=to.email,
        to_name=to.name,
        to_ref=to,
        context={
            "name": to.name,
            "reference": case.reference,
            "by": by.name,
            "by_phone": by.phone,
            **more,
        },
        by=by,
        at=at,
        case=case,
        subject=enquiry.subject,
        reply_to=case.team.mailbox,
    )


def no_longer_to_countersign(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """The manager has said what there is to say."""
    cancel(kind="countersign", subject=wanted.subject, by=by, at=at, why="It was countersigned")


def no_longer_to_book(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """What has not gone out yet of a request that waits for its manager again."""
    for kind in ("request_to_book", "request_authorised"):
        cancel(kind=kind, subject=wanted.subject, by=by, at=at, why="No authorisation was given")


def authorisation_denied(
    wanted: StrategyRequest,
    word: VerbalAuthorisation,
    decides: User | None,
    team: Team | None,
    *,
    by: User,
    at: datetime,
) -> None:
    """The manager did not give this authorisation: to who wrote it down, who asked and the heads of service.

    `decides` now decides on what went ahead; else `team`, who books, is told not to.
    """
    heads = User.objects.filter(is_active=True, roles__contains=["head_of_service"]).order_by("pk")
    told = [*heads, word.by, *_askers(wanted), *([decides] if decides is not None else [])]
    people = {person.pk: person for person in told}
    more = {"decides": decides.name if decides is not None else ""}
    _to_people("authorisation_denied", wanted, people.values(), by=by, at=at, more=more)
    if team is not None:
        _to_team("authorisation_denied", wanted, team, by=by, at=at, more=more)


def request_returned(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """To the requester: sent back with reasons, which stand on the request's own page."""
    cancel(kind="request_submitted", subject=wanted.subject, by=by, at=at, why="The request was returned")
    _to_people("request_returned", wanted, _askers(wanted), by=by, at=at)


def not_needed(wanted: StrategyRequest, *, by: User, at: datetime) -> None:
    """To the requester and to whoever referred: a manager decided that no discussion is needed."""
    cancel(subject=wanted.subject, by=by, at=at, why="No discussion is needed")
    _to_people("not_needed", wanted, _askers(wanted), by=by, at=at)
    urgency = Urgency.URGENT if wanted.is_urgent else Urgency.NORMAL
    _to_referrer(wanted.referral, wanted.subject, urgency, by=by, at=at)


def none_needed(referral: Referral, *, by: User, at: datetime) -> None:
    """To whoever referred: a manager decided that nothing need be discussed, though nobody asked."""
    _to_referrer(referral, f"referral:{referral.pk}", Urgency.NORMAL, by=by, at=at)


def children_changed(
    wanted: StrategyRequest,
    people: Iterable[User],
    team: Team | None,
    *,
    joined: bool,
    by: User,
    at: datetime,
) -> None:
    """To who answers, chairs and books: a child joined the request or was taken off it; none is named."""
    more = {"joined": joined}
    everybody = {person.pk: person for person in [*people, *_askers(wanted)]}
    _to_people("children_changed", wanted, everybody.values(), by=by, at=at, more=more)
    if team is not None and not team.members.filter(pk=by.pk).exists():
        _to_team("children_changed", wanted, team, by=by, at=at, more=more)


def request_withdrawn(wanted: StrategyRequest, people: Iterable[User], *, by: User, at: datetime) -> None:
    """To those who were about to act on it."""
    cancel(subject=wanted.subject, by=by, at=at, why="The request was withdrawn")
    _to_people("request_withdrawn", wanted, people, by=by, at=at)


def _to_referrer(referral: Referral, subject: str, urgency: Urgency, *, by: User, at: datetime) -> None:
    """The link opens nothing by itself: a referrer without an account rings, or escalates by letter."""
    told = referrer_of(referral)
    if told is None:
        return
    queue(
        "not_needed_referrer",
        to_email=told.email,
        to_name=told.agency or told.name or "Whoever referred",
        to_ref=referral,
        context={
            "name": told.greeted,
            "reference": referral.case.reference,
            "by": by.name,
            "by_phone": by.phone,
            "link": _where_it_stands(),
        },
        by=by,
        at=at,
        case=referral.case,
        subject=subject,
        reply_to=referral.case.team.mailbox,
        urgency=urgency,
        or_by_hand=True,
    )


def _where_it_stands() -> str:
    """Where a partner reads what became of what they referred, and escalates."""
    return f"{settings.SITE_URL}{reverse('escalations:partner_home')}"


def _askers(wanted: StrategyRequest) -> list[User]:
    """Whoever asked, or took it over from them, and for whom."""
    return [person for person in (wanted.carrier, wanted.on_behalf_of) if person is not None]


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


def _to_team(
    kind: str,
    wanted: StrategyRequest,
    team: Team,
    *,
    by: User,
    at: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    context = _context(wanted, by) | {"name": team.name} | (more or {})
    if team.mailbox:
        _queue(kind, wanted, team.mailbox, team.name, team, context, by, at)
        return
    for person in team.members.filter(is_active=True).order_by("pk"):
        _queue(kind, wanted, person.email, person.name, person, context | {"name": person.name}, by, at)


def _context(wanted: StrategyRequest, by: User | None) -> dict[str, Any]:
    convene = Deadline.objects.of(f"referral:{wanted.referral_id}", Duty.CONVENE).first()
    due = convene.due_at if convene else None
    return {
        "reference": wanted.case.reference,
        "by": by.name if by else "",
        "by_phone": by.phone if by else "",
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
    by: User | None,
    at: datetime,
    key: str | None = None,
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
        key=key,
    )


def allocated(case: Case, to: User, *, agreed: bool = False, by: User, at: datetime) -> Letter:
    """To whoever a manager named for a case or one thing of it, or a strategy discussion for the case."""
    context = {
        "name": to.name,
        "reference": case.reference,
        "by": by.name,
        "agreed": agreed,
        "address": f"{settings.SITE_URL}/",
    }
    return queue(
        "allocated",
        to_email=to.email,
        to_name=to.name,
        to_ref=to,
        context=context,
        case=case,
        subject=to,
        by=by,
        at=at,
    )
