"""What can be done next with a discussion, gathered from every room: the discussion's page prints it.

A higher room registers a function in its `AppConfig.ready`, such as the one that opens the record.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from strategy.models import Discussion


class Step(NamedTuple):
    """One button: its words, where it leads, and whether it is the one obvious next step."""

    title: str
    href: str
    main: bool = False


Source = Callable[[Discussion, User, datetime], list[Step]]
_sources: list[Source] = []
_reads: list[str] = []


def register(source: Source, *, reads: tuple[str, ...] = ()) -> Source:
    """Have `source(discussion, user, now)` add its buttons after those already registered.

    `reads` names the discussion's relations that it looks at, so that the page fetches them along with it.
    """
    if source not in _sources:
        _sources.append(source)
        _reads.extend(reads)
    return source


def relations() -> list[str]:
    """Return what the page's query joins for the buttons of all rooms."""
    return _reads


def steps_for(discussion: Discussion, user: User, now: datetime) -> list[Step]:
    """Return every button that this person is offered, in the order of the rooms."""
    return [step for source in _sources for step in source(discussion, user, now)]
