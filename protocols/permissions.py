"""Who may read and who may change the local procedure: a reason, or None."""

from typing import TYPE_CHECKING

from accounts.roles import Permission

if TYPE_CHECKING:
    from accounts.models import User


def refusal_to_read(user: "User") -> str | None:
    """Administrators keep it; heads of service read it."""
    if user.may(Permission.ADMINISTER) or user.may(Permission.OVERSEE):
        return None
    return "The pages of the local procedure are for administrators and heads of service."


def refusal_to_change(user: "User") -> str | None:
    """Drafting and publishing is an administrator's."""
    if user.may(Permission.ADMINISTER):
        return None
    return "Only an administrator drafts and publishes a local procedure."
