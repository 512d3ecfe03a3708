"""A request that waits too long for its manager is put to a second one who may authorise it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from audit.services import record
from cases.enums import AccessPurpose
from cases.services import grant
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import hand_over
from strategy import events, letters
from strategy.clocks import AUTHORISE_REQUEST
from strategy.enums import Status
from strategy.models import PickUp, StrategyRequest, Submission
from strategy.people import deputies_of, second_authoriser, whose_answer


def pick_up_unanswered(now: datetime, *, most: int = 100) -> int:
    """Ask a second authoriser where half the time to answer has passed. Returns how many were asked.

    The time to answer is the procedure's own (`authorise_limit`). Called by each sweep before it looks. Any
    number may do it at once: the request is locked, and each submission is picked up once.
    """
    # Few requests wait, and a million clocks may run: these are asked for by name.
    asked_for = list(StrategyRequest.objects.filter(status=Status.SUBMITTED).values_list("pk", flat=True))
    if not asked_for:
        return 0
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    newer = Submission.objects.filter(later, request=OuterRef("request"))
    alone = Submission.objects.filter(~Exists(newer), request__in=asked_for, pick_up__isnull=True)
    subjects = [f"request:{pk}" for pk in alone.values_list("request", flat=True)]
    waiting = Deadline.objects.running().filter(subject__in=subjects, duty=AUTHORISE_REQUEST)
    half_gone = waiting.filter(due_at__isnull=False, starts_at__lte=now - (F("due_at") - F("starts_at")) / 2)
    asked = half_gone.order_by("due_at", "pk").values_list("subject", flat=True)[:most]
    return sum(_pick_up(int(subject.partition(":")[2]), now) for subject in asked)


@transaction.atomic
def _pick_up(pk: int, now: datetime) -> bool:
    """1. Lock the request, or leave it to whoever holds it; it must still wait, and for the first.
    2. Find the second who may; without one the warnings of the clock go on as before.
    3. Let them see the case, hand them the clocks, write to them and to who stands in for them.
    """
    free = StrategyRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    wanted = (
        free.filter(pk=pk, status=Status.SUBMITTED)
        .select_related("case__team", "protocol", "requester")
        .first()
    )
    last = wanted.submissions.last() if wanted is not None else None
    if wanted is None or last is None or PickUp.objects.filter(submission=last).exists():
        return False
    first = whose_answer(wanted)
    second = second_authoriser(wanted, first)
    if second is None:
        return False
    PickUp.objects.create(submission=last, first=first, second=second, at=now)
    people = [second, *deputies_of([second], now)]
    for person in people:
        grant(
            wanted.case,
            user=person,
            purpose=AccessPurpose.MANAGES,
            why="Picks up the request",
            by=None,
            at=now,
        )
    _hand_clocks(wanted, second, now)
    letters.request_picked_up(wanted, people, first, at=now)
    data = {"second": f"user:{second.pk}"}
    record(events.PICKED_UP, wanted.case, subject=wanted.subject, by=None, at=now, data=data)
    return True


def _hand_clocks(wanted: StrategyRequest, second: User, now: datetime) -> None:
    running = Deadline.objects.running()
    for clock in (
        running.of(wanted.subject, AUTHORISE_REQUEST).first(),
        running.of(f"referral:{wanted.referral_id}", Duty.CONVENE).first(),
    ):
        if clock is not None:
            hand_over(clock, owner=second, owner_team=wanted.case.team, verb="Authorise", by=None, at=now)
