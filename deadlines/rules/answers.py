"""What the rules answer: one clock with its reason, its source and every candidate it was chosen from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from deadlines.enums import Duty, Standing
from deadlines.working_days import warnings


@dataclass(frozen=True, slots=True)
class Candidate:
    """A limit that could decide, whether or not it does. Without a due moment it is an open gate."""

    limit: str
    due_at: datetime | None
    because: str
    starts_at: datetime
    source: str
    note: str = ""
    circumstance: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One duty of a case: from when, by when, why, and when it was done."""

    duty: Duty
    starts_at: datetime
    due_at: datetime | None
    limit: str | None
    because: str
    source: str
    candidates: tuple[Candidate, ...] = ()
    set_aside: tuple[Candidate, ...] = ()
    met_at: datetime | None = None
    gate: str = ""
    discussion: int | None = None
    is_provisional: bool = False

    def standing(self, now: datetime) -> Standing:
        """Where this clock stands at `now`."""
        return standing(self.starts_at, self.due_at, self.met_at, now, self.limit or "")


def standing(
    starts_at: datetime, due_at: datetime | None, met_at: datetime | None, now: datetime, limit: str = ""
) -> Standing:
    """Late from the first instant after the due moment; soon once a fifth of the time is left."""
    if met_at is not None:
        return Standing.MET if due_at is None or met_at <= due_at else Standing.MET_LATE
    if due_at is None:
        return Standing.RUNNING
    if now > due_at:
        return Standing.OVERDUE
    soon = warnings(limit.partition("(")[0], starts_at, due_at).fifth_at
    return Standing.DUE_SOON if now >= soon else Standing.RUNNING
