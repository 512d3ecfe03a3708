"""How a higher room hears that an agency has answered, without this room knowing that room."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attendees.models import InformationRequest

Hook = Callable[["InformationRequest", datetime], None]
_hooks: list[Hook] = []


def register(hook: Hook) -> None:
    """Call `hook(asked, at)` inside the transaction of each answer, the discussion locked, before the
    ledger's entry. Registered in `AppConfig.ready`."""
    if hook not in _hooks:
        _hooks.append(hook)


def tell(asked: "InformationRequest", at: datetime) -> None:
    """Tell every room that wants to hear."""
    for hook in _hooks:
        hook(asked, at)
