"""Whose power a person may use: their own, or that of somebody they act for at the time."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import ActingFor, User
from accounts.roles import ROLES, Permission


def powers(user: User, at: datetime) -> Iterator[User]:
    """Yield the person, then everybody they act for at the moment (aware); nobody for a closed account."""
    if not user.is_active:
        return
    yield user
    for standing_in in ActingFor.objects.current(at).of(user).select_related("absent").order_by("pk"):
        yield standing_in.absent


def may_as(user: User, permission: Permission, at: datetime) -> User | None:
    """Return whose power lets this person act: their own first, then of whom they act for; else None."""
    return next((person for person in powers(user, at) if person.may(permission)), None)


def refusal_unless(user: User, permission: Permission, what: str, at: datetime) -> str | None:
    """Return None when the person or somebody they act for has the power, else a sentence that says who has.

    `what` completes "You cannot …".
    """
    if may_as(user, permission, at) is not None:
        return None
    return f"You cannot {what}. {who_may(permission)}"


def who_may(permission: Permission) -> str:
    """Say in a sentence which roles hold a power."""
    titles = [role.title.lower() for role in ROLES.values() if permission in role.permissions]
    return f"This is for: {', '.join(titles)}."
