"""An action typed in one line: "@police visit the home by Friday 5pm" gives owner, text and due. Pure.

Days and times are local (Europe/London); a day without a time means close of business, 5pm.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from minutes.rules.forums import take_forum

LONDON = ZoneInfo("Europe/London")
CLOSE_OF_BUSINESS = time(17, 0)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
SHORT = {
    "sw": "social worker",
    "tm": "team manager",
    "hv": "health visitor",
    "gp": "general practitioner",
    "school": "education",
    "paed": "paediatrician",
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can own an action; `words` are what people may call them beside their name."""

    key: int
    name: str
    words: tuple[str, ...] = ()
    here: bool = False
    invited: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What was read out of a typed line; `problem` says what could not be, for the person to mend."""

    text: str
    owner: int | None = None
    due_at: datetime | None = None
    problem: str = ""
    forum: str = ""  # where it is reviewed, when that was said


def read_line(typed: str, *, now: datetime, owners: Sequence[Owner]) -> Line:
    """Read owner, due moment (aware) and text out of one line; nothing is guessed where two would fit."""
    said, forum = take_forum(typed)
    rest, owner, problem = _take_owner(" ".join(said.split()), owners)
    rest, due_at = _take_due(rest, now.astimezone(LONDON))
    return Line(_tidy(rest), owner, due_at, problem, forum)


# --- The owner ---------------------------------------------------------


def _take_owner(typed: str, owners: Sequence[Owner]) -> tuple[str, int | None, str]:
    found = re.search(r"(?:^|\s)@\s?([^\s@].*)", typed)
    if found is None:
        return typed, None, ""
    before, words = typed[: found.start()], found.group(1).split()
    for count in range(min(len(words), 5), 0, -1):
        called = _plain(" ".join(words[:count]))
        fitting = [one for one in owners if called in _names(one)]
        if fitting:
            return _rest(before, words[count:]), *_one_of(fitting, called)
    called = _plain(words[0])
    fitting = [one for one in owners if any(name.startswith(called) for name in _names(one))]
    if fitting and len(called) > 1:
        return _rest(before, words[1:]), *_one_of(fitting, called)
    return _rest(before, words[1:]), None, f"Nobody is known as “@{words[0]}”: choose who does it"


def _rest(before: str, after: list[str]) -> str:
    return " ".join([*before.split(), *after])


def _plain(words: str) -> str:
    return re.sub(r"[^\w\s']", " ", words.replace("’", "'")).casefold().strip()


def _names(owner: Owner) -> set[str]:
    name = _plain(owner.name)
    said = {name, name.replace(" ", ""), name.split(" ")[0], name.split(" ")[-1]}
    said |= {_plain(word) for word in owner.words if word}
    return said | {short for short, long in SHORT.items() if long in said}


def _one_of(fitting: list[Owner], called: str) -> tuple[int | None, str]:
    """Whoever is here comes first, then who was invited; between two who fit alike a person must choose."""
    for some in ([one for one in fitting if one.here], [one for one in fitting if one.invited], fitting):
        if len(some) == 1:
            return some[0].key, ""
        if some:
            break
    names = " or ".join(one.name for one in some[:4])
    return None, f"“@{called}” could be {names}: choose who does it"


# --- When it is due ---------------------------------------------------------

_TIME = (
    r"(?:at\s+)?(?:(?P<word>noon|midday|midnight)|(?P<h12>\d{1,2})(?:[:.](?P<m12>\d{2}))?\s*(?P<half>[ap]m)"
    r"|(?P<h24>\d{1,2}):(?P<m24>\d{2}))\b"
)
_WEEKDAY = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday|r)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_MONTH = r"|".join(rf"{name[:3]}(?:{name[3:]})?" if name != "may" else "may" for name in MONTHS)
_DAY = (
    rf"(?:(?:(?:{_WEEKDAY}),?\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})(?:\s+(?P<year>\d{{4}}))?"
    rf"|(?:(?:{_WEEKDAY}),?\s+)?(?P<dd>\d{{1,2}})/(?P<mm>\d{{1,2}})(?:/(?P<yy>\d{{4}}|\d{{2}}))?"
    r"|(?P<rel>today|tonight|tomorrow)|(?:the\s+)?(?P<end>end\s+of\s+(?:the\s+)?(?:day|week)"
    r"|close\s+of\s+(?:business|play))"
    rf"|(?:(?P<which>next|this)\s+)?(?P<weekday>{_WEEKDAY}))\b"
)
_SPAN = (
    r"\b(?:within|in)\s+(?:the\s+next\s+)?(?P<count>\d{1,3}|an?|one|two|three)\s+"
    r"(?P<unit>minutes?|hours?|days?|weeks?)\b"
)
_LEAD = r"\b(?:by|before|on|until|due)\s+"


def _pattern(lead: str, end: str) -> list[re.Pattern[str]]:
    day_first = rf"{lead}{_DAY}(?:,?\s+{_TIME})?{end}"
    time_first = rf"{lead}{_TIME}(?:,?\s+(?:on\s+)?{_DAY})?{end}"
    return [re.compile(one, re.IGNORECASE) for one in (day_first, time_first)]


_SAID = [*_pattern(_LEAD, ""), re.compile(_SPAN, re.IGNORECASE)]
_AT_THE_END = _pattern(r"\b", r"\s*$")


def _take_due(typed: str, now: datetime) -> tuple[str, datetime | None]:
    for found in _candidates(typed):
        due = _moment({name: value for name, value in found.groupdict().items() if value}, now)
        if due is not None:
            return typed[: found.start()] + " " + typed[found.end() :], due
    return typed, None


def _candidates(typed: str) -> Iterable[re.Match[str]]:
    """What was said with "by", the last first and the longest of those; then a bare day at the end."""
    said = [found for pattern in _SAID for found in pattern.finditer(typed)]
    yield from sorted(said, key=lambda found: (found.end(), -found.start()), reverse=True)
    for pattern in _AT_THE_END:
        if found := pattern.search(typed):
            yield found


def _moment(said: dict[str, str], now: datetime) -> datetime | None:
    said = {name: value.casefold() for name, value in said.items()}
    if "count" in said:
        return _after(said["count"], said["unit"], now)
    try:
        at = _time(said)
        day = _day(said, now.date())
        if day is None:
            return _next_time(at, now) if at else None
        due = _local(day, at or _usual_time(said, now))
    except ValueError:
        return None
    if "weekday" in said and due <= now:
        due = _local(day + timedelta(days=7), at or CLOSE_OF_BUSINESS)
    return due


def _after(count: str, unit: str, now: datetime) -> datetime:
    """Elapsed hours and minutes are counted in UTC; days end at close of business."""
    number = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}.get(count) or int(count)
    unit = unit.rstrip("s")
    if unit in ("minute", "hour"):
        elapsed = timedelta(minutes=number) if unit == "minute" else timedelta(hours=number)
        return (now.astimezone(UTC) + elapsed).astimezone(LONDON)
    return _local(now.date() + timedelta(days=number * (7 if unit == "week" else 1)), CLOSE_OF_BUSINESS)


def _time(said: dict[str, str]) -> time | None:
    if "word" in said:
        return time(23, 59) if said["word"] == "midnight" else time(12, 0)
    if "h24" in said:
        return time(int(said["h24"]), int(said["m24"]))
    if "h12" not in said:
        return None
    hour = int(said["h12"])
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return time(hour % 12 + (12 if said["half"] == "pm" else 0), int(said.get("m12", 0)))


def _day(said: dict[str, str], today: date) -> date | None:
    if "rel" in said:
        return today + timedelta(days=said["rel"] == "tomorrow")
    if "end" in said:
        return today + timedelta(days=(4 - today.weekday()) % 7 if "week" in said["end"] else 0)
    if "weekday" in said:
        return _weekday(said["weekday"], said.get("which"), today)
    if "month" in said:
        month = next(number for number, name in enumerate(MONTHS, 1) if name.startswith(said["month"][:3]))
        return _dated(int(said["d"]), month, said.get("year"), today)
    if "dd" in said:
        return _dated(int(said["dd"]), int(said["mm"]), said.get("yy"), today)
    return None


def _weekday(name: str, which: str | None, today: date) -> date:
    """The coming one, today included; "next Friday" is the Friday of next week."""
    number = next(at for at, day in enumerate(DAYS) if day.startswith(name[:3]))
    if which == "next":
        return today - timedelta(days=today.weekday()) + timedelta(days=7 + number)
    return today + timedelta(days=(number - today.weekday()) % 7)


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year the next such date. Raises ValueError for a day that does not exist."""
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _usual_time(said: dict[str, str], now: datetime) -> time:
    late = said.get("rel") == "tonight" or (said.get("rel") == "today" and now.time() >= CLOSE_OF_BUSINESS)
    late = late or (said.get("end", "").endswith("day") and now.time() >= CLOSE_OF_BUSINESS)
    return time(23, 59) if late else CLOSE_OF_BUSINESS


def _next_time(at: time, now: datetime) -> datetime:
    due = _local(now.date(), at)
    return due if due > now else _local(now.date() + timedelta(days=1), at)


def _local(day: date, at: time) -> datetime:
    """The local moment; in the hour that the clocks skip in March, an hour later."""
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC).astimezone(LONDON)


def _tidy(words: str) -> str:
    words = re.sub(r"\s+([,.;:])", r"\1", " ".join(words.split())).strip(" ,;:-–—")
    words = re.sub(r"^(?:to|will)\s+", "", words, flags=re.IGNORECASE)
    return words[:1].upper() + words[1:]


def sought(typed: str) -> str:
    """The word by which a directory is searched for whom a typed line names; empty when it names nobody."""
    found = re.search(r"(?:^|\s)@\s?([^\s@]+)", typed)
    if found is None:
        return ""
    word = _plain(found.group(1)).replace("'", " ")
    return max(SHORT.get(word, word).split(), key=len, default="")
