"""Files that come with an agency's information: looked into, scanned, kept, opened, taken away."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from attendees import events, permissions, scanner
from attendees.enums import Marking, Scan
from attendees.letters.altered import agency_file_altered
from attendees.models import FileContent, InformationFile, InformationRequest, Professional
from attendees.rules import files as rules
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from strategy.enums import DiscussionStatus

MOST_WAITING = 20  # scanned anew in one go: each may take ten seconds
ALTERED = (
    "This file is not the one that was sent: its bytes were changed afterwards, so it is given to nobody. "
    "Ask the agency to send it again, and tell your administrator now"
)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as somebody chose it."""

    name: str
    content: bytes
    marking: str = Marking.NOT_FAMILY


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that may be kept, with what the scanner said."""

    looked: rules.Looked
    marking: str
    scan: Scan


def make_ready(uploads: Iterable[Upload], field: str = "files") -> list[Ready]:
    """Look into each file and have it scanned; before any lock, since both take time.

    Raises Refused at `field` with every file that will not do, so that all are put right at once.
    """
    ready, wrong = [], []
    for one in uploads:
        if one.marking not in Marking.values:
            raise Refused("files_marking", "Choose who may read the files")
        try:
            looked = rules.look_into(one.name, one.content)
        except rules.BadFileError as fault:
            wrong.append(str(fault))
        else:
            ready.append(Ready(looked, one.marking, scanner.scan(looked.content)))
    if wrong:
        again = "the files" if field == "files" else "a file"
        raise Refused(field, f"{'. '.join(wrong)}. What you wrote is kept; choose {again} again")
    return ready


def keep(
    asked: InformationRequest, ready: Sequence[Ready], *, by: User | Professional, at: datetime
) -> list[InformationFile]:
    """Write the files of one sending, in the caller's transaction; the same bytes twice are kept once.

    A file with a virus leaves its row, so that everybody sees that it came and was not kept, and no bytes.
    """
    held = {one.sha256 for one in asked.files.filter(removed_at=None)}
    digests = [(one, sha256(one.looked.content).hexdigest()) for one in ready]
    fresh = list({digest: (one, digest) for one, digest in digests if digest not in held}.values())
    if len(held) + len(fresh) > rules.MOST_FILES:
        raise Refused("files", f"Send {rules.MOST_FILES} files or fewer. Put several pages into one PDF")
    kept = []
    for one, digest in fresh:
        row = InformationFile.objects.create(
            information=asked,
            name=one.looked.name,
            content_type=one.looked.content_type,
            size=len(one.looked.content),
            sha256=digest,
            marking=one.marking,
            scan=one.scan,
            scanned_at=None if one.scan in (Scan.WAITING, Scan.NOT_SCANNED) else at,
            added_at=at,
            added_by_ref=f"{by._meta.model_name}:{by.pk}",
        )
        if one.scan != Scan.INFECTED:
            FileContent.objects.create(file=row, content=one.looked.content)
        kept.append(row)
    return kept


def note_kept(kept: Sequence[InformationFile], *, by: User | Professional, at: datetime) -> None:
    """The ledger's entries of files that were kept or refused; last in the caller's service."""
    for row in kept:
        event = events.FILE_REFUSED if row.scan == Scan.INFECTED else events.FILE_ADDED
        data = {"information": row.information_id, "sha256": row.sha256, "scan": row.scan}
        audit.record(event, row.information.discussion.case, subject=row.subject, by=by, at=at, data=data)


@transaction.atomic
def remove_file(file: InformationFile, *, by: User | Professional, at: datetime) -> InformationFile:
    """Take a file away until the discussion ends; its bytes are gone, its name and hash stay.

    Raises NotAllowed, MoveNotAllowed when it is gone already or the discussion has ended.
    """
    row: InformationFile = (
        InformationFile.objects.select_for_update(of=("self",))
        .select_related("information__discussion__case", "information__professional__agency")
        .get(pk=file.pk)
    )
    refuse(permissions.refusal_to_answer(by, row.information, at))
    if row.removed_at is not None:
        raise MoveNotAllowed("This file was taken away already.")
    if row.information.discussion.status in (DiscussionStatus.ENDED, DiscussionStatus.CANCELLED):
        raise MoveNotAllowed("The discussion has ended: what was sent for it stays with its record.")
    row.removed_at, row.removed_by_ref = at, f"{by._meta.model_name}:{by.pk}"
    row.save(update_fields=["removed_at", "removed_by_ref"])
    FileContent.objects.filter(file=row).delete()
    data = {"information": row.information_id, "sha256": row.sha256}
    audit.record(
        events.FILE_REMOVED, row.information.discussion.case, subject=row.subject, by=by, at=at, data=data
    )
    return row


def open_file(file: InformationFile, *, by: User | Professional, at: datetime) -> bytes | None:
    """Return the bytes, the reading written down first; None while it may not be opened.

    Raises MoveNotAllowed when they are not the bytes that were kept; that is written down each time, and told
    to business support once.
    """
    if not file.may_be_opened:
        return None
    case = file.information.discussion.case
    audit.record_read(events.FILE_READ, case, subject=file.subject, by=by, at=at)
    found = FileContent.objects.filter(file=file).first()
    if found is None:
        return None
    content = bytes(found.content)
    if (digest := sha256(content).hexdigest()) != file.sha256:
        _tell_altered(file, digest, by, at)
        raise MoveNotAllowed(ALTERED)
    return content


@transaction.atomic
def _tell_altered(file: InformationFile, digest: str, by: User | Professional, at: datetime) -> None:
    agency_file_altered(file, digest, at=at)
    case, data = file.information.discussion.case, {"sha256": digest}
    audit.record(events.FILE_ALTERED, case, subject=file.subject, by=by, at=at, data=data)


def scan_waiting(*, at: datetime) -> int:
    """Ask the scanner again about files that it has not answered for; return how many are settled now.

    Each in a transaction of its own and asked before it is locked. One with a virus loses its bytes.
    """
    waiting = InformationFile.objects.filter(scan=Scan.WAITING, removed_at=None)
    return ask_again(waiting.select_related("content", "information__discussion__case"), _settle, at)


def ask_again(waiting: QuerySet[Any], settle: Callable[[Any, Scan, datetime], int], at: datetime) -> int:
    """Ask the scanner about the `content` of each of these files, oldest first; `settle` says if it moved.

    Returns how many moved. While the scanner is away it is asked no further: the next sweep does.
    """
    settled = 0
    for row in waiting.order_by("pk")[:MOST_WAITING]:
        said = scanner.scan(bytes(row.content.content))
        if said == Scan.WAITING:
            break
        settled += settle(row, said, at)
    return settled


@transaction.atomic
def _settle(row: InformationFile, said: Scan, at: datetime) -> int:
    moved = InformationFile.objects.filter(pk=row.pk, scan=Scan.WAITING, removed_at=None).update(
        scan=said, scanned_at=at
    )
    if moved and said == Scan.INFECTED:
        FileContent.objects.filter(file=row).delete()
    if moved:
        data = {"scan": said}
        audit.record(
            events.FILE_SCANNED,
            row.information.discussion.case,
            subject=row.subject,
            by=None,
            at=at,
            data=data,
        )
    return moved
