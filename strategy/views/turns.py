"""Whose turn a request is, with their number, wherever it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Team, User
from deadlines.enums import Duty
from strategy.clocks.turns import request_turn
from strategy.enums import Status
from strategy.models import Discussion, StrategyRequest
from strategy.people import deputies_of

OF_ONE = ("request", "referral", "discussion")  # what a clock is about that may be another request’s
ENDED = (Status.HELD, Status.WITHDRAWN, Status.NOT_NEEDED)
OTHER, NEVER = 3, 9


@dataclass(frozen=True, slots=True)
class WhoseTurn:
    """Who has the turn and for what; who stands in where they are away; nobody once all is done."""

    verb: str
    who: User | Team | None
    deputy: Any = None


def turn_now(
    wanted: StrategyRequest, clocks: Iterable[Any], held: Discussion | None, now: datetime
) -> WhoseTurn | None:
    """Return whose turn the request is now, or None when nothing of it waits for anybody.

    The clock of its answer or the convene clock says it while one runs; once it has ended, that of its record,
    then any other of the case that is not of another request. With none, where the request stands says it.
    """
    ranked = [(_rank(one, wanted, held), one) for one in clocks]
    may_be = NEVER if wanted.status in ENDED else 2
    for rank, clock in sorted((pair for pair in ranked if pair[0] < may_be), key=lambda pair: pair[0]):
        verb = clock.verb if rank < OTHER or clock.duty == Duty.ACTION else clock.duty_title
        return WhoseTurn(verb, clock.owner or clock.owner_team, clock.deputy)
    if wanted.status in ENDED:
        return None
    turn = request_turn(wanted, wanted.case)
    return WhoseTurn(turn.verb, turn.owner or turn.team, _deputy(wanted, turn.owner, now))


def _rank(clock: Any, wanted: StrategyRequest, held: Discussion | None) -> int:
    """How near a clock is to this request: to answer it, to hold it, its record, then what is of no other."""
    referral = f"referral:{wanted.referral_id}"
    if clock.subject == wanted.subject:
        return 0
    if clock.subject == referral and clock.duty == Duty.CONVENE:
        return 1
    if held is not None and clock.subject == held.subject:
        return 2
    is_of_another = clock.subject != referral and clock.subject.partition(":")[0] in OF_ONE
    return NEVER if is_of_another else OTHER


def _deputy(wanted: StrategyRequest, owner: User | None, now: datetime) -> User | None:
    if owner is None or wanted.case.restricted:
        return None
    return next(iter(deputies_of([owner], now)), None)
