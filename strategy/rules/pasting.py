"""What a pasted line of rooms, lines and links must hold: pure, the names that are taken are an argument."""

import re
from collections.abc import Collection
from dataclasses import asdict

from govuk.moments import DAYS, read_time
from govuk.numbers import whole_number
from govuk.pasting import Checked, Line
from strategy.enums import PlaceKind
from strategy.rules.places import BUFFER, SEATS, PlaceFacts, problems
from strategy.rules.slots import OpenFor

COLUMNS = (
    "Name", "Kind", "How to get there or join", "Opens", "Closes", "Days that differ",
    "Open on bank holidays", "Minutes before", "Minutes after", "Holds", "In a hospital",
)  # fmt: skip
KINDS = {str(kind.label).lower(): kind.value for kind in PlaceKind} | {
    "line": PlaceKind.CONFERENCE_LINE.value,
    "video": PlaceKind.VIDEO_LINK.value,
    "link": PlaceKind.VIDEO_LINK.value,
}
YES_NO = {"yes": True, "y": True, "no": False, "n": False}
DAY = re.compile(r"^([a-z]{3,9}) +(?:(closed)|(.+?) *(?:to|until|-|–) *(.+))$", re.IGNORECASE)


class _WrongError(Exception):
    """A cell that cannot be read, with the sentence."""


def check(lines: list[Line], taken: Collection[str]) -> list[Checked]:
    """Each line with the place it would make, or its problem; a name that is taken is a problem."""
    names = {name.lower() for name in taken}
    found = []
    for line in lines:
        checked = _check(line, names)
        if not checked.problem:
            names.add(line.cells["Name"].lower())
        found.append(checked)
    return found


def _check(line: Line, names: set[str]) -> Checked:
    checked = Checked(line, shown=[line.cells[name] for name in COLUMNS])
    checked.problem = line.problem or _problem_with_name(line.cells, names)
    if checked.problem:
        return checked
    try:
        facts = _read(line.cells)
    except _WrongError as wrong:
        checked.problem = str(wrong)
        return checked
    checked.problem = next(iter(problems(facts).values()), "")
    if not checked.problem:
        checked.made = asdict(facts)
    return checked


def _problem_with_name(cells: dict[str, str], names: set[str]) -> str:
    if not cells["Name"]:
        return "Enter the name"
    if len(cells["Name"]) > 120:
        return "Name must be 120 characters or fewer"
    if cells["Name"].lower() in names:
        return f"There is a place called “{cells['Name']}” already"
    if cells["Kind"].lower() not in KINDS:
        return f"Enter what it is: {', '.join(str(label).lower() for label in PlaceKind.labels)}"
    return ""


def _read(cells: dict[str, str]) -> PlaceFacts:
    times = {}
    for name in ("Opens", "Closes"):
        times[name] = read_time(cells[name])
        if cells[name] and times[name] is None:
            raise _WrongError(f"{name}: enter the time like 8am or 16:30")
    return PlaceFacts(
        name=cells["Name"],
        kind=KINDS[cells["Kind"].lower()],
        joining=cells["How to get there or join"],
        opens_at=times["Opens"],
        closes_at=times["Closes"],
        differ=_days(cells["Days that differ"]),
        on_bank_holidays=_yes_no(cells, "Open on bank holidays", otherwise=True),
        buffer_before=_number(cells, "Minutes before", BUFFER) or 0,
        buffer_after=_number(cells, "Minutes after", BUFFER) or 0,
        capacity=_number(cells, "Holds", SEATS),
        is_hospital=_yes_no(cells, "In a hospital", otherwise=False),
    )


def _days(text: str) -> dict[int, OpenFor | None]:
    """Read "Friday 8am to 4pm; Saturday closed"."""
    differ: dict[int, OpenFor | None] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = DAY.match(part)
        day = _weekday(found[1]) if found else None
        times = (read_time(found[3]), read_time(found[4])) if found and not found[2] else None
        if day is None or day in differ or (times and None in times):
            raise _WrongError("Days that differ: write them like Friday 8am to 4pm; Saturday closed")
        differ[day] = times
    return differ


def _weekday(word: str) -> int | None:
    fits = [number for number, day in enumerate(DAYS) if day.lower().startswith(word.lower())]
    return fits[0] if len(fits) == 1 else None


def _yes_no(cells: dict[str, str], name: str, *, otherwise: bool) -> bool:
    if not cells[name]:
        return otherwise
    told = YES_NO.get(cells[name].lower())
    if told is None:
        raise _WrongError(f"{name}: enter yes or no")
    return told


def _number(cells: dict[str, str], name: str, sentence: str) -> int | None:
    if not cells[name]:
        return None
    told = whole_number(cells[name])
    if told is None:
        raise _WrongError(f"{name}: {sentence[0].lower()}{sentence[1:]}")
    return told
