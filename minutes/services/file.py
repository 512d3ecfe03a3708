"""Filing the minutes in the authority's case system (W27, X16): the reference typed in, or answered by it."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import Signature
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
    kept = Filing.objects.select_related("by").filter(version=version).first()
    if kept is not None:
        who = kept.by.name if kept.by else kept.system
        raise Taken("reference", f"{who} has already filed this version as {kept.reference}.")
    return _file(version, reference=tidy, by=by, at=at)


def file_by_system(version: MinutesVersion, *, reference: str, at: datetime) -> Filing:
    """The case system answered a delivery with its reference; the caller holds the case's lock.

    Returns the filing that stands: a person may have been quicker (rows W27, X16).
    """
    kept: Filing | None = Filing.objects.filter(version=version).first()
    return kept or _file(version, reference=reference, by=None, at=at)


def _file(version: MinutesVersion, *, reference: str, by: User | None, at: datetime) -> Filing:
    discussion = version.minutes.discussion
    filing: Filing = Filing.objects.create(
        version=version, system=system_of(discussion), reference=reference, by=by, at=at
    )
    if not version.minutes.versions.filter(number__gt=version.number, authorised_at__isnull=False).exists():
        turns.end_filing(version.minutes, by=by, at=at)
    data = {"version": version.number, "system": filing.system, "reference": reference}
    audit.record(events.FILED, discussion.case, subject=filing, by=by, at=at, data=data)
    return filing


def signed_since(filing: Filing) -> list[str]:
    """Who signed the version's action log after it was filed: what the case system holds does not say so."""
    document = filing.version.action_log.document
    later = Signature.objects.filter(document=document, at__gt=filing.at).order_by("at", "pk")
    return list(later.values_list("attendance__name", flat=True))


def system_of(discussion: Discussion) -> str:
    """What the protocol calls the case system: LCS, Eclipse, or no name."""
    return discussion.request.protocol.rules.external_system.value or NO_NAME
