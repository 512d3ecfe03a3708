"""Moments, days, times and durations in words, as GOV.UK writes them (Europe/London), and read from words."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]  # not the machine's locale
_TIME = re.compile(r"^(\d{1,2})(?:[:. h]?(\d{2}))?\s*([ap])?\.?\s*(?:m\.?)?$", re.IGNORECASE | re.ASCII)


def local(at: datetime) -> datetime:
    """Return the moment in Europe/London."""
    return at.astimezone(LONDON)


def clock_time(at: datetime | time) -> str:
    """Return "4:30pm", "4pm", "midday" or "midnight"."""
    if isinstance(at, datetime):
        at = local(at).time() if at.tzinfo else at.time()
    if at.minute == 0 and at.hour in (0, 12):
        return "midnight" if at.hour == 0 else "midday"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def long_date(day: date) -> str:
    """Return "Thursday 24 December 2026"."""
    if isinstance(day, datetime):
        day = local(day) if day.tzinfo else day
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def plain_date(day: date) -> str:
    """Return "24 December 2026"."""
    return long_date(day).partition(" ")[2]


def short_date(day: date) -> str:
    """Return "24 Dec 2026"."""
    if isinstance(day, datetime):
        day = local(day) if day.tzinfo else day
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def moment(at: datetime) -> str:
    """Return "Thursday 24 December 2026 at 4:30pm"."""
    return f"{long_date(at)} at {clock_time(at)}"


def duration(length: timedelta) -> str:
    """Return "3 hours 12 minutes", "2 days 4 hours", "less than a minute"; never a sign."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    words = [_counted(days, "day"), _counted(hours, "hour"), "" if days else _counted(minutes, "minute")]
    return " ".join(word for word in words if word) or "less than a minute"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def read_time(text: str) -> time | None:
    """Read "4:30pm", "16:30", "16.30", "1630", "4pm", "midday", "noon", "midnight"; anything else is None."""
    text = text.strip().lower()
    if text in ("midday", "noon", "12 noon"):
        return time(12)
    if text == "midnight":
        return time(0)
    if not (found := _TIME.match(text)):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if (half and not 1 <= hour <= 12) or (not half and not found[2]):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def london(day: date, at: time) -> datetime | None:
    """Return the moment of a day and time in London, or None in the hour that is skipped in spring.

    In the hour that comes twice in autumn, the first of the two is meant. The answer is in UTC, as the
    database's moments are: Python calls two equal moments of that hour different when their zones differ.
    """
    wanted = datetime.combine(day, at)
    found = wanted.replace(tzinfo=LONDON).astimezone(UTC)
    return found if found.astimezone(LONDON).replace(tzinfo=None) == wanted else None
