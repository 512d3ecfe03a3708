"""Where what came in stands, as whoever referred may know it: no word of the record is in it."""

from dataclasses import dataclass
from datetime import datetime

from referrals.models import Referral
from strategy.enums import DiscussionStatus, Status
from strategy.models import Discussion, StrategyRequest


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: received, asked, booked, held; or not convened, and why."""

    title: str
    at: datetime | None = None
    said: str = ""
    who: str = ""
    phone: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it has happened."""
        return self.at is not None


def standing_of(referral: Referral) -> list[Step]:
    """Every step, done or not; where no discussion is needed the steps that will not come are left out."""
    received = Step("Received", referral.received_at or referral.triggered_at)
    wanted = (
        referral.requests.select_related("not_needed__by", "withdrawal")
        .exclude(status=Status.WITHDRAWN)
        .order_by("-pk")
        .first()
    )
    if wanted is None:
        return [received, Step("Discussion asked for"), Step("Booked"), Step("Held")]
    asked = Step("Discussion asked for", wanted.submitted_at)
    if wanted.status == Status.NOT_NEEDED:
        return [received, *([asked] if asked.is_done else []), _not_convened(wanted)]
    discussion = wanted.discussions.exclude(status=DiscussionStatus.CANCELLED).order_by("-number").first()
    return [received, asked, _booked(discussion), _held(discussion)]


def _not_convened(wanted: StrategyRequest) -> Step:
    decided = wanted.not_needed
    why = decided.for_referrer or "A manager decided that no discussion is needed."
    return Step("Not convened", decided.at, why, decided.by.name, decided.by.phone)


def _booked(discussion: Discussion | None) -> Step:
    if discussion is None:
        return Step("Booked")
    booking = discussion.bookings.filter(cancelled_at__isnull=True).order_by("-pk").first()
    return Step("Booked", booking.at if booking else None)


def _held(discussion: Discussion | None) -> Step:
    return Step("Held", discussion.ended_at if discussion is not None else None)
