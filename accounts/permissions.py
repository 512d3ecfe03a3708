"""Whose power a person may use: their own, or that of somebody they act for at the time."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import ActingFor, Team, User
from accounts.roles import PARTNERS, ROLES, Permission


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


def refusal_to_keep_people(user: User) -> str | None:
    """People, agencies and teams are an administrator's, in their own name: nobody is lent this power."""
    if user.may(Permission.ADMINISTER):
        return None
    return "Only an administrator keeps people, agencies and teams."


def refusal_to_change_account(user: User, person: User) -> str | None:
    """An administrator's, but never their own account: who may do what is given by somebody else."""
    if reason := refusal_to_keep_people(user):
        return reason
    return OWN_ACCOUNT if user.pk == person.pk else None


OWN_ACCOUNT = "You cannot change your own account. Ask another administrator."


def refusal_to_arrange_cover(user: User, absent: User) -> str | None:
    """An absence is arranged by the person, by the manager of their team, or by an administrator."""
    if not user.is_active or user.has_role(*PARTNERS, "inspector"):
        return "A deputy is named by people of the authority."
    if user.may(Permission.ADMINISTER) or user.pk == absent.pk:
        return None
    if Team.objects.filter(manager=user, members=absent).exists():
        return None
    return (
        f"You cannot name a deputy for {absent.name}. "
        "This is for themselves, the manager of their team, or an administrator."
    )


def refusal_to_end_cover(user: User, acting: ActingFor) -> str | None:
    """Ended early by whoever might have arranged it, or by the deputy, who may always lay it down."""
    if user.is_active and user.pk == acting.deputy_id:
        return None
    return refusal_to_arrange_cover(user, acting.absent)
