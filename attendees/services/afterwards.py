"""Putting on record a discussion that has been held already, so that it stands as any that was booked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendees.models import Professional
from attendees.rules.booking import TELEPHONES, Ground, Wish, problems_with_held
from attendees.services.booking import (
    Wanted,
    check_carers,
    ground_of,
    let_in,
    move,
    plan,
    refusal_of_chair,
)
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from protocols.rules.settings import Protocol
from strategy import events, permissions, workflow
from strategy.clocks import keep_clocks
from strategy.enums import Format, Status
from strategy.models import Discussion, EnteredAfterwards, StrategyRequest
from strategy.services import booking as places

CALLS_FIRST = (Format.TELEPHONE_CONFERENCE, Format.TELEPHONE, Format.SERIES_OF_CALLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsHeld:
    """When and how it was held, who chaired it, and where, or from where it was facilitated (row W12)."""

    started_at: datetime
    ended_at: datetime
    chair: User
    format: str = Format.TELEPHONE_CONFERENCE
    hub: str = ""
    facilitator: str = ""
    no_carers_reason: str = ""
    was_read_back: bool = True
    not_read_back: str = ""


@transaction.atomic
def put_on_record(
    request: StrategyRequest, held: AsHeld, *, people: Iterable[Professional], by: User, at: datetime
) -> Discussion:
    """Book an authorised request as the discussion that was held; whoever types it minuted it.

    1. Lock case and request; refuse who does not ask for discussions, and what is not authorised.
    2. Refuse a format that the procedure blocks, and a chair who may not chair.
    3. Write discussion and booking at their real times, and who typed it in when. Nobody is invited to what
       is over; the request is booked. The ledger last.
    Raises NotAllowed, MoveNotAllowed, Refused at a field, Taken at `chair` or `minute_taker`.
    """
    case = Case.objects.lock(request.case)
    request = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_see(by, case) or permissions.refusal_to_request(by, at))
    workflow.REQUEST.check_move(request.status, Status.BOOKED)
    if request.status == Status.HELD:
        raise MoveNotAllowed("This discussion was held and is on record. Its follow-up is booked.")
    for field, sentence in problems_as_held(request, held).items():
        raise Refused(field, sentence)
    wanted = Wanted(
        None, held.started_at, held.ended_at, held.chair, by, held.hub.strip(), held.facilitator.strip()
    )
    discussion = plan(request, held.format, wanted)
    check_carers(discussion, list(people), held.no_carers_reason.strip(), by, at)
    places.hold(
        discussion,
        place=None,
        start=held.started_at,
        end=held.ended_at,
        chair=held.chair,
        minute_taker=by,
        by=by,
        at=at,
        as_held=True,
    )
    EnteredAfterwards.objects.create(discussion=discussion, by=by, at=at)
    move(request, Status.BOOKED)
    let_in(case, wanted, by, at)
    keep_clocks(request.referral, by=by, at=at)
    data = {"request": request.pk, "start": held.started_at.isoformat(), "end": held.ended_at.isoformat()}
    audit.record(events.ENTERED_AFTERWARDS, case, subject=discussion, by=by, at=at, data=data)
    return discussion


def formats_held(rules: Protocol) -> list[Format]:
    """The formats that the procedure allows, those of the telephone first."""
    allowed = [Format(one.value) for one in rules.allowed_formats.value]
    order = [*CALLS_FIRST, *Format]
    return sorted(allowed, key=order.index)


def is_by_telephone(format: str) -> bool:
    """Whether it is urgent, has somebody who facilitates it, and no place."""
    return format in TELEPHONES


def problems_as_held(request: StrategyRequest, held: AsHeld) -> dict[str, str]:
    """What cannot stand of how it was held, field to sentence."""
    ground: Ground = ground_of(request)
    wish = Wish(held.format, None, held.started_at, held.ended_at, held.hub.strip(), held.facilitator.strip())
    found = dict(problems_with_held(wish, ground))
    if "format" in found and is_by_telephone(held.format):
        found["format"] += ". Log the calls, and ask for a meeting"
    if reason := refusal_of_chair_held(request, held.chair, held.started_at):
        found["chair"] = reason
    return found


def refusal_of_chair_held(request: StrategyRequest, chair: User, at: datetime) -> str | None:
    """As for a booking; but who is alone at night may have chaired what they type in."""
    if chair.may(Permission.WRITE_NIGHTS) and chair.may(Permission.CHAIR):
        return None
    return refusal_of_chair(request, chair, at)
