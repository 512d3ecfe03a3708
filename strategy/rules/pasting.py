"""What a pasted line of rooms, lines and links must hold: pure, the names that are taken are an argument."""

from collections.abc import Collection
from datetime import time

from govuk.moments import read_time
from govuk.pasting import Checked, Line
from strategy.enums import PlaceKind

COLUMNS = ("Name", "Kind", "How to get there or join", "Opens", "Closes")
KINDS = {str(kind.label).lower(): kind.value for kind in PlaceKind} | {
    "line": PlaceKind.CONFERENCE_LINE.value,
    "video": PlaceKind.VIDEO_LINK.value,
    "link": PlaceKind.VIDEO_LINK.value,
}


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
    cells = line.cells
    checked = Checked(line, shown=[cells[name] for name in COLUMNS])
    opens, closes = read_time(cells["Opens"]), read_time(cells["Closes"])
    checked.problem = line.problem or _problem(cells, names, opens, closes)
    if not checked.problem:
        checked.made = {
            "name": cells["Name"],
            "kind": KINDS[cells["Kind"].lower()],
            "joining": cells["How to get there or join"],
            "opens_at": opens,
            "closes_at": closes,
        }
    return checked


def _problem(cells: dict[str, str], names: set[str], opens: time | None, closes: time | None) -> str:
    if not cells["Name"]:
        return "Enter the name"
    if len(cells["Name"]) > 120:
        return "Name must be 120 characters or fewer"
    if cells["Name"].lower() in names:
        return f"There is a place called “{cells['Name']}” already"
    if cells["Kind"].lower() not in KINDS:
        return f"Enter what it is: {', '.join(str(label).lower() for label in PlaceKind.labels)}"
    for name, found in (("Opens", opens), ("Closes", closes)):
        if cells[name] and found is None:
            return f"{name}: enter the time like 8am or 16:30"
    return problem_with_times(opens, closes)


def problem_with_times(opens: time | None, closes: time | None) -> str:
    """What cannot stand in the hours of a place; empty for both means that it is always open."""
    if (opens is None) != (closes is None):
        return "Enter when it opens and when it closes, or neither"
    if opens is not None and closes is not None and closes <= opens:
        return "It must close after it opens"
    return ""
