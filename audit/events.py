"""The names of what can happen. Each is registered by the room that owns it."""

from dataclasses import dataclass

from audit.enums import Kind

WRITE = Kind.WRITE
READ = Kind.READ


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that can happen: its stored name, how a page says it, whether it changed or showed."""

    name: str
    label: str
    kind: Kind


class UnknownEventError(LookupError):
    """An entry was asked for under a name no room has registered: a mistake in the code."""


_known: dict[str, Event] = {}


def register(name: str, label: str, kind: Kind = Kind.WRITE) -> str:
    """Make `name` known and return it, as in `AUTHORISED = register("request.authorised", …)`.

    Raises ValueError when the name is already taken by another meaning.
    """
    wanted = Event(name=name, label=label, kind=kind)
    if _known.setdefault(name, wanted) != wanted:
        raise ValueError(f"{name} is already registered as {_known[name].label!r}")
    return name


def find(name: str) -> Event:
    """The registered event. Raises UnknownEventError."""
    try:
        return _known[str(name)]
    except KeyError:
        raise UnknownEventError(f"no room has registered the event {name!r}") from None


def label(name: str) -> str:
    """How a page says this event; an old name no room uses any longer is shown as it is stored."""
    known = _known.get(name)
    return known.label if known else name


def names(kind: Kind | None = None) -> list[str]:
    """Every registered name, or those of one kind, in alphabetical order."""
    return sorted(name for name, event in _known.items() if kind is None or event.kind == kind)
