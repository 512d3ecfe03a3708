"""How a higher room hears that an agency has answered, and says who is still needed, unknown to this room."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attendees.models import InformationRequest, Professional

Hook = Callable[["InformationRequest", datetime], None]
Keeper = Callable[["Professional"], str]
_hooks: list[Hook] = []
_keepers: list[Keeper] = []


def register(hook: Hook) -> None:
    """Call `hook(asked, at)` inside the transaction of each answer, the discussion locked, before the
    ledger's entry. Registered in `AppConfig.ready`."""
    if hook not in _hooks:
        _hooks.append(hook)


def tell(asked: "InformationRequest", at: datetime) -> None:
    """Tell every room that wants to hear."""
    for hook in _hooks:
        hook(asked, at)


def register_keeper(keeper: Keeper) -> None:
    """Ask `keeper(professional)` before somebody leaves the directory: what they still owe, else "".

    Registered in `AppConfig.ready`.
    """
    if keeper not in _keepers:
        _keepers.append(keeper)


def still_owes(person: "Professional") -> str:
    """What keeps somebody in the directory, as a sentence; "" when nothing does."""
    return next(filter(None, (keeper(person) for keeper in _keepers)), "")
