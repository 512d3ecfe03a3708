"""Emergency powers over a child: recorded, extended by a court, ended (rows C20, C26)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from accounts.models import User
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.services import record
from cases.models import Case, Child
from cases.permissions import refusal_to_change
from deadlines.working_days import LONDON
from govuk.moments import moment
from protocols.models import LocalProtocol
from protocols.rules.settings import Protocol
from referrals.enums import CircumstanceKind
from referrals.models import Referral
from referrals.rules import CircumstanceFacts, problem_with_moment
from strategy import events
from strategy.clocks import keep_power, protocol_for
from strategy.clocks.powers import expiry_of
from strategy.enums import DiscussionStatus, PowerEnd, PowerKind, Status
from strategy.models import EmergencyPower, StrategyRequest
from strategy.permissions import refusal_to_record_power
from strategy.rules.powers import (
    EXTENDED_LASTS,
    PowerFacts,
    problems_with_end,
    problems_with_end_of_order,
    problems_with_power,
)
from strategy.services.referring import tell_circumstance

HAS_ENDED = (Status.HELD, Status.WITHDRAWN, Status.NOT_NEEDED)


@transaction.atomic
def record_power(child: Child, facts: PowerFacts, *, by: User, at: datetime) -> EmergencyPower:
    """Write down that a child is in police protection or under an emergency protection order.

    1. Lock the case; those who keep the family's details, or run a discussion of it that is being held; one
       power of a kind at a time.
    2. Police protection ends by law; an order says when, and never lasts longer than eight days.
    3. An order takes the place of police protection that is still in force.
    4. Its clock starts. While a discussion is still to be held, the circumstance is ticked: same day (W35).
    Raises NotAllowed, MoveNotAllowed, Refused at the field.
    """
    case = Case.objects.lock(child.case)
    refuse(refusal_to_record_power(by, case, at))
    _refuse_first(problems_with_power(_in_london(facts)))
    if wrong := problem_with_moment(facts.started_at, at):
        raise Refused("started_at", wrong)
    if child.is_unborn:
        raise Refused(None, "An unborn child cannot be taken into protection")
    running = {one.kind: one for one in child.powers.filter(ended_at__isnull=True).select_related("by")}
    if facts.kind in running:
        raise MoveNotAllowed(
            f"{running[facts.kind].by} has already recorded it for {child.name}. "
            "If there is a new one, first record how the one before ended."
        )
    protocol = _protocol(case, at)
    expires_at = facts.expires_at
    if facts.kind == PowerKind.POLICE_PROTECTION:
        expires_at = expiry_of(facts.kind, facts.started_at, protocol)
    assert expires_at is not None  # an order without an end was refused
    _refuse_long_over(case, expires_at)
    made = EmergencyPower.objects.create(
        child=child,
        kind=facts.kind,
        started_at=facts.started_at,
        expires_at=expires_at,
        authority=facts.authority.strip(),
        told=facts.told.strip(),
        by=by,
    )
    keep_power(made, protocol, by=by, at=at)
    _take_the_place(running.get(PowerKind.POLICE_PROTECTION), made, protocol, by=by, at=at)
    _drive_the_clocks(made, by=by, at=at)
    data = {"kind": made.kind, "child": child.pk, "expires": made.expires_at.isoformat()}
    record(events.POWER_RECORDED, case, subject=made.subject, by=by, at=made.started_at, data=data)
    return made


@transaction.atomic
def extend_power(power: EmergencyPower, *, expires_at: datetime, by: User, at: datetime) -> EmergencyPower:
    """The court has extended an order: once, and never past fifteen days in total.

    Raises NotAllowed, MoveNotAllowed, Refused("expires_at").
    """
    held = _lock_running(power, by=by, at=at)
    if held.kind != PowerKind.EMERGENCY_PROTECTION_ORDER:
        raise MoveNotAllowed("Police protection cannot be extended: only a court can make an order.")
    if held.extended_at is not None:
        raise MoveNotAllowed(f"{held.extended_by} has recorded the extension: a court extends an order once.")
    if expires_at <= held.expires_at:
        raise Refused("expires_at", "This is no later than the order ended anyway: check the dates")
    started = held.started_at.astimezone(LONDON)
    _refuse_first(problems_with_end_of_order(started, expires_at.astimezone(LONDON), EXTENDED_LASTS))
    before = held.expires_at
    held.expires_at, held.extended_at, held.extended_by = expires_at, at, by
    held.save(update_fields=["expires_at", "extended_at", "extended_by"])
    keep_power(held, _protocol(held.child.case, at), by=by, at=at)
    data = {"was": before.isoformat(), "expires": expires_at.isoformat()}
    record(events.POWER_EXTENDED, held.child.case, subject=held.subject, by=by, at=at, data=data)
    return held


@transaction.atomic
def end_power(
    power: EmergencyPower, *, ended_how: str, ended_at: datetime | None = None, ended_note: str = "",
    by: User, at: datetime,
) -> EmergencyPower:  # fmt: skip
    """Write down how and when a power ended; its clock is met then, or voided when another order follows.

    What ran out ended at its expiry, whenever that is typed. Raises NotAllowed, MoveNotAllowed, Refused.
    """
    held = _lock_running(power, by=by, at=at)
    if ended_how == PowerEnd.RAN_OUT:
        if at < held.expires_at:
            raise Refused("ended_how", "It has not run out yet: choose how it ended early")
        ended_at = held.expires_at
    if ended_how == PowerEnd.MISTAKE:
        ended_at = held.started_at
    if ended_at is None:
        raise Refused("ended_at", "Enter when it ended")
    _refuse_first(problems_with_end(held.started_at, held.expires_at, ended_at, ended_how, ended_note))
    if wrong := problem_with_moment(ended_at, at):
        raise Refused("ended_at", wrong)
    _end(held, ended_how, ended_at, ended_note, _protocol(held.child.case, at), by=by, at=at)
    return held


def _end(
    held: EmergencyPower, how: str, ended_at: datetime, note: str, protocol: Protocol, *, by: User,
    at: datetime,
) -> None:  # fmt: skip
    held.ended_how, held.ended_at, held.ended_by, held.ended_note = how, ended_at, by, note.strip()
    held.save(update_fields=["ended_how", "ended_at", "ended_by", "ended_note"])
    keep_power(held, protocol, by=by, at=at)
    data = {"how": how}
    record(events.POWER_ENDED, held.child.case, subject=held.subject, by=by, at=ended_at, data=data)


def _take_the_place(
    police: EmergencyPower | None, order: EmergencyPower, protocol: Protocol, *, by: User, at: datetime
) -> None:
    """Police protection still in force ends with the order; what had run out by then ran out."""
    if police is None or order.kind != PowerKind.EMERGENCY_PROTECTION_ORDER:
        return
    if order.started_at > police.expires_at:
        _end(police, PowerEnd.RAN_OUT, police.expires_at, "", protocol, by=by, at=at)
    else:
        ended_at = max(order.started_at, police.started_at)
        _end(police, PowerEnd.ANOTHER_ORDER, ended_at, "", protocol, by=by, at=at)


def _refuse_long_over(case: Case, expires_at: datetime) -> None:
    """What had run out before the family's referral came in is a day typed wrongly: its clock would be late
    from the first moment."""
    referral = Referral.objects.filter(case=case).order_by("pk").first()
    if referral is not None and expires_at < referral.triggered_at:
        raise Refused(
            "started_at",
            f"It would have ended by {moment(expires_at)}, before this family was referred: check the date",
        )


def _drive_the_clocks(power: EmergencyPower, *, by: User, at: datetime) -> None:
    """Emergency action wants the discussion on the same day (W35), until it was held or is not needed."""
    referral = Referral.objects.filter(case=power.child.case_id).order_by("-pk").first()
    if referral is None or referral.circumstances.filter(kind=CircumstanceKind.EMERGENCY_ACTION).exists():
        return
    last = referral.requests.order_by("-pk").first()
    if last is not None and (last.status in HAS_ENDED or _was_held(last)):
        return
    facts = CircumstanceFacts(
        kind=CircumstanceKind.EMERGENCY_ACTION,
        learned_at=power.started_at,
        learned_by=f"{by.name}, who recorded the emergency power",
    )
    tell_circumstance(referral, facts, by=by, at=at, follows=True)


def _was_held(request: StrategyRequest) -> bool:
    """Whether a discussion of it was held, whatever is booked to follow."""
    return request.discussions.filter(status=DiscussionStatus.ENDED).exists()


def _lock_running(power: EmergencyPower, *, by: User, at: datetime) -> EmergencyPower:
    case = Case.objects.lock(power.child.case)
    held: EmergencyPower = EmergencyPower.objects.lock(power)
    refuse(refusal_to_change(by, case, at))
    if held.ended_at is not None:
        raise MoveNotAllowed(f"{held.ended_by} has already recorded how this ended. Look at it again.")
    return held


def _protocol(case: Case, at: datetime) -> Protocol:
    referral = Referral.objects.filter(case=case).order_by("-pk").first()
    if referral is not None:
        return protocol_for(referral, at).rules
    found = LocalProtocol.objects.in_force(localdate(at))
    if found is None:
        raise Refused(None, "No local procedure is in force. Ask your administrator to publish one.")
    return found.rules


def _in_london(facts: PowerFacts) -> PowerFacts:
    """The same with wall-clock times of London, since days of an order are counted on the wall's clock."""
    return PowerFacts(
        kind=facts.kind,
        started_at=facts.started_at.astimezone(LONDON),
        expires_at=facts.expires_at.astimezone(LONDON) if facts.expires_at else None,
        authority=facts.authority,
        told=facts.told,
    )


def _refuse_first(found: dict[str, str]) -> None:
    for field, sentence in found.items():
        raise Refused(field, sentence)
