"""Times, durations and reasons in plain English."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from deadlines.enums import Trigger
from deadlines.working_days import LONDON, local_date

TRIGGER_WORDS = {
    Trigger.REFERRAL: "the referral",
    Trigger.INCIDENT: "the incident of concern",
    Trigger.NETWORK_DECISION: "the decision that the child in need plan is not meeting needs",
    Trigger.NEW_INFORMATION: "the new information",
    Trigger.DURING_ASSESSMENT: "the concern found during the assessment",
    Trigger.INCREASED_RISK: "the finding of increased risk",
    Trigger.EMERGENCY_ACTION: "the emergency action",
}
MOMENT = "the moment "
BY_RULE = "bank holidays after {year} are by rule, not yet published"
LOCAL_DEFAULT = "this limit is a local default, which the source leaves open"


def clock_time(moment: datetime) -> str:
    """The time of day in London: "4:30pm", "9am", "midday", "midnight"."""
    local = moment.astimezone(LONDON)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def long_day(day: date) -> str:
    """ "Thursday 24 December 2026"."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def long_time(moment: datetime) -> str:
    """ "Thursday 24 December 2026 at 4:30pm", in London."""
    return f"{long_day(local_date(moment))} at {clock_time(moment)}"


def duration(span: timedelta) -> str:
    """A length of time in its two largest units: "3 hours 12 minutes", "2 days 4 hours"."""
    minutes = int(abs(span).total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (left, "minute")]
    told = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n]
    if not told:
        return "less than a minute"
    return " ".join(told[:1] if days and not hours else told[:2])


def sentence(*parts: str) -> str:
    """One sentence out of its parts, joined by semicolons."""
    return "; ".join(part for part in parts if part) + "."


def trigger_words(trigger: Trigger, meaning: str) -> str:
    """What the trigger is called: the procedure's own words, where they name one moment (X2).

    A procedure that lists several things ("the referral, the incident or …") leaves each its own name, and
    the receipt of a referral is the moment of a referral only.
    """
    is_the_moment = names_a_moment(meaning) or (trigger == Trigger.REFERRAL and " or " not in meaning)
    return meaning if is_the_moment else TRIGGER_WORDS[trigger]


def names_a_moment(meaning: str) -> bool:
    """Whether the procedure counts from one moment, whatever came in: "the moment the concern was …"."""
    return meaning.startswith(MOMENT) and " or " not in meaning
