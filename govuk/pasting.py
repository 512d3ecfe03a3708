"""A list pasted from a spreadsheet: one line a thing, cells parted by tabs or commas."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_LINES = 500
TOO_MANY = f"Paste {MOST_LINES} lines or fewer at a time"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was pasted: its number, and each cell by the name of its column."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass
class Checked:
    """One line with what it would make, or what is wrong with it."""

    line: Line
    made: object = None
    problem: str = ""
    note: str = ""
    shown: list[str] = field(default_factory=list)


def read_lines(text: str, columns: Sequence[str]) -> list[Line]:
    """The lines that hold something. A first line that repeats the columns' names is their heading.

    A line with more cells than there are columns says so: a comma inside a cell needs quotes around it.
    """
    found: list[Line] = []
    for number, typed in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not typed.strip(" \t,;"):
            continue
        cells = _cells(typed)
        if not found and [cell.lower() for cell in cells[:2]] == [name.lower() for name in columns[:2]]:
            continue
        more = len(cells) - len(columns)
        problem = f"{more} too many parts. Put quotes around a part that holds a comma" if more > 0 else ""
        filled = [*cells, *[""] * len(columns)][: len(columns)]
        found.append(Line(number, dict(zip(columns, filled, strict=True)), problem))
        if len(found) > MOST_LINES:
            break
    return found


def _cells(typed: str) -> list[str]:
    try:
        parts = next(csv.reader([typed], delimiter="\t" if "\t" in typed else ",", skipinitialspace=True))
    except (csv.Error, StopIteration):
        parts = [typed]
    cells = [" ".join(part.split()) for part in parts]
    while cells and not cells[-1]:
        cells.pop()
    return cells
