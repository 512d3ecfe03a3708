"""When a duty line is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    differ: Mapping[int, tuple[time, time]] = field(default_factory=dict)

    def on(self, weekday: int) -> tuple[time, time] | None:
        """From when until when it is answered on a weekday; None when it is not."""
        if weekday not in self.weekdays:
            return None
        return self.differ.get(weekday, (self.opens_at, self.closes_at))

    @property
    def in_words(self) -> str:
        """ "Monday to Thursday, 9am to 5pm; Friday, 9am to 4:30pm"."""
        by_times: dict[tuple[time, time], list[int]] = {}
        for day in sorted(self.weekdays):
            times = self.on(day)
            assert times is not None
            by_times.setdefault(times, []).append(day)
        return "; ".join(
            f"{days_in_words(days)}, {_spoken(opens)} to {_spoken(closes)}"
            for (opens, closes), days in by_times.items()
        )


def days_in_words(days: list[int]) -> str:
    """ "Monday to Thursday" when three or more follow each other, else "Monday, Tuesday"."""
    in_a_row = len(days) > 2 and days == list(range(days[0], days[-1] + 1))
    return f"{DAYS[days[0]]} to {DAYS[days[-1]]}" if in_a_row else ", ".join(DAYS[day] for day in days)


def is_answered(hours: Hours, now: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the line is answered at a moment (aware); bank holidays are closed unless the line says so."""
    local = now.astimezone(LONDON)
    times = hours.on(local.weekday())
    if times is None or not times[0] <= local.time() < times[1]:
        return False
    return hours.on_bank_holidays or local.date() not in calendar.bank_holidays


def _spoken(moment: time) -> str:
    if (moment.hour, moment.minute) in ((0, 0), (12, 0)):
        return "midday" if moment.hour else "midnight"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"


WeekHours = Mapping[int, tuple[time | None, time | None]]


def problems_with_hours(week: WeekHours) -> dict[int, str]:
    """What cannot stand in the hours typed for each weekday (Monday is 0): weekday to sentence."""
    wrong = {}
    for day, (opens, closes) in week.items():
        if (opens is None) != (closes is None):
            wrong[day] = f"Enter from when until when it is answered on {DAYS[day]}, or neither"
        elif opens is not None and closes is not None and closes <= opens:
            wrong[day] = f"On {DAYS[day]} it must end after it begins"
    if not wrong and not any(opens for opens, _ in week.values()):
        wrong[0] = "Enter the hours of at least one day"
    return wrong


def hours_from(week: WeekHours, *, on_bank_holidays: bool) -> Hours:
    """The hours typed for each weekday, as we keep them: the commonest, and the days that differ."""
    given = {day: (opens, closes) for day, (opens, closes) in sorted(week.items()) if opens and closes}
    usual = max(given.values(), key=list(given.values()).count)
    differ = {day: times for day, times in given.items() if times != usual}
    return Hours(tuple(given), *usual, on_bank_holidays, differ)
