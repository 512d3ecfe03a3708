"""docs/rows.md: every row of the source documents once, and nothing named that does not exist."""

import ast
import re
from dataclasses import dataclass
from importlib import import_module

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.source import ROOT

LETTERS = {"W": 39, "C": 35, "G": 22, "H": 15, "B": 15}
SPLIT = {"B09": ("B09a", "B09b", "B09c")}
STATES = ("built", "partly", "later")
ISSUES = re.compile(r"\(issue [3-7]\)")
NAMED = re.compile(r"`([^`]+)`")
NONE = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page."""

    name: str
    words: str
    page: str
    service: str
    test: str
    state: str


def rows() -> list[Row]:
    """Every line of a table that begins with a row's name."""
    found = []
    for line in (ROOT / "docs" / "rows.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"[WCGHB]\d\d[a-c]?", cells[0]):
            found.append(Row(*cells))
    return found


ROWS = rows()
BY_NAME = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def expected() -> list[str]:
    """The 128 rows, in the order of the documents."""
    plain = [f"{letter}{n:02}" for letter, count in LETTERS.items() for n in range(1, count + 1)]
    return [name for one in plain for name in SPLIT.get(one, (one,))]


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> set[str]:
    """The full name of every address."""
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{before}{pattern.namespace}:" if pattern.namespace else before
            found |= addresses(pattern.url_patterns, space)
        elif pattern.name:
            found.add(before + pattern.name)
    return found


def thing(path: str) -> object:
    """What a dotted path leads to; raises ImportError or AttributeError."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(path)


def test_every_row_once_and_in_order() -> None:
    assert len(expected()) == 128
    assert [row.name for row in ROWS] == expected()


@BY_NAME
def test_its_state_is_one_of_three_and_says_what_is_missing(row: Row) -> None:
    state, _, missing = row.state.partition(":")
    assert state in STATES
    assert (state == "built") == (missing == "")
    assert state == "built" or ISSUES.search(missing), "name the issue that brings it"


@BY_NAME
def test_what_is_built_has_its_service_and_its_test(row: Row) -> None:
    """A page too, or a dash where the row needs none; what comes later names nothing."""
    named = [NAMED.findall(cell) for cell in (row.page, row.service, row.test)]
    if row.state.startswith("later"):
        assert named == [[], [], []]
        return
    page, service, test = named
    assert page or row.page == NONE
    assert service and test and row.words != NONE


@BY_NAME
def test_what_it_names_exists(row: Row) -> None:
    pages = addresses(get_resolver().url_patterns)
    assert [name for name in NAMED.findall(row.page) if name not in pages] == []
    for path in NAMED.findall(row.service):
        assert callable(thing(path)), path
    for where in NAMED.findall(row.test):
        file, _, name = where.partition("::")
        functions = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        assert name in {one.name for one in functions if isinstance(one, ast.FunctionDef)}, where
