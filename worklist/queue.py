"""What stands in the queue of business support: six statements, however long it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, Least

from deadlines.enums import Duty
from deadlines.models import Deadline
from outbox.models import Letter
from strategy.enums import DiscussionStatus, Status
from strategy.models import Booking, Discussion, OfficerOfTheDay, PoliceForward, ReceiptCall, StrategyRequest

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

MOST = 200
AHEAD = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Line:
    """One request: its clock, the last letter to the police with its proof, the call, the booking."""

    request: StrategyRequest
    clock: Deadline | None
    forward: PoliceForward | None
    letter: Letter | None
    call: ReceiptCall | None
    booked: Booking | None


def lines_for(user: "User") -> list[Line]:
    """The requests this person may see that are authorised or booked, or after which a meeting is owed.

    The soonest limit first; where there are more than can be shown, it is the latest that are left out.
    """
    requests = list(
        _with_limits(StrategyRequest.objects.visible_to(user))
        .filter(Q(status__in=(Status.AUTHORISED, Status.BOOKED)) | Q(status=Status.HELD, owed__isnull=False))
        .select_related("case__team", "requester", "authorisation__by")
        .prefetch_related(
            Prefetch("police_forwards", PoliceForward.objects.select_related("by")),
            "receipt_calls",
        )
        .order_by("is_met", F("due").asc(nulls_first=True), "pk")[:MOST]
    )
    clocks = _clocks_of(requests)
    bookings = {
        one.discussion.request_id: one
        for one in Booking.objects.with_block()
        .filter(
            discussion__request__in=requests,
            cancelled_at=None,
            discussion__status__in=(DiscussionStatus.PLANNED, DiscussionStatus.STARTED),
        )
        .select_related("discussion", "place", "chair")
    }
    letters = letters_of(one for wanted in requests for one in wanted.police_forwards.all())
    lines = []
    for wanted in requests:
        forward: Any = max(wanted.police_forwards.all(), key=lambda one: one.pk, default=None)
        lines.append(
            Line(
                wanted,
                clocks.get(wanted.pk),
                forward,
                letters.get(forward.letter_ref) if forward else None,
                next(iter(wanted.receipt_calls.all()), None),
                bookings.get(wanted.pk),
            )
        )
    return sorted(lines, key=_press)


def _with_limits(requests: "QuerySet[StrategyRequest]") -> "QuerySet[Any]":
    """With the clock of the meeting `owed` after a telephone discussion (row W14), and when each is `due`."""
    running = Deadline.objects.running()
    number = Concat(Value("referral:"), Cast(OuterRef("referral"), CharField()))
    convene = running.filter(duty=Duty.CONVENE, subject=number)
    held = Discussion.objects.filter(request=OuterRef(OuterRef("pk")))
    subjects = held.values_list(Concat(Value("discussion:"), Cast("pk", CharField())))
    owed = running.filter(duty=Duty.FOLLOW_UP_MEETING, subject__in=subjects)
    return requests.annotate(
        owed=Subquery(owed.values("pk")[:1]),
        due=Least(Subquery(convene.values("due_at")[:1]), Subquery(owed.values("due_at")[:1])),
        is_met=~(Exists(convene) | Exists(owed)),
    )


def _clocks_of(requests: Iterable[Any]) -> dict[int, Deadline]:
    """The clock that presses each request: of the meeting owed, else the one by which it must be held."""
    convene = Q(duty=Duty.CONVENE, subject__in=[f"referral:{one.referral_id}" for one in requests])
    found = Deadline.objects.filter(convene | Q(pk__in=[one.owed for one in requests if one.owed]))
    by_subject = {one.subject: one for one in found if one.duty == Duty.CONVENE}
    by_number = {one.pk: one for one in found}
    told = {
        one.pk: by_number.get(one.owed) or by_subject.get(f"referral:{one.referral_id}") for one in requests
    }
    return {pk: clock for pk, clock in told.items() if clock is not None}


def letters_of(forwards: Iterable[PoliceForward]) -> dict[str, Letter]:
    """The letter by which each was forwarded, by its reference."""
    numbers = [one.letter_ref.partition(":")[2] for one in forwards]
    found = Letter.objects.filter(pk__in=[int(one) for one in numbers if one.isdecimal()])
    return {f"letter:{one.pk}": one for one in found}


def officers_from(today: date) -> list[OfficerOfTheDay]:
    """Who of business support is on today and in the days that follow."""
    named = OfficerOfTheDay.objects.filter(day__range=(today, today + AHEAD))
    return list(named.select_related("officer", "team", "by"))


def _press(line: Line) -> tuple[bool, Any, int]:
    """An open gate first (in hospital, no discharge planned), then the soonest; met clocks last."""
    clock = line.clock
    if clock is None or clock.met_at is not None:
        return True, 0, line.request.pk
    return False, clock.due_at.timestamp() if clock.due_at else 0, line.request.pk
