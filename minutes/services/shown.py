"""Pieces of the meeting room as its pages show them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cases.models import Child
from deadlines.duties import duty_name
from minutes.models import Section
from minutes.rules.answers import Answer, lacking, needed
from protocols.rules.settings import Protocol
from strategy.models import Decision


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of the record as the page shows it."""

    section: Section
    label: str
    hint: str
    rows: int
    note: str = ""
    typed: str | None = None

    @property
    def may_add(self) -> bool:
        """Whether another passage with its own marking may be begun beside it: what a professional says."""
        return self.section.professional_id is not None and not self.section.is_passage

    @property
    def text(self) -> str:
        """What stands in the box: what was typed and not saved, else what is saved."""
        return self.section.text if self.typed is None else self.typed

    @property
    def clashes(self) -> bool:
        """Whether somebody else saved another text while this one was written."""
        return self.typed is not None and self.typed != self.section.text


@dataclass(frozen=True, slots=True)
class Listed:
    """An action as the side lists it."""

    number: int
    text: str
    owner: str
    due_at: datetime

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what the one statement told."""
        return cls(told["number"], told["text"], told["owner"], datetime.fromisoformat(told["due_at"]))


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock as its chip needs it."""

    duty: str
    title: str
    due_at: datetime | None
    gate: str
    count: int = 1

    @classmethod
    def all(cls, told: list[dict[str, Any]]) -> list[Self]:
        """From what the one statement told; the same clock of several children is one with their number."""
        same = Counter((one["duty"], one["due_at"], one["gate"]) for one in told)
        return [
            cls(duty, duty_name(duty).title, datetime.fromisoformat(due) if due else None, gate, count)
            for (duty, due, gate), count in same.items()
        ]


def lacks_of(child: Child, decision: Decision | None, rules: Protocol) -> list[str]:
    """What is to be answered beside a child's decision before the minutes can be authorised, in words."""
    if decision is None:
        return []
    given = {str(answer): getattr(decision, answer) for answer in Answer}
    found = lacking(needed(rules), given, unborn=child.is_unborn, outcome=decision.outcome)
    return [answer.words for answer in found]


def with_lacks(children: list[Child], rules: Protocol) -> list[Child]:
    """The children of a room, each with what it `lacks`."""
    for child in children:
        child.lacks = lacks_of(child, getattr(child, "decided", None), rules)  # type: ignore[attr-defined]
    return children
