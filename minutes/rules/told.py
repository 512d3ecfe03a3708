"""What somebody told us, who writes it down for them: how and when they said so. Pure."""

from datetime import datetime

LONGEST = 200
LONGEST_SAID = 10_000  # what was done and what shows it: a note of several pages


def problems(
    *, how: str, told_at: datetime, name: str, since: datetime, since_words: str, now: datetime
) -> dict[str, str]:
    """Return, by field, why this telling cannot stand: not said how, in the future, or before `since`."""
    found = {}
    if not how:
        found["how"] = f"Say how {name} told you, such as by telephone"
    elif len(how) > LONGEST:
        found["how"] = f"Use {LONGEST} characters or fewer"
    if told_at > now:
        found["told_at"] = "This time is in the future"
    elif told_at < since.replace(second=0, microsecond=0):
        found["told_at"] = f"This is before {since_words}"
    return found
