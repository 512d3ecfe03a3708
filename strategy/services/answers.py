"""The manager's answer to a request: authorise, return with reasons, or decide that none is needed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.enums import AccessPurpose
from cases.services import grant
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import void
from referrals.models import Referral
from strategy import events, letters, permissions, workflow
from strategy.clocks import keep_clocks
from strategy.enums import Section, Status
from strategy.models import Authorisation, NoneNeeded, NotNeeded, Return, StrategyRequest
from strategy.people import support_team
from strategy.services import police


@transaction.atomic
def authorise(request: StrategyRequest, *, by: User, at: datetime, note: str = "") -> StrategyRequest:
    """A manager agrees that this discussion should go ahead (row W17); business support may now book it.

    Never one's own request, also not by acting for another. Raises NotAllowed, MoveNotAllowed.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_authorise(by, wanted, at))
    workflow.REQUEST.check_move(wanted.status, Status.AUTHORISED, workflow.AUTHORISES)
    power = permissions.power_to_authorise(by, wanted, at)
    Authorisation.objects.create(
        request=wanted,
        requester=wanted.requester,
        acting_for=power if power is not None and power.pk != by.pk else None,
        note=note,
        by=by,
        at=at,
    )
    pass_on_authorised(wanted, by=by, at=at)
    record(events.AUTHORISED, wanted.case, subject=wanted.subject, by=by, at=at, data=_acting(power, by))
    return wanted


@transaction.atomic
def return_to_requester(
    request: StrategyRequest, *, reasons: Mapping[str, str], by: User, at: datetime
) -> StrategyRequest:
    """Send the request back with a reason for each section that must be put right. No clock stops.

    Raises NotAllowed, MoveNotAllowed, and Refused without any reason.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, wanted.case) or permissions.refusal_to_return(by, wanted, at))
    workflow.REQUEST.check_move(wanted.status, Status.RETURNED)
    given = {section: why.strip() for section, why in reasons.items() if why.strip()}
    unknown = [section for section in given if section not in Section.values]
    if not given or unknown:
        raise Refused(None, "Enter a reason for at least one section")
    Return.objects.create(request=wanted, by=by, at=at, reasons=given)
    wanted.finished_sections = [one for one in wanted.finished_sections if one not in given]
    _move(wanted, Status.RETURNED)
    keep_clocks(wanted.referral, by=by, at=at)
    letters.request_returned(wanted, by=by, at=at)
    data = {"sections": sorted(given)}
    record(events.RETURNED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted


@transaction.atomic
def decide_not_needed(
    request: StrategyRequest, *, rationale: str, by: User, at: datetime, for_referrer: str = ""
) -> StrategyRequest:
    """A manager decides that no discussion is needed: the one thing that voids the convene deadline.

    `for_referrer` is what whoever referred may read of it on their page, with the manager's name and number.

    Raises NotAllowed, MoveNotAllowed, and Refused without a rationale.
    """
    wanted: StrategyRequest = StrategyRequest.objects.lock(request)
    refuse(
        permissions.refusal_to_see(by, wanted.case)
        or permissions.refusal_to_decide_not_needed(by, wanted, at)
    )
    workflow.REQUEST.check_move(wanted.status, Status.NOT_NEEDED)
    if not rationale.strip():
        raise Refused("rationale", "Enter why no discussion is needed: this ends the deadline")
    NotNeeded.objects.create(
        request=wanted, by=by, at=at, rationale=rationale, for_referrer=for_referrer.strip()
    )
    _move(wanted, Status.NOT_NEEDED)
    keep_clocks(wanted.referral, by=by, at=at)
    letters.not_needed(wanted, by=by, at=at)
    police.call_off(wanted, "not_needed", by=by, at=at)
    record(events.NOT_NEEDED, wanted.case, subject=wanted.subject, by=by, at=at)
    return wanted


@transaction.atomic
def decide_none_needed(
    referral: Referral, *, rationale: str, by: User, at: datetime, for_referrer: str = ""
) -> Referral:
    """A manager decides that nothing need be discussed about what came in, while nobody asks for it.

    It ends the convene deadline, and answers a HIGH rating (row H12). `for_referrer` is what whoever referred
    may read of it. Raises NotAllowed, MoveNotAllowed when somebody has asked or it was decided meanwhile, and
    Refused without a rationale.
    """
    told: Referral = Referral.objects.lock(referral)
    refuse(permissions.refusal_to_see(by, told.case) or permissions.refusal_to_decide_unasked(by, at))
    clock = Deadline.objects.running().of(f"referral:{told.pk}", Duty.CONVENE).first()
    if clock is None or told.requests.exclude(status__in=[Status.WITHDRAWN, Status.NOT_NEEDED]).exists():
        raise MoveNotAllowed("Somebody has asked for a discussion or answered this meanwhile. Look again.")
    if not rationale.strip():
        raise Refused("rationale", "Enter why no discussion is needed: this ends the deadline")
    NoneNeeded.objects.create(
        referral=told, by=by, at=at, rationale=rationale, for_referrer=for_referrer.strip()
    )
    void(clock, reason=f"No discussion is needed: {rationale}", by=by, at=at)
    keep_clocks(told, by=by, at=at)
    letters.none_needed(told, by=by, at=at)
    record(events.NONE_NEEDED, told.case, subject=told, by=by, at=at, data={"reason": rationale})
    return told


def pass_on_authorised(wanted: StrategyRequest, *, by: User, at: datetime, tell: bool = True) -> None:
    """An authorised request, locked by the caller, goes on to business support; `tell` sends the letters."""
    _move(wanted, Status.AUTHORISED)
    team = support_team(wanted.case)
    if team is not None:
        grant(wanted.case, team=team, purpose=AccessPurpose.SUPPORTS, why="Books and minutes", by=by, at=at)
    keep_clocks(wanted.referral, by=by, at=at)
    if tell:
        letters.request_authorised(wanted, team, by=by, at=at)


def _acting(power: User | None, by: User) -> dict[str, str]:
    return {"acting_for": f"user:{power.pk}"} if power is not None and power.pk != by.pk else {}


def _move(wanted: StrategyRequest, to: str) -> None:
    wanted.status = to
    wanted.version += 1
    wanted.save()
