"""Who keeps the authority's closure days: a reason, or None."""

from typing import TYPE_CHECKING

from accounts.roles import Permission

if TYPE_CHECKING:
    from accounts.models import User


def refusal_to_keep_closure_days(user: "User") -> str | None:
    """An administrator's."""
    return None if user.may(Permission.ADMINISTER) else "Only an administrator keeps the closure days."
