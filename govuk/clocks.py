"""What a clock says on a page: words first, colour only beside them. Computed from `due_at` and now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from govuk.moments import DAYS, clock_time, local, moment, short_date

SOON = timedelta(hours=4)


@dataclass(frozen=True)
class Chip:
    """A clock in a few words, its whole sentence, and its shade."""

    words: str
    sentence: str
    shade: str


def short_duration(length: timedelta) -> str:
    """Return "3 h 12 min", "2 d 4 h", "under a minute"; a number and its unit stay on one line."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = ((days, "d"), (hours, "h"), (0 if days else minutes, "min"))
    return (
        " ".join(f"{number}\N{NO-BREAK SPACE}{unit}" for number, unit in parts if number) or "under a minute"
    )


def short_moment(at: datetime, now: datetime) -> str:
    """Return "4:30pm", "tomorrow 4:30pm", "Thursday 4:30pm" within six days, else "24 Dec 2026 4:30pm"."""
    away = (local(at).date() - local(now).date()).days
    if away == 0:
        return clock_time(at)
    if away in (1, -1):
        return f"{'tomorrow' if away == 1 else 'yesterday'} {clock_time(at)}"
    return f"{DAYS[local(at).weekday()] if 1 < away < 7 else short_date(at)} {clock_time(at)}"


def _gate(clock: Any, now: datetime) -> Chip:
    if met := getattr(clock, "met_at", None):
        return Chip(f"met {short_moment(met, now)}", f"Met on {moment(met)}", "met")
    if stopped := getattr(clock, "stopped_at", None):
        return Chip("stopped", f"Stopped on {moment(stopped)}", "stopped")
    gate = getattr(clock, "gate", "")
    until = "open until answered" if gate.startswith("The answer of") else "open until held"
    return Chip(until, gate or "The time is not yet known", "late")


def chip_of(clock: Any, now: datetime) -> Chip:
    """Return what to show for anything with `due_at`, and `met_at`, `stopped_at`, `warn_at` if there.

    Without a due moment it waits for an event: an open gate, shown as late until it is held.
    """
    due: datetime | None = clock.due_at
    if due is None:
        return _gate(clock, now)
    if met := getattr(clock, "met_at", None):
        late = f", {short_duration(met - due)} late" if met > due else ""
        return Chip(
            f"met {short_moment(met, now)}{late}", f"Met on {moment(met)}; it was due on {moment(due)}", "met"
        )
    if stopped := getattr(clock, "stopped_at", None):
        return Chip("stopped", f"Stopped on {moment(stopped)}; it was due on {moment(due)}", "stopped")
    left = due - now
    if left < timedelta(0):
        return Chip(f"overdue by {short_duration(left)}", f"Was due on {moment(due)}", "late")
    warn = getattr(clock, "warn_at", None) or due - SOON
    shade = "soon" if now >= warn else "calm"
    return Chip(f"due {short_moment(due, now)}, {short_duration(left)} left", f"Due on {moment(due)}", shade)
