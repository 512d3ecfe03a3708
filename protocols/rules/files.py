"""A procedure as a TOML file: written out, and read with a sentence for each line that will not do. Pure."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from protocols.rules.problems import ProtocolProblem
from protocols.rules.reading import SETTINGS, merge, read_protocol

MOST = 20  # problems told at once
_HEADING = ("slug", "title", "version", "source", "effective_from", "review_on", "statutes", "parents")
_DATES = ("effective_from", "review_on")
_WHERE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_TABLE = re.compile(r"^\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:["']?[\w-]+["']?\s*\.\s*)*["']?[\w-]+["']?)\s*=""")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong with a file, and in which line; no line when it is something that is not there."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}" if self.line else self.sentence


class FileProblem(ValueError):  # noqa: N818  shown as sentences, like a refusal
    """A file that cannot become a draft."""

    def __init__(self, problems: list[LineProblem]) -> None:
        super().__init__("; ".join(str(one) for one in problems))
        self.problems = problems


def as_toml(document: Mapping[str, Any]) -> str:
    """The whole document as a TOML file, every setting with its clause and force; reads back the same."""
    lines = ["# A local procedure of Threshold. Each setting says its value, clause, rows and force."]
    lines += [f"{key} = {_written(key, document[key])}" for key in _HEADING if document.get(key)]
    lines += ["", "[force]", *(f"{_key(row)} = {_value(one)}" for row, one in document["force"].items())]
    for name in SETTINGS:
        entry = document["settings"][name]
        lines += ["", f"[settings.{name}]", *(f"{key} = {_value(entry[key])}" for key in entry)]
    return "\n".join([*lines, ""])


def read_toml(text: str, presets: Mapping[str, Mapping[str, Any]], floor: str) -> dict[str, Any]:
    """A file as a whole document: what it leaves unsaid is taken from the preset it inherits.

    Raises `FileProblem` with every line that will not do, at most twenty. Another authority's confirmations
    of local defaults are taken out, since each authority confirms its own.
    """
    given = _parsed(text)
    parent = given.get("inherits", floor)
    if not isinstance(parent, str) or parent not in presets:
        known = ", ".join(presets)
        raise FileProblem([LineProblem(line_of(text, "inherits"), f"inherits must be one of {known}.")])
    _check_tables(given, text)
    document = copy.deepcopy(merge({**given, "version": given.get("version", 1)}, presets[parent]))
    if found := list(_problems(document, presets[floor])):
        told = [LineProblem(line_of(text, one.field), one.sentence) for one in found]
        raise FileProblem(sorted(told, key=lambda one: one.line or 0))
    for entry in document["settings"].values():
        entry.pop("confirmed", None)
    return document


def line_of(text: str, field: str) -> int | None:
    """The line on which a key such as "settings.routine_limit" is given, or the nearest above it."""
    places = _places(text)
    parts = field.split(".")
    for length in range(len(parts), 0, -1):
        if (found := places.get(".".join(parts[:length]))) and (length > 1 or len(parts) == 1):
            return found
    return None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as wrong:
        where = _WHERE.search(str(wrong))
        line = int(where[1]) if where and where[1] else text.count("\n") + 1
        why = _WHERE.sub("", str(wrong)).strip().rstrip(".")
        said = f"this cannot be read as TOML: {why[:1].lower()}{why[1:]}."
        raise FileProblem([LineProblem(line, said)]) from wrong
    except RecursionError as deep:
        raise FileProblem([LineProblem(None, "The file is nested too deeply to be read.")]) from deep


def _check_tables(told: Mapping[str, Any], text: str) -> None:
    """`merge` needs tables where tables belong."""
    for key in ("settings", "force"):
        if not isinstance(told.get(key, {}), Mapping):
            raise FileProblem([LineProblem(line_of(text, key), f"{key} must be a table.")])


def _problems(document: dict[str, Any], floor: Mapping[str, Any]) -> Iterator[ProtocolProblem]:
    """Each problem in turn: what is wrong is put right for the moment, so that the next one can be told."""
    draft = copy.deepcopy(document)
    for _ in range(MOST):
        try:
            read_protocol(draft)
        except ProtocolProblem as problem:
            yield problem
            if not _put_right(draft, problem.field, floor):
                return
        else:
            return


def _put_right(draft: dict[str, Any], field: str, floor: Mapping[str, Any]) -> bool:
    table, _, rest = field.partition(".")
    name = rest.partition(".")[0]
    if table == "settings" and name in floor["settings"]:
        draft["settings"][name] = floor["settings"][name]
        return True
    if table in ("settings", "force") and name:
        return draft[table].pop(name, None) is not None
    if table not in _HEADING:
        return draft.pop(table, None) is not None
    draft[table] = floor.get(table)
    return True


def _places(text: str) -> dict[str, int]:
    """Full key → the first line that gives it."""
    places: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            table = _bare(found[1])
            places.setdefault(table, number)
        elif found := _KEY.match(line):
            places.setdefault(f"{table}.{_bare(found[1])}" if table else _bare(found[1]), number)
    return places


def _bare(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _written(key: str, value: Any) -> str:
    return str(value) if key in _DATES else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        if not any(isinstance(one, Mapping) for one in value):
            return f"[{', '.join(_value(one) for one in value)}]"
        return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    # JSON's escapes are TOML's, but for one letter
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key, ensure_ascii=False)
