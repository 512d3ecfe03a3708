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
    """Call `on_sent(letter, at)` when a letter of that kind is with the mail server or was given by hand, and
    `on_bounced(letter, at)` when it was refused, given up or came back (`letter.status`, `letter.reason`).

    Registered in `AppConfig.ready`. Each runs in a transaction of its own just after it was
    settled, with no letter locked, so that a room may lock its own rows first as its services do.
    The letter is marked until then: when a hook raises, or the process is killed before it, it is run again.
    """
    listener = Listener(prefix, on_sent, on_bounced)
    if listener not in _listeners:
        _listeners.append(listener)


def for_sent(kind: str) -> "list[Hook]":
    """Who wants to hear that a letter of this kind is on its way."""
    return [one.on_sent for one in _listeners if one.on_sent and kind.startswith(one.prefix)]


def for_bounced(kind: str) -> "list[Hook]":
    """Who wants to hear that a letter of this kind will not arrive."""
    return [one.on_bounced for one in _listeners if one.on_bounced and kind.startswith(one.prefix)]
