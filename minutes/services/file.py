"""Filing the minutes in the authority's case system (W27, X16): the reference typed in, or answered by it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from attendees.models import Professional, Signature
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from cases.models import Case
from minutes import events_after as events
from minutes.enums import DeliveryStatus
from minutes.models import ActionLog, Delivery, Filing, MinutesVersion, Supplement
from minutes.permissions import after as permissions
from minutes.services import turns
from strategy.models import Discussion
from strategy.people import circulating_team

Filed = Filing | Supplement
NO_NAME = "the case system"


@transaction.atomic
def record_filing(
    version: MinutesVersion, *, reference: str, by: User, at: datetime, held: int | None = None
) -> Filed:
    """Write down under which reference an authorised version is in the case system, or a supplement to it.

    A supplement is the same version with the signatures that came in since: kept beside the filing, with its
    own reference. `held`: how many signatures stood when the page was opened, so that one given meanwhile is
    not taken for filed; None for all that stand now.
    Raises NotAllowed, MoveNotAllowed, Refused("reference"), Taken when nothing came in since.
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
    number = next_supplement(kept)
    carried = version.deliveries.filter(supplement=number, status=DeliveryStatus.DELIVERED).first()
    most = carried.signatures if carried else signatures_of(version)
    holds = most if held is None else min(held, most)
    if kept is not None and holds <= held_by_system(kept):
        last = kept.supplements.select_related("by").last() or kept
        who = last.by.name if last.by else kept.system
        raise Taken("reference", f"{who} has already filed this version as {last.reference}.")
    return _file(version, kept, reference=tidy, signatures=holds, by=by, at=at)


def file_by_system(delivery: Delivery, *, reference: str, signatures: int, at: datetime) -> None:
    """The case system answered a delivery with its reference; the caller holds the case's lock.

    Nothing, where a person was quicker (rows W27, X16).
    """
    kept: Filing | None = Filing.objects.filter(version=delivery.version).first()
    if next_supplement(kept) == delivery.supplement:
        _file(delivery.version, kept, reference=reference, signatures=signatures, by=None, at=at)


def _file(
    version: MinutesVersion,
    kept: Filing | None,
    *,
    reference: str,
    signatures: int,
    by: User | None,
    at: datetime,
) -> Filed:
    discussion, filed = version.minutes.discussion, {"reference": reference, "by": by, "at": at}
    number, system = next_supplement(kept), system_of(discussion)
    row: Filed
    if kept is None:
        row = kept = Filing.objects.create(version=version, system=system, signatures=signatures, **filed)
    else:
        row = kept.supplements.create(number=number, signatures=signatures, **filed)
    if not version.minutes.versions.filter(number__gt=version.number, authorised_at__isnull=False).exists():
        turns.end_filing(version.minutes, by=by, at=at)
        _settle_signatures(kept, by=by, at=at)
    data = {"version": version.number, "system": system, "reference": reference, "signatures": signatures}
    if number:
        data |= {"supplement": number, "first_reference": kept.reference}
    event = events.SUPPLEMENT_FILED if number else events.FILED
    audit.record(event, discussion.case, subject=row, by=by, at=at, data=data)
    return row


def note_signed(log: ActionLog, *, by: User | Professional, at: datetime) -> None:
    """Somebody signed: where the version in force is filed already, business support is to file again (W27).

    Called with the record locked. While the version in force is not filed its own clock runs.
    """
    latest = log.minutes.versions.filter(authorised_at__isnull=False).order_by("-number").first()
    filing = Filing.objects.filter(version=latest, version__action_log=log).first()
    if filing is not None:
        _settle_signatures(filing, by=by, at=at)


def _settle_signatures(filing: Filing, *, by: User | Professional | None, at: datetime) -> None:
    minutes = filing.version.minutes
    if not signed_since(filing):
        turns.end_filing_signatures(minutes, by=by, at=at)
    elif team := circulating_team(minutes.discussion):
        turns.start_filing_signatures(minutes, team, filing.system, by=by, at=at)


def signed_since(filing: Filing) -> list[str]:
    """Who signed the version's action log and is in nothing that the case system has, first come first."""
    names = _signatures(filing.version).values_list("attendance__name", flat=True)
    return list(names[held_by_system(filing) :])


def held_by_system(filing: Filing) -> int:
    """How many signatures the case system has: with the filing, or with its latest supplement."""
    last = filing.supplements.last()
    return int(last.signatures if last else filing.signatures)


def next_supplement(filing: Filing | None) -> int:
    """Which supplement would be filed next; 0 while the version itself is not filed."""
    return 0 if filing is None else filing.supplements.count() + 1


def supplement_of(version: MinutesVersion) -> int:
    """As which supplement the version would be taken to the case system now; 0: as the version itself."""
    filing = Filing.objects.filter(version=version).first()
    if filing is None:
        return 0
    return next_supplement(filing) if signed_since(filing) else filing.supplements.count()


def signatures_of(version: MinutesVersion) -> int:
    """How many have signed the version's action log."""
    return int(_signatures(version).count())


def _signatures(version: MinutesVersion) -> QuerySet[Signature]:
    """In the order in which they were written down: nothing comes before what was filed."""
    return Signature.objects.filter(document=version.action_log.document).order_by("pk")


def system_of(discussion: Discussion) -> str:
    """What the protocol calls the case system: LCS, Eclipse, or no name."""
    return discussion.request.protocol.rules.external_system.value or NO_NAME
