"""Who may record what came in."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from cases.models import Case


def refusal_to_record(user: User, case: Case | None, at: datetime) -> str | None:
    """Referrals are recorded by those who take them; on an open case, by those who may see it."""
    if case is not None and not Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return "You cannot record this: you have not been given access to the case."
    return refusal_unless(user, Permission.RECORD_REFERRAL, "record a referral", at)
