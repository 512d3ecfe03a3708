"""How a desk is laid out: pure grouping of clocks by how soon they press."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from outbox.enums import CAN_RESEND

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

    An open gate, with or without another limit's due moment, stands first under today until that moment
    has passed (`clocks.md`, `before`).
    """
    overdue = Group("overdue", "Overdue", "Nothing of yours is overdue.")
    today = Group("today", "Today", "What must happen today will appear here.")
    later = Group("next", "Next", "What comes after today will appear here.")
    waiting = Group("waiting", "Waiting for others", "What you asked of others will appear here.")
    day = now.astimezone(LONDON).date()
    for clock in mine:
        if clock.due_at is not None and clock.due_at < now:
            overdue.rows.append(clock)
        elif _is_gate(clock) or clock.due_at.astimezone(LONDON).date() == day:
            today.rows.append(clock)
        else:
            later.rows.append(clock)
    today.rows.sort(key=lambda clock: (not _is_gate(clock), clock.due_at or now))
    waiting.rows.extend(others)
    return [overdue, today, later, waiting]


def _is_gate(clock: Any) -> bool:
    return clock.due_at is None or bool(getattr(clock, "gate", ""))


def together(clocks: Iterable[Any], duties: Collection[str]) -> list[Any]:
    """One row for one thing to do; each clock gets `also`, the others that the same press answers.

    A request that waits for its manager is timed twice, by its own limit and the discussion’s: it is still
    one press of "Authorise". A clock that is none of the `duties` of `clocks.md` joins the row of its case,
    verb and owner, and the clock that presses most stands for both.
    """
    rows = list(clocks)
    whole = {_same(clock): clock for clock in reversed(rows) if clock.duty in duties}
    groups: dict[int, list[Any]] = {}
    for clock in rows:
        row = clock if clock.duty in duties else whole.get(_same(clock), clock)
        groups.setdefault(id(row), []).append(clock)
    found = [sorted(group, key=_presses) for group in groups.values()]
    for first, *rest in found:
        first.also = rest
    return sorted((group[0] for group in found), key=_presses)


def _same(clock: Any) -> tuple[Any, ...]:
    return clock.case_id, clock.verb, clock.owner_id, clock.owner_team_id


def _presses(clock: Any) -> tuple[bool, datetime | None]:
    """Soonest first, an open gate last, as the database orders them."""
    return (clock.due_at is None, clock.due_at)


def once_each(entries: Iterable[Any]) -> list[Any]:
    """Entries in a row that say the same of the same day stand once, with how many `times`.

    What differs in a word is told again: a chronology in which a second reminder, another reason or another
    date is hidden behind "2 times" is no chronology.
    """
    rows: list[Any] = []
    for entry in entries:
        last = rows[-1] if rows else None
        if last is not None and _told(last) == _told(entry):
            last.times += 1
        else:
            entry.times = 1
            rows.append(entry)
    return rows


def _told(entry: Any) -> tuple[Any, ...]:
    day = entry.occurred_at.astimezone(LONDON).date()
    words = (entry.event, entry.about, entry.said, entry.to_name, entry.by_name, entry.stood_in_for)
    return (day, *words)


COPIES = "circulation_"
CODE = "partner_code"


def mended_elsewhere(kind: str, status: str, *, is_past: bool) -> str | None:
    """Why a letter is not put right on the letters' own page, and where it is; None for one that is."""
    if kind.startswith(COPIES):
        return "A copy of the minutes is sent again or handed over on the page “Circulation” of its minutes."
    if kind == CODE and is_past:
        return "A one-time code is of use for ten minutes. Its reader asks for a new one, or telephones."
    if status not in CAN_RESEND:
        return "Nothing is to be done for this letter: look at how it stands in the list."
    return None


def letter_in_words(kind: str) -> str:
    """What a letter is, as the letters page says it: "invitation_changed" is "Invitation changed"."""
    return kind.replace("_", " ").capitalize()
