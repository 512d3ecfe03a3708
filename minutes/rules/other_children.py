"""A record about one child alone: what is another child's is left out, and the name where it is told. Pure.

For a half-sibling's school or parent, who may know of their own child and of no other.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
OWNING = re.compile(r"['’]s?$")
MASK = "[another child]"
BETWEEN = re.compile(r"[\s,-]+")
NO_NAMES = frozenset({"unborn", "child", "baby", "of", "the", "and"})
# Names that are also words: told by their capital alone, so that “he will hope” stays as it is.
ALSO_WORDS = set(
    """april bill blue brook chance charity chase daisy dale dawn faith frank grace grant hope hunter ivy jack
    joy june lane lily mark mason may melody miles mercy nick pat ray river rob robin rose ruby sky star sue
    summer will woody young""".split()  # noqa: SIM905
)
# Parts of a record that tell of no child: who and when, and what proves it.
OF_NO_CHILD = frozenset(
    {
        "format",
        "authority",
        "case",
        "protocol",
        "discussion",
        "agreed",
        "allocated_worker",
        "attendance",
        "signatures",
        "unsigned",
        "ledger_head",
    }
)
PEOPLE = frozenset(
    {
        "name",
        "agency",
        "owner",
        "owner_agency",
        "by_whom",
        "by",
        "lead",
        "chair",
        "minute_taker",
        "witness",
        "caller",
        "whom",
    }
)


class Others:
    """The children whom a copy is not about, and how their names and birthdays are told."""

    def __init__(self, mine: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> None:
        self.mine, self.children = mine, list(others)
        self.ids = {child["id"] for child in self.children}
        self.names = {child["name"] for child in self.children}
        own = {word for told in _names(mine) for word in told}
        told = [words for child in self.children for words in _names(child)]
        self.given = {word for words in told for word in words[: max(1, len(words) - 1)]} - own - NO_NAMES
        self.family = {words[-1] for words in told if len(words) > 1} - NO_NAMES
        self.birthdays = [_birthday(child["date_of_birth"]) for child in self.children if _born(child, mine)]

    def own(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is about this child or about none."""
        if row.get("child_id"):
            return row["child_id"] not in self.ids
        return row.get("child", "") not in self.names or row.get("child", "") == self.mine["name"]

    def masked(self, text: str) -> str:
        """The text without the others' names and birthdays.

        A family name alone stays: it is a parent's, a teacher's or a constable's as well.
        """
        for pattern in self.birthdays:
            text = pattern.sub("[date of birth]", text)
        told: list[str] = []
        end = 0
        for start, stop in self._runs(text):
            owning = OWNING.search(text[start:stop])
            told += [text[end:start], MASK, owning[0] if owning else ""]
            end = stop
        return "".join(told) + text[end:]

    def _runs(self, text: str) -> list[tuple[int, int]]:
        """Where names stand: a given name, with the names beside it."""
        words = list(WORD.finditer(text))
        is_given = [self._is_given(word[0]) for word in words]
        runs: list[tuple[int, int]] = []
        for place, word in enumerate(words):
            beside = is_given[max(0, place - 1) : place] + is_given[place + 1 : place + 2]
            if not is_given[place] and not (any(beside) and _flat(OWNING.sub("", word[0])) in self.family):
                continue
            if runs and BETWEEN.fullmatch(text[runs[-1][1] : word.start()]):
                runs[-1] = (runs[-1][0], word.end())
            else:
                runs.append((word.start(), word.end()))
        return runs

    def _is_given(self, word: str) -> bool:
        flat = _flat(OWNING.sub("", word))
        return flat in self.given and not (flat in ALSO_WORDS and word[0].islower())


def without(content: Mapping[str, Any], others: Others) -> dict[str, Any]:
    """The content about one child alone. Names of professionals stay as they are.

    A part of the record that is not named here is masked, so that a new one tells nothing by itself. The log
    of all children together was signed under its fingerprint, which says nothing of this copy.
    """
    parts = {key: value for key, value in content.items() if key != "action_log"}
    kept = {key: value if key in OF_NO_CHILD else _about(value, others) for key, value in parts.items()}
    return kept | {"children": [others.mine]}


def _about(value: Any, others: Others) -> Any:
    if isinstance(value, str):
        return others.masked(value)
    if isinstance(value, Mapping):
        return {key: one if key in PEOPLE else _about(one, others) for key, one in value.items()}
    if isinstance(value, list):
        return [_about(one, others) for one in value if not isinstance(one, Mapping) or others.own(one)]
    return value


def _names(child: Mapping[str, Any]) -> list[list[str]]:
    """The words of a child's name, and of the name they are also known by."""
    told = [child["name"], child.get("also_known_as") or ""]
    words = [[_flat(OWNING.sub("", word)) for word in WORD.findall(name)] for name in told]
    return [some for some in words if some]


def _flat(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def _born(child: Mapping[str, Any], mine: Mapping[str, Any]) -> bool:
    """Twins share a birthday, which then tells nothing of the other."""
    return bool(child.get("date_of_birth")) and child["date_of_birth"] != mine.get("date_of_birth")


def _birthday(iso: str) -> re.Pattern[str]:
    day = date.fromisoformat(iso)
    months = f"{day:%B}|{day:%b}|0?{day.month}"
    years = f"{day:%Y}|{day:%y}"
    spoken = rf"0?{day.day}(?:st|nd|rd|th)?(?:\s+of)?[\s./-]+(?:{months})[\s./,-]+(?:{years})"
    return re.compile(rf"\b(?:{spoken}|{iso})\b", re.IGNORECASE)
