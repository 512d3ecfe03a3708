"""How a higher room hears of an agency's answers, and says who is still needed, unknown to this room."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attendees.models import InformationRequest, Professional
    from strategy.models import Discussion

Hook = Callable[["InformationRequest", datetime], None]
Keeper = Callable[["Professional"], str]
PassedOn = Callable[["Discussion", "Professional", "Professional"], None]
Unreachable = Callable[["Professional", str, datetime, int | None], None]
_hooks: list[Hook] = []
_keepers: list[Keeper] = []
_passed_on: list[PassedOn] = []
_unreachable: list[Unreachable] = []


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


def register_passed_on(hook: PassedOn) -> None:
    """Call `hook(discussion, old, new)` in the transaction in which what was asked of one professional passes
    to another, the discussion locked. Registered in `AppConfig.ready`."""
    if hook not in _passed_on:
        _passed_on.append(hook)


def tell_passed_on(discussion: "Discussion", old: "Professional", new: "Professional") -> None:
    """Tell every room that wants to hear."""
    for hook in _passed_on:
        hook(discussion, old, new)


def register_unreachable(hook: Unreachable) -> None:
    """Call `hook(professional, why, at, link)` in the transaction in which somebody leaves the directory or
    their address is put right, before they are locked (`link` is None), or a link of theirs is shut (its
    number). Registered in `AppConfig.ready`."""
    if hook not in _unreachable:
        _unreachable.append(hook)


def tell_unreachable(person: "Professional", why: str, at: datetime, link: int | None = None) -> None:
    """Tell every room that wants to hear: what has not left for them, or by that link of theirs alone, must
    not leave as it is."""
    for hook in _unreachable:
        hook(person, why, at, link)
