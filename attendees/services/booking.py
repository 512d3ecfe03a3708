"""Booking a discussion and inviting to it: one act, so that nothing is booked of which nobody knows (rows
W19–W23)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.enums import AgencyKind
from accounts.models import User
from accounts.permissions import powers
from accounts.roles import Permission, titles_of
from attendees import events, permissions
from attendees.letters.invitations import when_of, where_of
from attendees.models import NotInvited, PartnerLink, Professional
from attendees.rules import expected
from attendees.rules.booking import Ground, Wish, problems_with_booking
from attendees.services import following_up, inviting
from attendees.services.directory import Newcomer, add_all, professional_for
from attendees.services.links import shut
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases import services as cases
from cases.enums import AccessPurpose, ChildStatus
from cases.models import Case
from protocols.enums import Circumstance, Severity
from protocols.rules.settings import Protocol
from strategy import workflow
from strategy.clocks import keep_clocks
from strategy.enums import DiscussionStatus, Status
from strategy.models import Booking, Discussion, Place, StrategyRequest
from strategy.rules.asking import needs_a_meeting
from strategy.services import back_from_booking
from strategy.services import booking as places


@dataclass(frozen=True, slots=True)
class Wanted:
    """Place, time and people of a booking, as one thing."""

    place: Place | None
    start: datetime
    end: datetime
    chair: User
    minute_taker: User
    hub: str = ""
    facilitator: str = ""
    late_reason: str = ""


@transaction.atomic
def book_and_invite(
    request: StrategyRequest,
    *,
    format: str,
    place: Place | None,
    start: datetime,
    end: datetime,
    chair: User,
    minute_taker: User,
    professionals: Iterable[Professional],
    by: User,
    at: datetime,
    hub: str = "",
    facilitator: str = "",
    late_reason: str = "",
    no_carers_reason: str = "",
    newcomers: Iterable[Newcomer] = (),
) -> Discussion:
    """Book an authorised request or its follow-up, invite, ask each agency what it knows (rows W20, W22).

    1. Lock case and request; refuse who may not, and what is not authorised.
    2. Refuse a format, place, time, chair or minute-taker that cannot stand; a start after the legal limit
       needs `late_reason`, a looked-after child without residential or fostering service
       `no_carers_reason` (row W04).
    3. Write the discussion, its booking, invitations and requests for information; the request is booked.
    4. Chair, minute-taker and staff invited may see the case; the convene clock passes to the chair.
    5. Letters, then the ledger.

    Requester, chair and minute-taker are always invited; `newcomers` join the directory first. Raises
    NotAllowed, MoveNotAllowed, Refused at a field, Taken at `place`, `chair` or `minute_taker` naming who
    has it.
    """
    case = Case.objects.lock(request.case)
    request = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_book(by, case, at))
    workflow.REQUEST.check_move(request.status, Status.BOOKED)
    following_up.check_follow_up(request)
    wanted = Wanted(
        place, start, end, chair, minute_taker, hub.strip(), facilitator.strip(), late_reason.strip()
    )
    _check(request, format, wanted, at)
    invitees = _invitees(request, wanted, [*professionals, *add_all(newcomers, by=by, at=at)])
    discussion = plan(request, format, wanted)
    booking = _hold(discussion, wanted, by, at)
    check_carers(discussion, invitees, no_carers_reason.strip(), by, at)
    move(request, Status.BOOKED)
    let_in(case, wanted, by, at)
    invited = inviting.invite(discussion, booking, invitees, by=by, at=at)
    keep_clocks(request.referral, by=by, at=at)
    data = {
        "request": request.pk,
        "start": start.isoformat(),
        "place": place.pk if place else None,
        "format": format,
        "invited": [one.professional_id for one in invited],
        "late_reason": wanted.late_reason,
    }
    audit.record(events.BOOKED, case, subject=discussion, by=by, at=at, data=data)
    return discussion


@transaction.atomic
def reschedule(
    discussion: Discussion,
    *,
    place: Place | None,
    start: datetime,
    end: datetime,
    chair: User,
    minute_taker: User,
    by: User,
    at: datetime,
    hub: str = "",
    facilitator: str = "",
    late_reason: str = "",
    format: str = "",
    reason: str = "",
) -> Discussion:
    """Move a booked discussion; everybody is told and asked again, and no legal limit moves with it.

    Calendars replace the entry (same UID, next SEQUENCE). Raises as `book_and_invite`, and at `reason`.
    """
    case, discussion, request = lock_booked(discussion)
    refuse(permissions.refusal_to_book(by, case, at))
    if not reason.strip():
        raise Refused("reason", "Say why it is moved")
    _check_planned(discussion, "moved")
    wanted = Wanted(
        place, start, end, chair, minute_taker, hub.strip(), facilitator.strip(), late_reason.strip()
    )
    format = format or discussion.format
    _check(request, format, wanted, at)
    old = booking_in_force(discussion)
    where = where_of(discussion, old)
    was = f"{when_of(old.during.lower, old.during.upper)}{f' at {where}' if where else ''}"
    places.let_go(old, reason=f"Moved: {reason.strip()}", by=by, at=at)
    discussion.format, discussion.planned_start, discussion.planned_end = format, start, end
    discussion.hub, discussion.facilitator = wanted.hub, wanted.facilitator
    discussion.save(update_fields=["format", "planned_start", "planned_end", "hub", "facilitator"])
    booking = _hold(discussion, wanted, by, at)
    let_out(case, discussion, old, wanted, by, at)
    let_in(case, wanted, by, at)
    inviting.let_replaced_go(discussion, old, booking, by=by, at=at)
    inviting.tell_change(discussion, booking, was=was, by=by, at=at)
    newly = [professional_for(person) for person in (chair, minute_taker)]
    inviting.invite(discussion, booking, inviting.not_yet_invited(discussion, newly), by=by, at=at)
    keep_clocks(request.referral, by=by, at=at)
    data = {
        "was": old.during.lower.isoformat(),
        "start": start.isoformat(),
        "place": place.pk if place else None,
        "late_reason": wanted.late_reason,
        "reason": reason.strip()[:300],
    }
    audit.record(events.RESCHEDULED, case, subject=discussion, by=by, at=at, data=data)
    return discussion


@transaction.atomic
def cancel_booking(discussion: Discussion, *, reason: str, by: User, at: datetime) -> StrategyRequest:
    """Cancel a booked discussion: calendars drop it, links are shut, the request waits to be booked again.

    One whose authorisation was denied waits for its manager instead. No legal limit moves. Raises NotAllowed,
    MoveNotAllowed, Refused at `reason`.
    """
    case, discussion, request = lock_booked(discussion)
    refuse(permissions.refusal_to_book(by, case, at))
    if not reason.strip():
        raise Refused("reason", "Say why the booking is cancelled")
    workflow.DISCUSSION.check_move(discussion.status, DiscussionStatus.CANCELLED)
    booking = places.let_go(booking_in_force(discussion), reason=reason.strip(), by=by, at=at)
    discussion.status = DiscussionStatus.CANCELLED
    discussion.save(update_fields=["status"])
    move(request, back_from_booking(request, by=by, at=at))
    let_out(case, discussion, booking, None, by, at)
    for link in PartnerLink.objects.filter(discussion=discussion, revoked_at=None).select_related(
        "professional"
    ):
        shut(link, by=by, at=at)
    inviting.tell_cancelled(discussion, booking, by=by, at=at)
    keep_clocks(request.referral, by=by, at=at)
    audit.record(
        events.BOOKING_CANCELLED,
        case,
        subject=discussion,
        by=by,
        at=at,
        data={"reason": reason.strip()[:300], "request": request.pk},
    )
    return request


def booking_in_force(discussion: Discussion) -> Booking:
    """Return the discussion's booking that was not cancelled. Raises MoveNotAllowed when there is none."""
    found = (
        discussion.bookings.filter(cancelled_at=None)
        .select_related("place", "chair", "minute_taker", "by")
        .first()
    )
    if found is None:
        raise MoveNotAllowed("This discussion is not booked any more. Look at it again.")
    return found


def ground_of(request: StrategyRequest) -> Ground:
    """Return what the request and its local procedure say about a booking."""
    clock = following_up.limit_of(request)
    ground = ground_with(request, clock.due_at if clock else None, circumstances_of(request))
    return replace(ground, meeting_only=ground.meeting_only or following_up.is_follow_up(request))


def ground_with(
    request: StrategyRequest, limit: datetime | None, circumstances: frozenset[Circumstance]
) -> Ground:
    """The same with what a page has read already."""
    rules: Protocol = request.protocol.rules
    reasons = needs_a_meeting(circumstances, request.agencies_plan, rules)
    telephone, hospital = rules.telephone_urgent_only, rules.hospital_rule
    in_hospital = hospital.value and Circumstance.IN_HOSPITAL in circumstances
    return Ground(
        allowed_formats=frozenset(one.value for one in rules.allowed_formats.value),
        telephone_urgent_only=telephone.value and telephone.severity == Severity.BLOCK,
        is_urgent=request.is_urgent,
        meeting_only=any(setting.severity == Severity.BLOCK for _, setting in reasons),
        limit=limit,
        hospital_source=hospital.source if in_hospital and hospital.severity == Severity.BLOCK else "",
    )


def circumstances_of(request: StrategyRequest) -> frozenset[Circumstance]:
    """Return the circumstances of the request's referral, in the procedure's words."""
    kinds = request.referral.circumstances.values_list("kind", flat=True)
    return frozenset(Circumstance(kind) for kind in kinds)


def refusal_of_chair(request: StrategyRequest, chair: User, at: datetime) -> str | None:
    """Return why this person may not chair under the request's procedure, or None; a deputy may."""
    roles = [role.value for role in request.protocol.rules.chair_roles.value]
    if any(person.may(Permission.CHAIR) and person.has_role(*roles) for person in powers(chair, at)):
        return None
    return f"{chair.name} may not chair: the local procedure wants {titles_of(roles).lower()}"


def refusal_of_minute_taker(person: User) -> str | None:
    """Return why this person may not take the minutes, or None."""
    if person.may(Permission.MINUTE):
        return None
    return f"{person.name} may not take minutes: choose business support"


def lock_booked(discussion: Discussion) -> tuple[Case, Discussion, StrategyRequest]:
    """Lock case, request and discussion in that order; return them fresh."""
    case = Case.objects.lock(discussion.case)
    request = StrategyRequest.objects.lock(discussion.request)
    locked: Discussion = (
        Discussion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__team")
        .get(pk=discussion.pk)
    )
    return case, locked, request


def _check(request: StrategyRequest, format: str, wanted: Wanted, at: datetime) -> None:
    wish = Wish(
        format=format,
        place_kind=wanted.place.kind if wanted.place else None,
        start=wanted.start,
        end=wanted.end,
        hub=wanted.hub,
        facilitator=wanted.facilitator,
        late_reason=wanted.late_reason,
        in_hospital=bool(wanted.place and wanted.place.is_hospital),
    )
    for field, sentence in problems_with_booking(wish, ground_of(request), at=at):
        raise Refused(field, sentence)
    if wanted.place is not None and not wanted.place.is_active:
        raise Refused("place", f"{wanted.place.name} can’t be booked any more")
    for field, reason in (
        ("chair", refusal_of_chair(request, wanted.chair, at)),
        ("minute_taker", refusal_of_minute_taker(wanted.minute_taker)),
    ):
        if reason:
            raise Refused(field, reason)


def plan(request: StrategyRequest, format: str, wanted: Wanted) -> Discussion:
    """Write the next discussion of the case's series, not yet booked."""
    last = request.case.discussions.aggregate(last=Max("number"))["last"] or 0
    return Discussion.objects.create(
        case=request.case,
        request=request,
        number=last + 1,
        format=format,
        planned_start=wanted.start,
        planned_end=wanted.end,
        hub=wanted.hub,
        facilitator=wanted.facilitator,
    )


def check_carers(
    discussion: Discussion, invitees: Sequence[Professional], reason: str, by: User, at: datetime
) -> None:
    """Row W04: the service of a looked-after child is invited, or the reason why not is kept."""
    looked_after = discussion.request.children.filter(status=ChildStatus.LOOKED_AFTER).exists()
    if not expected.lacks_carers_service(looked_after, [one.agency.kind for one in invitees]):
        return
    if not reason:
        raise Refused(
            "no_carers_reason",
            "A child is looked after: invite their residential or fostering service, or say why not",
        )
    NotInvited.objects.create(
        discussion=discussion, kind=AgencyKind.RESIDENTIAL, reason=reason[:300], by=by, at=at
    )


def _invitees(
    request: StrategyRequest, wanted: Wanted, professionals: Iterable[Professional]
) -> list[Professional]:
    """Everybody once, the requester first: a social worker, so that quorum can be met."""
    own = [professional_for(person) for person in (request.carrier, wanted.chair, wanted.minute_taker)]
    chosen = list(professionals)
    if not [one for one in chosen if one.pk not in {person.pk for person in own}]:
        raise Refused("professionals", "Choose at least one professional to invite")
    everybody = {one.pk: one for one in [*own, *chosen]}
    if closed := [one.name for one in everybody.values() if not one.is_active]:
        raise Refused("professionals", f"{closed[0]} is no longer in the directory")
    return list(everybody.values())


def _hold(discussion: Discussion, wanted: Wanted, by: User, at: datetime) -> Booking:
    return places.hold(
        discussion,
        place=wanted.place,
        start=wanted.start,
        end=wanted.end,
        chair=wanted.chair,
        minute_taker=wanted.minute_taker,
        by=by,
        at=at,
    )


def move(request: StrategyRequest, to: Status) -> None:
    """Move a locked request on, by its table."""
    workflow.REQUEST.check_move(request.status, to)
    request.status = to
    request.version += 1
    request.save(update_fields=["status", "version"])


def let_in(case: Case, wanted: Wanted | Booking, by: User, at: datetime) -> None:
    """Chair and minute-taker may see the case."""
    why: dict[str, Any] = {"by": by, "at": at}
    cases.grant(case, user=wanted.chair, purpose=AccessPurpose.CHAIRS, why="Chairs the discussion", **why)
    cases.grant(
        case, user=wanted.minute_taker, purpose=AccessPurpose.SUPPORTS, why="Minutes the discussion", **why
    )


def let_out(
    case: Case, discussion: Discussion, old: Booking, wanted: Wanted | Booking | None, by: User, at: datetime
) -> None:
    """Who no longer chairs or minutes loses what they were given for it, unless another booking gives it."""
    why = "Somebody else does it now" if wanted else "The booking was cancelled"
    for person, now, purpose, role in (
        (old.chair, wanted and wanted.chair, AccessPurpose.CHAIRS, "chair"),
        (old.minute_taker, wanted and wanted.minute_taker, AccessPurpose.SUPPORTS, "minute_taker"),
    ):
        others = Booking.objects.filter(discussion__case=case, cancelled_at=None, **{role: person})
        if person != now and not others.exclude(discussion=discussion).exists():
            cases.revoke(case, user=person, purpose=purpose, why=why, by=by, at=at)


def _check_planned(discussion: Discussion, verb: str) -> None:
    if discussion.status != DiscussionStatus.PLANNED:
        state = DiscussionStatus(discussion.status).label.lower()
        raise MoveNotAllowed(f"This discussion is “{state}” now, so it can’t be {verb}.")
