"""Who keeps the procedure is told when its review date has passed (row C35)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from accounts.models import User
from accounts.roles import ROLES, Permission
from audit import events
from audit.services import record
from protocols import letters
from protocols.models import LocalProtocol

REVIEW_PASSED = events.register("protocol.review_passed", "Owners told that the review date has passed")
OWNERS = [
    role.name for role in ROLES.values() if {Permission.ADMINISTER, Permission.OVERSEE} & role.permissions
]


def past_review(at: datetime) -> LocalProtocol | None:
    """The version in force, when it is past its review date; else None. One statement."""
    today = localdate(at)
    found = LocalProtocol.objects.in_force(today)
    return found if found is not None and found.review_on and found.review_on < today else None


@transaction.atomic
def warn_owners(*, at: datetime) -> int:
    """Write to administrators and heads of service that the version in force is past its review; how many.

    Each person is told once of a version, whoever runs this and however often: a letter has a key. Somebody
    who becomes an owner later is told then.
    """
    version = past_review(at)
    if version is None:
        return 0
    LocalProtocol.objects.select_for_update().get(pk=version.pk)  # one at a time
    owners = User.objects.filter(Q(roles__overlap=OWNERS), is_active=True).order_by("pk")
    told = [one.pk for one in owners if letters.past_review(version, one, at=at)]
    if told:
        data = {"slug": version.slug, "version": version.version, "told": len(told)}
        record(REVIEW_PASSED, subject=f"protocol:{version.pk}", by=None, at=at, data=data)
    return len(told)
