"""Which clocks were met late while a page was being answered: whoever met them is asked why at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from accounts.models import User
from deadlines.models import Deadline
from deadlines.permissions import refusal_to_explain

_late: ContextVar[list[int] | None] = ContextVar("clocks met late", default=None)


@contextmanager
def watching() -> Iterator[list[int]]:
    """Give a list that fills with the clocks met late inside; `to_explain` weeds out what was undone."""
    found: list[int] = []
    token = _late.set(found)
    try:
        yield found
    finally:
        _late.reset(token)


def note_late(clock: Deadline) -> None:
    """Remember a clock that was just met late, when somebody watches."""
    found = _late.get()
    if found is not None:
        found.append(clock.pk)


def to_explain(user: User, late: Sequence[int], at: datetime) -> Deadline | None:
    """The first of these that still owes a reason which this person may give; reads only."""
    for clock in Deadline.objects.owing().filter(pk__in=late).order_by("pk"):
        if refusal_to_explain(user, clock, at) is None:
            return clock
    return None
