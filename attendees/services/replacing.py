"""Somebody else chairs, or takes the minutes: at any time before the close, with the reason (row G11)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees import events, permissions
from attendees.services import inviting
from attendees.services.booking import (
    booking_in_force,
    let_in,
    let_out,
    lock_booked,
    refusal_of_chair,
    refusal_of_minute_taker,
)
from attendees.services.directory import professional_for
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from strategy.clocks import keep_clocks
from strategy.enums import DiscussionStatus
from strategy.models import Booking, Discussion
from strategy.services import booking as places

BEFORE_THE_CLOSE = (DiscussionStatus.PLANNED, DiscussionStatus.STARTED)


@transaction.atomic
def replace_chair(discussion: Discussion, *, chair: User, reason: str, by: User, at: datetime) -> Booking:
    """Name another chair; the discussion stays where and when it is.

    1. Lock case, request, discussion; refuse who may not, what has ended, and who may not chair.
    2. The booking is let go with the reason and made anew with them, who must be free; it keeps its place.
    3. The one before loses invitation and access unless they have another part; the new one is invited.
    4. Clocks pass to the new chair. The ledger. Raises NotAllowed, MoveNotAllowed, Refused, Taken at `chair`.
    """
    return _replace(discussion, "chair", chair, reason, by, at)


@transaction.atomic
def replace_minute_taker(
    discussion: Discussion, *, minute_taker: User, reason: str, by: User, at: datetime
) -> Booking:
    """Name another minute-taker, as `replace_chair` does a chair. Raises at `minute_taker`."""
    return _replace(discussion, "minute_taker", minute_taker, reason, by, at)


def _replace(
    discussion: Discussion, field: str, person: User, reason: str, by: User, at: datetime
) -> Booking:
    case, discussion, request = lock_booked(discussion)
    refuse(permissions.refusal_to_book(by, case, at))
    if discussion.status not in BEFORE_THE_CLOSE:
        state = DiscussionStatus(discussion.status).label.lower()
        raise MoveNotAllowed(f"This discussion is “{state}” now, so nobody is replaced any more.")
    old = booking_in_force(discussion)
    if not reason.strip():
        raise Refused("reason", f"Say why {getattr(old, field).name} is replaced")
    if person == getattr(old, field):
        does = "chairs" if field == "chair" else "takes the minutes of"
        raise Refused(field, f"{person.name} {does} it already. Choose somebody else")
    why_not = refusal_of_chair(request, person, at) if field == "chair" else refusal_of_minute_taker(person)
    if why_not:
        raise Refused(field, why_not)
    places.let_go(old, reason=f"{WORDS[field]} replaced: {reason.strip()}", by=by, at=at)
    people = {"chair": old.chair, "minute_taker": old.minute_taker, field: person}
    new = places.hold(
        discussion,
        place=old.place,
        start=old.during.lower,
        end=old.during.upper,
        as_held=True,
        by=by,
        at=at,
        **people,
    )
    let_out(case, discussion, old, new, by, at)
    let_in(case, new, by, at)
    inviting.let_replaced_go(discussion, old, new, by=by, at=at)
    newly = inviting.not_yet_invited(discussion, [professional_for(person)])
    inviting.invite(discussion, new, newly, by=by, at=at)
    keep_clocks(request.referral, by=by, at=at)
    data = {"was": getattr(old, field).pk, "now": person.pk, "reason": reason.strip()[:300]}
    event = events.CHAIR_REPLACED if field == "chair" else events.MINUTE_TAKER_REPLACED
    audit.record(event, case, subject=discussion, by=by, at=at, data=data)
    return new


WORDS = {"chair": "Chair", "minute_taker": "Minute-taker"}
