"""How a desk is laid out: pure grouping of clocks by how soon they press."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@dataclass
class Group:
    """One heading of the desk with its rows."""

    key: str
    title: str
    empty: str
    rows: list[Any] = field(default_factory=list)


def lay_out(mine: Iterable[Any], others: Iterable[Any], now: datetime) -> list[Group]:
    """Sort clocks (anything with `due_at`, an aware moment or None) under overdue, today, next and waiting.

    A clock without a due moment is an open gate: it stands first under today (`clocks.md`, `before`).
    """
    overdue = Group("overdue", "Overdue", "Nothing of yours is overdue.")
    today = Group("today", "Today", "What must happen today will appear here.")
    later = Group("next", "Next", "What comes after today will appear here.")
    waiting = Group("waiting", "Waiting for others", "What you asked of others will appear here.")
    day = now.astimezone(LONDON).date()
    for clock in mine:
        if clock.due_at is None or (clock.due_at.astimezone(LONDON).date() == day and clock.due_at >= now):
            today.rows.append(clock)
        elif clock.due_at < now:
            overdue.rows.append(clock)
        else:
            later.rows.append(clock)
    today.rows.sort(key=lambda clock: (clock.due_at is not None, clock.due_at or now))
    waiting.rows.extend(others)
    return [overdue, today, later, waiting]


def letter_in_words(kind: str) -> str:
    """What a letter is, as the letters page says it: "invitation_changed" is "Invitation changed"."""
    return kind.replace("_", " ").capitalize()
