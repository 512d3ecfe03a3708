"""Whose turn each clock is, and for what."""

from dataclasses import dataclass

from accounts.models import Team, User
from accounts.roles import Permission
from cases.models import Case
from strategy.clocks.picture import Picture
from strategy.enums import DiscussionStatus, Status
from strategy.models import Booking, Discussion, StrategyRequest
from strategy.people import support_team, whose_answer


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn a clock is, and for what."""

    verb: str
    owner: User | None = None
    team: Team | None = None


def convene_turn(picture: Picture) -> Turn:
    """Whose turn it is to bring the discussion about."""
    case, wanted = picture.case, picture.latest
    if wanted is None:
        return Turn("Decide whether a discussion is needed", case.team.manager or None, case.team)
    return request_turn(wanted, case)


def request_turn(wanted: StrategyRequest, case: Case) -> Turn:
    """Whose turn a request is that somebody still wants, by where it stands."""
    match wanted.status:
        case Status.SUBMITTED:
            return Turn("Authorise", whose_answer(wanted), case.team)
        case Status.AUTHORISED:
            team = support_team(case)
            return Turn("Book", None if team else wanted.carrier, team)
        case Status.BOOKED | Status.HELD:
            booking = _booking_of(wanted)
            return Turn("Hold the discussion", booking.chair if booking else wanted.carrier)
    verb = "Put right and submit again" if wanted.status == Status.RETURNED else "Finish the request"
    return Turn(verb, wanted.carrier)


def follow_up_turn(picture: Picture) -> Turn:
    """Business support books the follow-up meeting; once it is booked, its chair holds it (row W14)."""
    coming = [one for one in picture.discussions if one.status == DiscussionStatus.PLANNED and one.is_meeting]
    booking = (
        coming[-1].bookings.filter(cancelled_at__isnull=True).select_related("chair").first()
        if coming
        else None
    )
    if booking is not None:
        return Turn("Hold the follow-up meeting", booking.chair)
    team = support_team(picture.case)
    return Turn("Book the follow-up meeting", None if team else worker(picture), team)


def worker(picture: Picture) -> User:
    if picture.case.allocated_worker is not None:
        return picture.case.allocated_worker
    return picture.requests[-1].carrier if picture.requests else picture.referral.recorded_by


def _booking_of(wanted: StrategyRequest) -> Booking | None:
    bookings = Booking.objects.filter(discussion__request=wanted, cancelled_at__isnull=True)
    return bookings.select_related("chair", "minute_taker").order_by("-pk").first()


def minutes_turn(picture: Picture, discussion: Discussion) -> Turn:
    booking = discussion.bookings.filter(cancelled_at__isnull=True).select_related("minute_taker").first()
    return Turn("Finish the minutes", booking.minute_taker if booking else worker(picture))


def undecided_turn(picture: Picture, discussion: Discussion) -> Turn:
    """Whoever chaired decides for a child who waits; else, or after a night, the team's manager."""
    booking = discussion.bookings.filter(cancelled_at__isnull=True).select_related("chair").first()
    chair, manager = booking.chair if booking else None, picture.case.team.manager
    if chair is None or (chair.may(Permission.WRITE_NIGHTS) and manager is not None):
        chair = manager
    return Turn("Decide for the child who waits", chair or worker(picture))
