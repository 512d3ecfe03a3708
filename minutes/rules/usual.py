"""Actions usually agreed: the least that follows from an outcome, and what each harm asks. Pure.

They are offered, never added: each is a line as people type it ("@police … by tomorrow 5pm"), which whoever
minutes adjusts. The least is what the sources ask of everybody (rows B09 to B11, C18, C20, C28 to C34, G13).
"""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from minutes.enums import ActionKind


@dataclass(frozen=True, slots=True)
class Usual:
    """One usual action. `line` may hold {who}, the child's name; `key` finds it again once it is agreed."""

    key: str
    line: str
    kind: str = ActionKind.ORDINARY

    @property
    def kind_words(self) -> str:
        """The kind, as its tag says it."""
        return str(ActionKind(self.kind).label)


TOLD = tomllib.loads((Path(__file__).parent / "usual_actions.toml").read_text(encoding="utf-8"))
LEAST = {outcome: tuple(Usual(**one) for one in some) for outcome, some in TOLD["least"].items()}
BY_HARM = {harm: tuple(Usual(**one) for one in some) for harm, some in TOLD["harm"].items()}
ALWAYS = tuple(Usual(**one) for one in TOLD["always"])
KNOWN = {
    one.key: one for some in (*LEAST.values(), *BY_HARM.values(), ALWAYS) for one in some
}  # every usual action by its key


@dataclass(frozen=True, slots=True)
class Offered:
    """A usual action for one child: the line with the child's name, and whether it is agreed already."""

    usual: Usual
    child: int
    line: str
    is_agreed: bool


def offered(
    child: int, name: str, *, outcome: str, harms: Iterable[str], agreed: Collection[tuple[str, int | None]]
) -> tuple[list[Offered], list[Offered]]:
    """The least that follows from a child's outcome, and what is usual for the harm that is feared.

    `agreed`: key and child of the usual actions that stand in the log.
    """

    def shown(some: Iterable[Usual]) -> list[Offered]:
        return [
            Offered(one, child, one.line.replace("{who}", name), (one.key, child) in agreed) for one in some
        ]

    least = LEAST.get("section_47" if outcome.startswith("section_47") else outcome, ())
    usual = [one for harm in dict.fromkeys(harms) for one in BY_HARM.get(harm, ())]
    return shown(least), shown((*usual, *ALWAYS))
