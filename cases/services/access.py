"""Saying who may see a case, and ending it."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Team, User
from audit.services import record
from cases import events
from cases.enums import AccessPurpose
from cases.models import Access, Case


@transaction.atomic
def grant(
    case: Case,
    *,
    user: User | None = None,
    team: Team | None = None,
    purpose: AccessPurpose,
    why: str,
    by: User | None,
    at: datetime,
) -> Access:
    """Let a person or a team see the case from now on; the same grant again changes nothing.

    It begins by the database's clock, however long ago the act that earned it happened: nobody could see
    the case before. Raises ValueError unless exactly one of `user` and `team` is given.
    """
    if (user is None) == (team is None):
        raise ValueError("access is of a person or of a team")
    same = Access.objects.current().filter(case=case, user=user, team=team, purpose=purpose).first()
    if same is not None:
        return same
    access = Access.objects.create(
        case=case, user=user, team=team, purpose=purpose, why=why[:300], starts_at=Now(), granted_by=by
    )
    data = {"to": f"user:{user.pk}" if user else f"team:{team.pk}", "purpose": purpose.value}  # type: ignore[union-attr]
    record(events.ACCESS_GRANTED, case, subject=access, by=by, at=at, data=data)
    return access


@transaction.atomic
def revoke(
    case: Case,
    *,
    user: User | None = None,
    team: Team | None = None,
    purpose: AccessPurpose | None = None,
    why: str,
    by: User | None,
    at: datetime,
) -> int:
    """End the grants of a person or a team at once, all or of one purpose; returns how many ended.

    Raises ValueError unless exactly one of `user` and `team` is given.
    """
    if (user is None) == (team is None):
        raise ValueError("access is of a person or of a team")
    current = Access.objects.current().filter(case=case, user=user, team=team)
    if purpose is not None:
        current = current.filter(purpose=purpose)
    ended = list(current.select_for_update().order_by("pk"))
    Access.objects.filter(pk__in=[access.pk for access in ended]).update(until=Now())
    for access in ended:
        record(events.ACCESS_REVOKED, case, subject=access, by=by, at=at, data={"why": why[:300]})
    return len(ended)
