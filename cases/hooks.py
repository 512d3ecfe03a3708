"""How a higher room hears that an address or number of a family is hidden now, unknown to this room."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.models import Case

Hidden = Callable[["Case", datetime], None]
_hidden: list[Hidden] = []


def register_hidden(hook: Hidden) -> None:
    """Call `hook(case, at)` inside the transaction that hides something, the case locked, before the ledger's
    entry. Registered in `AppConfig.ready`."""
    if hook not in _hidden:
        _hidden.append(hook)


def tell_hidden(case: "Case", at: datetime) -> None:
    """Tell every room that wants to hear."""
    for hook in _hidden:
        hook(case, at)
