"""Where what came in stands, as whoever referred may know it: no word of the record is in it."""

from dataclasses import dataclass
from datetime import datetime

from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from referrals.models import Referral
from strategy.enums import DiscussionStatus, Status
from strategy.models import Discussion, NoneNeeded, NotNeeded, StrategyRequest

UNSAID = "A manager decided that no discussion is needed."


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
    if wanted is None or wanted.status == Status.NOT_NEEDED:
        asked = [] if wanted is None or wanted.submitted_at is None else [_asked(wanted)]
        if (ended := _not_convened(referral, wanted)) is not None:
            return [received, *asked, ended]
    if wanted is None:
        return [received, Step("Discussion asked for"), Step("Booked"), Step("Held")]
    discussion = wanted.discussions.exclude(status=DiscussionStatus.CANCELLED).order_by("-number").first()
    return [received, _asked(wanted), _booked(discussion), _held(discussion)]


def _asked(wanted: StrategyRequest) -> Step:
    return Step("Discussion asked for", wanted.submitted_at)


def _not_convened(referral: Referral, wanted: StrategyRequest | None) -> Step | None:
    """What a manager decided last: of the request, or while nobody asked. None while nobody decided."""
    answers: list[NotNeeded | NoneNeeded] = [*referral.answers.select_related("by")]
    answers += [] if wanted is None else [wanted.not_needed]
    decided = max(answers, key=lambda one: one.at, default=None)
    if decided is not None:
        return Step(
            "Not convened", decided.at, decided.for_referrer or UNSAID, decided.by.name, decided.by.phone
        )
    clock = Deadline.objects.of(f"referral:{referral.pk}", Duty.CONVENE).order_by("-pk").first()
    if clock is not None and clock.state == ClockState.VOID:
        return Step("Not convened", clock.voided_at, UNSAID)  # decided before answers were kept
    return None


def _booked(discussion: Discussion | None) -> Step:
    if discussion is None:
        return Step("Booked")
    booking = discussion.bookings.filter(cancelled_at__isnull=True).order_by("-pk").first()
    return Step("Booked", booking.at if booking else None)


def _held(discussion: Discussion | None) -> Step:
    return Step("Held", discussion.ended_at if discussion is not None else None)
