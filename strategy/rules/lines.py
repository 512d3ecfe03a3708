"""When a duty line is answered."""

from dataclasses import dataclass
from datetime import datetime, time

from deadlines.working_days import LONDON, WorkingCalendar

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekdays (Monday is 0) and London times between which somebody answers."""

    weekdays: tuple[int, ...]
    opens_at: time
    closes_at: time
    on_bank_holidays: bool = False

    @property
    def in_words(self) -> str:
        """ "Monday to Friday, 9am to 5pm"."""
        days = sorted(self.weekdays)
        named = [DAYS[day] for day in days]
        in_a_row = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
        told = f"{named[0]} to {named[-1]}" if in_a_row else ", ".join(named)
        return f"{told}, {_spoken(self.opens_at)} to {_spoken(self.closes_at)}"


def is_answered(hours: Hours, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the line is answered at a moment (aware); bank holidays are closed unless the line says so."""
    local = now.astimezone(LONDON)
    if local.weekday() not in hours.weekdays or not hours.opens_at <= local.time() < hours.closes_at:
        return False
    return hours.on_bank_holidays or local.date() not in calendar.bank_holidays


def _spoken(moment: time) -> str:
    if (moment.hour, moment.minute) in ((0, 0), (12, 0)):
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"
