"""How a higher room hears what became of its letters, without the outbox knowing that room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outbox.models import Letter

    Hook = Callable[[Letter, datetime], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """What one room wants to hear about the letters whose kind begins with `prefix`."""

    prefix: str
    on_sent: "Hook | None" = None
    on_bounced: "Hook | None" = None


_listeners: list[Listener] = []


def register(prefix: str, *, on_sent: "Hook | None" = None, on_bounced: "Hook | None" = None) -> None:
    """Call `on_sent(letter, at)` when a letter of that kind is with the mail server or was delivered by hand, and
    `on_bounced(letter, at)` when it was refused or given up; both in the transaction that settles the letter.

    Registered in the room's `AppConfig.ready`. A hook must be safe to run twice: one that raises is run again later.
    """
    listener = Listener(prefix, on_sent, on_bounced)
    if listener not in _listeners:
        _listeners.append(listener)


def for_kind(kind: str) -> list[Listener]:
    """Who wants to hear about letters of this kind."""
    return [listener for listener in _listeners if kind.startswith(listener.prefix)]
