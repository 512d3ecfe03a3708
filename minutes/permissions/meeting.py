"""Who runs the meeting and writes its record: chair and minute-taker of its booking, and business support.

Partners never do: they sign and agree for themselves, by link or on the room's screen.
"""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.permissions import may_as, powers
from accounts.roles import ROLES, Permission
from attendees.models import Attendance, Professional
from cases.models import Case
from cases.querysets import Asked
from minutes.enums import MinutesStatus
from minutes.models import Minutes
from protocols.rules.settings import Protocol
from strategy.models import Booking, Discussion

SEES = Asked(lambda user, number, at: Case.objects.visible_to(user).filter(pk=number).values("pk"))
BEFORE_THE_CHAIR = frozenset({MinutesStatus.OPENED, MinutesStatus.LIVE, MinutesStatus.AGREED})


def booking_of(discussion: Discussion) -> Booking | None:
    """The booking in force, with its chair and minute-taker; a page that was let in reads it once."""
    kept: dict[str, Any] = discussion.__dict__
    if "page_booking" in kept:
        found: Booking | None = kept["page_booking"]
        return found
    in_force = Booking.objects.filter(discussion=discussion, cancelled_at__isnull=True)
    found = in_force.select_related("chair", "minute_taker", "place").first()
    if hasattr(discussion.case, "seen_by"):  # a row of the page; services lock and read anew
        kept["page_booking"] = found
    return found


def refusal_to_open(user: User, discussion: Discussion, rules: Protocol, at: datetime) -> str | None:
    """The record is opened by the roles the protocol names (B02, W24), or by who minutes this discussion."""
    if reason := _refusal_without_access(user, discussion.case):
        return reason
    roles = rules.minute_opener_roles.value
    if any(one.has_role(*roles) for one in powers(user, at)):
        return None
    booking = booking_of(discussion)
    if booking is not None and user == booking.minute_taker and user.is_active:
        return None
    titles = ", ".join(ROLES[role].title.lower() for role in roles)
    return f"You cannot open this record. The local procedure says that it is opened by: {titles}."


def refusal_to_run(
    user: User, discussion: Discussion, at: datetime, *, booking: Booking | None = None
) -> str | None:
    """Starting, attendance, decisions and closing: the chair, or whoever minutes for them.

    A page hands over the booking it fetched through `visible_to`, which saves asking for access again.
    """
    if booking is None:
        if reason := _refusal_without_access(user, discussion.case):
            return reason
        booking = booking_of(discussion)
    if booking is not None and _is_one_of(user, {booking.chair_id, booking.minute_taker_id}, at):
        return None
    if may_as(user, Permission.MINUTE, at) is not None:
        return None
    who = f"{booking.chair.name}, who chairs it, {booking.minute_taker.name}" if booking else "its chair"
    return f"You cannot write in this record. This is for {who} and business support."


def refusal_to_check_before(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Only the chair says that they looked at the record before the discussion (row B02)."""
    if reason := _refusal_without_access(user, discussion.case):
        return reason
    booking = booking_of(discussion)
    if booking is not None and _is_one_of(user, {booking.chair_id}, at):
        return None
    chair = booking.chair.name if booking else "the chair"
    return f"You cannot check this record before the discussion: {chair} chairs it."


def refusal_to_write(
    user: User, minutes: Minutes, at: datetime, *, booking: Booking | None = None
) -> str | None:
    """Text and actions: those who run the meeting until it is with the chair, then the chair alone (B13)."""
    if minutes.status in BEFORE_THE_CHAIR:
        return refusal_to_run(user, minutes.discussion, at, booking=booking)
    if minutes.status != MinutesStatus.WITH_CHAIR:
        return "These minutes are authorised and cannot be changed. The chair can make a corrected version."
    if booking is None:
        if reason := _refusal_without_access(user, minutes.discussion.case):
            return reason
        booking = booking_of(minutes.discussion)
    if booking is not None and _is_one_of(user, {booking.chair_id}, at):
        return None
    return "You cannot change these minutes now: they are with the chair, who checks and amends them."


def refusal_to_sign(by: User | Professional, attendance: Attendance, at: datetime) -> str | None:
    """People sign for themselves; on the room's screen and for others it is before who runs the meeting."""
    if isinstance(by, Professional):
        return None if by.pk == attendance.professional_id else "You cannot sign for somebody else."
    if attendance.professional.user_id == by.pk and by.is_active:
        return None
    return refusal_to_run(by, attendance.discussion, at)


def _refusal_without_access(user: User, case: Case) -> str | None:
    if SEES.rows(user, case.pk):  # asked at every save while people type
        return None
    return "You cannot do this: you have not been given access to its case."


def _is_one_of(user: User, people: set[int], at: datetime) -> bool:
    """Whether the person, or somebody they act for, is one of these; nothing for a closed account."""
    if user.is_active and user.pk in people:
        return True
    return any(one.pk in people for one in powers(user, at))
