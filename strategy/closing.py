"""When nothing may be added to a request any more: the rooms above, which keep the record, say so."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strategy.models import StrategyRequest

Closer = Callable[["StrategyRequest"], bool]
_closers: list[Closer] = []


def register(closer: Closer) -> Closer:
    """Have `closer(request)` asked whether the record of its discussion is authorised."""
    if closer not in _closers:
        _closers.append(closer)
    return closer


def is_closed(wanted: "StrategyRequest") -> bool:
    """Whether the record of the request's discussion was authorised."""
    return any(closer(wanted) for closer in _closers)
