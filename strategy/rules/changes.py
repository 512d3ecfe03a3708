"""What changed in a request since it was last submitted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Snapshot = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that is not what it was; empty text where there was, or is, none."""

    section: str
    question: str
    before: str
    after: str


def changes(before: Snapshot, after: Snapshot) -> list[Change]:
    """Every answer that differs between two submissions, in the order of the later one."""
    return list(_changes(before, after))


def _changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for section in dict.fromkeys([*after, *before]):
        old, new = before.get(section, {}), after.get(section, {})
        for question in dict.fromkeys([*new, *old]):
            was, is_now = old.get(question, ""), new.get(question, "")
            if was != is_now:
                yield Change(section, question, was, is_now)
