"""The agenda as the meeting room shows it: which step is open, which are ticked, which comes next. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

ALL = "all"


@dataclass(frozen=True, slots=True)
class Step:
    """One agenda step as it is listed."""

    number: int
    key: str
    title: str
    guidance: str
    clause: str
    done: bool
    current: bool
    cells: tuple[Any, ...] = ()


def listed(agenda: Sequence[object], ticked: Collection[str], wanted: str) -> list[Step]:
    """The steps in the protocol's order; the wanted one is open, else the first that is not ticked."""
    keys = [str(getattr(step, "key", "")) for step in agenda]
    waiting = [key for key in keys if key not in ticked]
    current = wanted if wanted in (*keys, ALL) else (waiting or keys or [""])[0]
    return [
        Step(
            number=number,
            key=key,
            title=str(getattr(step, "title", "")),
            guidance=str(getattr(step, "guidance", "")),
            clause=str(getattr(step, "clause", "")),
            done=key in ticked,
            current=key == current,
        )
        for number, (key, step) in enumerate(zip(keys, agenda, strict=True), 1)
    ]


def after(steps: Sequence[Step], key: str) -> Step | None:
    """The step that follows in the agenda, or None after the last."""
    keys = [step.key for step in steps]
    place = keys.index(key) + 1 if key in keys else len(steps)
    return steps[place] if place < len(steps) else None
