"""Pieces of the meeting room as its pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from deadlines.duties import duty_name
from minutes.models import Section


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of the record as the page shows it."""

    section: Section
    label: str
    hint: str
    rows: int
    note: str = ""
    is_marked: bool = False
    typed: str | None = None

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

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what the one statement told."""
        due = datetime.fromisoformat(told["due_at"]) if told["due_at"] else None
        return cls(told["duty"], duty_name(told["duty"]).title, due, told["gate"])
