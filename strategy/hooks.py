"""What still runs for a child: this room's own, and what the rooms above say, unknown to this room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.models import Child


@dataclass(frozen=True)
class Running:
    """One thing that runs: `sentence` names it, `href` leads to where it ends, `link` says what is there."""

    sentence: str
    href: str
    link: str


Asked = Callable[["Child"], Iterable[Running]]
_asked: list[Asked] = []


def register_running(asked: Asked) -> None:
    """Ask `asked(child)` before a child leaves a case or a discussion. Registered in `AppConfig.ready`."""
    if asked not in _asked:
        _asked.append(asked)


def running_above(child: "Child") -> list[Running]:
    """What the rooms above say runs for the child, in their order."""
    return [one for asked in _asked for one in asked(child)]
