"""Who may change what is known of a child or a family."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from cases.models import Case


def refusal_to_open(user: User, at: datetime) -> str | None:
    """Cases are opened by those who take referrals."""
    return refusal_unless(user, Permission.RECORD_REFERRAL, "open a case", at)


def refusal_to_change(user: User, case: Case, at: datetime) -> str | None:
    """Details of children and family are kept by those who take referrals and may see the case."""
    if not Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return "You cannot change this case: you have not been given access to it."
    return refusal_unless(user, Permission.RECORD_REFERRAL, "change what is recorded of the family", at)


def refusal_to_merge(user: User, case: Case, at: datetime) -> str | None:
    """Records are made one by a manager who may see them: it can't be undone."""
    if not Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return "You cannot merge this case: you have not been given access to it."
    return refusal_unless(user, Permission.AUTHORISE_REQUEST, "merge records", at)
