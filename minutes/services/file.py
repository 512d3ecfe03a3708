"""Filing the minutes in the authority's case system (W27, X16): by hand, the reference typed in."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from cases.models import Case
from minutes import events_after as events
from minutes.models import Filing, MinutesVersion
from minutes.permissions import after as permissions
from minutes.services import turns
from strategy.models import Discussion

NO_NAME = "the case system"


@transaction.atomic
def record_filing(version: MinutesVersion, *, reference: str, by: User, at: datetime) -> Filing:
    """Write down under which reference an authorised version is in the case system.

    Raises NotAllowed, MoveNotAllowed, Refused("reference"), Taken.
    """
    discussion = version.minutes.discussion
    Case.objects.lock(discussion.case)
    refuse(permissions.refusal_to_file(by, discussion, at))
    if version.authorised_at is None:
        raise MoveNotAllowed("Only authorised minutes are filed.")
    tidy = " ".join(reference.split())
    if not tidy:
        raise Refused("reference", f"Enter the reference that {system_of(discussion)} gave the document")
    if len(tidy) > 120:
        raise Refused("reference", "Use 120 characters or fewer")
    try:
        with transaction.atomic():
            filing = Filing.objects.create(
                version=version, system=system_of(discussion), reference=tidy, by=by, at=at
            )
    except IntegrityError:
        kept = Filing.objects.select_related("by").get(version=version)
        raise Taken(
            "reference", f"{kept.by.name} has already filed this version as {kept.reference}."
        ) from None
    if not version.minutes.versions.filter(number__gt=version.number, authorised_at__isnull=False).exists():
        turns.end_filing(version.minutes, by=by, at=at)
    data = {"version": version.number, "system": filing.system, "reference": tidy}
    audit.record(events.FILED, discussion.case, subject=filing, by=by, at=at, data=data)
    return filing


def system_of(discussion: Discussion) -> str:
    """What the protocol calls the case system: LCS, Eclipse, or no name."""
    return discussion.request.protocol.rules.external_system.value or NO_NAME
