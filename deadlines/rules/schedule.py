"""When somebody is told of a clock, and which telling comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from deadlines.enums import NoticeKind
from deadlines.working_days import warnings

FIRST_INSTANT = timedelta(microseconds=1)  # a clock is overdue from the first instant after its due moment


@dataclass(frozen=True, slots=True)
class Schedule:
    """The moments at which a clock is told of, and the next of them."""

    half_at: datetime | None = None
    fifth_at: datetime | None = None
    last_day_at: datetime | None = None
    next_tell_at: datetime | None = None
    next_kind: str = ""


def tellings(unit: str, starts_at: datetime, due: datetime) -> list[tuple[datetime, NoticeKind]]:
    """Every telling of a clock in the order of time."""
    when = warnings(unit, starts_at, due)
    found = [(when.half_at, NoticeKind.HALF), (when.fifth_at, NoticeKind.FIFTH)]
    if when.last_day_at is not None and starts_at < when.last_day_at < due:
        found.append((when.last_day_at, NoticeKind.LAST_DAY))
    return [*sorted(found), (due + FIRST_INSTANT, NoticeKind.BREACH)]


def schedule(unit: str, starts_at: datetime, due: datetime | None, now: datetime) -> Schedule:
    """The schedule of a clock as it is stored at `now`.

    A warning whose moment has already passed is not told afterwards, save the latest of them: whoever ticks a
    circumstance late learns at once that little time is left.
    """
    if due is None:
        return Schedule()
    when = warnings(unit, starts_at, due)
    told = tellings(unit, starts_at, due)
    passed = [one for one in told if one[0] <= now]
    moment, kind = passed[-1] if passed else told[0]
    last_day = next((at for at, one in told if one == NoticeKind.LAST_DAY), None)
    return Schedule(when.half_at, when.fifth_at, last_day, moment, kind)
