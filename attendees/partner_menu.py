"""What a partner is asked to do, gathered from every room that asks: the partner's page prints it.

A higher room registers a function in its `AppConfig.ready`; this room knows only that there are tasks.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from attendees.views.access import Partner


class Task(NamedTuple):
    """One line of the partner's list: what, where to do it, how it stands."""

    title: str
    href: str
    hint: str = ""
    status: str = ""
    colour: str = "grey"


Source = Callable[["Partner", datetime], list[Task]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Have `source(partner, now)` add its tasks after those already registered; also a decorator."""
    if source not in _sources:
        _sources.append(source)
    return source


def tasks_for(partner: "Partner", now: datetime) -> list[Task]:
    """Return everything asked of the partner about this discussion, in the order of the rooms."""
    return [task for source in _sources for task in source(partner, now)]
