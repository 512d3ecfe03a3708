"""A file that shows that an action was done: looked into, scanned and kept as what agencies send is."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.models import User
from attendees.enums import Scan
from attendees.models import Professional
from attendees.services.files import Ready, ask_again
from audit import services as audit
from audit.errors import MoveNotAllowed
from audit.refs import by_ref
from minutes import events_after as events
from minutes.models import Action, EvidenceContent, EvidenceFile

Actor = User | Professional
ALTERED = (
    "This file is not the one that was attached: its bytes were changed afterwards, so it is given to "
    "nobody. Tell your administrator now"
)


def keep_evidence(action: Action, ready: Ready, *, by: Actor, at: datetime) -> EvidenceFile:
    """Write the file of an action that is done, in the caller's transaction, which has locked the action.

    A file with a virus leaves its row, so that everybody sees that it came and was not kept, and no bytes.
    """
    looked, digest = ready.looked, sha256(ready.looked.content).hexdigest()
    row = EvidenceFile.objects.create(
        action=action,
        name=looked.name,
        content_type=looked.content_type,
        size=len(looked.content),
        sha256=digest,
        scan=ready.scan,
        scanned_at=None if ready.scan in (Scan.WAITING, Scan.NOT_SCANNED) else at,
        added_at=at,
        added_by_ref=by_ref(by),
    )
    if ready.scan != Scan.INFECTED:
        EvidenceContent.objects.create(file=row, content=looked.content)
    event = events.EVIDENCE_REFUSED if ready.scan == Scan.INFECTED else events.EVIDENCE_ADDED
    _record(event, row, by, at)
    return row


def open_evidence(file: EvidenceFile, *, by: Actor, at: datetime) -> bytes | None:
    """Return the bytes, the reading written down first; None while it may not be opened.

    Raises MoveNotAllowed when they are not the bytes that were kept; that is written down each time.
    """
    case = file.action.minutes.discussion.case
    found = EvidenceContent.objects.filter(file=file).first()
    if found is None or not file.may_be_opened:
        return None
    audit.record_read(events.EVIDENCE_READ, case, subject=file.action.subject, by=by, at=at)
    content = bytes(found.content)
    if sha256(content).hexdigest() != file.sha256:
        with transaction.atomic():
            _record(events.EVIDENCE_ALTERED, file, by, at)
        raise MoveNotAllowed(ALTERED)
    return content


def scan_evidence(*, at: datetime) -> int:
    """Ask the scanner again about files that it has not answered for; return how many are settled now.

    Each in a transaction of its own and asked before it is locked. One with a virus loses its bytes.
    """
    waiting = EvidenceFile.objects.filter(scan=Scan.WAITING)
    return ask_again(waiting.select_related("content", "action__minutes__discussion__case"), _settle, at)


@transaction.atomic
def _settle(row: EvidenceFile, said: Scan, at: datetime) -> int:
    waits = EvidenceFile.objects.filter(pk=row.pk, scan=Scan.WAITING)
    moved: int = waits.update(scan=said, scanned_at=at)
    if moved and said == Scan.INFECTED:
        EvidenceContent.objects.filter(file=row).delete()
    if moved:
        row.scan = said
        _record(events.EVIDENCE_SCANNED, row, None, at)
    return moved


def _record(event: str, row: EvidenceFile, by: Actor | None, at: datetime) -> None:
    data = {"number": row.action.number, "sha256": row.sha256, "scan": row.scan}
    audit.record(event, row.action.minutes.discussion.case, subject=row.action, by=by, at=at, data=data)
