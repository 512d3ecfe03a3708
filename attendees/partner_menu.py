"""What a partner is asked to do, gathered from every room that asks: the partner's page prints it.

A higher room registers a function in its `AppConfig.ready`; this room knows only that there are tasks.
"""

from collections.abc import Callable, Collection
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


class Waiting(NamedTuple):
    """One thing that waits for a partner, without a child's name: for the list of all their discussions."""

    discussion: int
    professional: int
    words: str
    due_at: datetime | None = None


Pairs = Collection[tuple[int, int]]  # a discussion, and the professional whose it is
Lister = Callable[[Pairs, datetime], list[Waiting]]
_listers: list[Lister] = []


def register_waiting(lister: Lister) -> Lister:
    """Have `lister(pairs, now)` add what waits, for all discussions at once; also a decorator."""
    if lister not in _listers:
        _listers.append(lister)
    return lister


def waiting_for(pairs: Pairs, now: datetime) -> dict[tuple[int, int], list[Waiting]]:
    """Return what waits, by discussion and professional, each in the order of the rooms."""
    found: dict[tuple[int, int], list[Waiting]] = {pair: [] for pair in pairs}
    for lister in _listers:
        for one in lister(pairs, now):
            if (one.discussion, one.professional) in found:
                found[one.discussion, one.professional].append(one)
    return found
