"""The proof of circulation as rows of a table: what is known of each copy, in words and colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minutes.enums import RecipientStatus, Way
from minutes.models import Minutes, Recipient
from minutes.services.recipients import way_in_words
from outbox.enums import Status as LetterStatus

S = RecipientStatus
COLOURS = {
    S.QUEUED: "yellow",
    S.SENT: "green",
    S.DEFERRED: "orange",
    S.BOUNCED: "red",
    S.NEEDS_PERSON: "red",
    S.TO_HAND: "orange",
    S.HANDED: "green",
    S.TAKEN_BACK: "orange",
    S.REVOKED: "grey",
}
TAKEN_BACK = "A corrected version was authorised before this copy left"
WAITS_FOR_SOMEBODY = (S.BOUNCED, S.NEEDS_PERSON, S.TO_HAND)


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One copy."""

    copy: Recipient
    status: str
    colour: str
    detail: str
    needs: bool
    is_current: bool

    @property
    def way(self) -> str:
        """How the copy goes, in words."""
        return way_in_words(self.copy.way, self.copy.why)

    @property
    def which(self) -> str:
        """Which copy it is, when it is not the whole record."""
        rendition = self.copy.rendition
        if rendition.cut.is_whole:
            return ""
        child = f", about {rendition.child.name} only" if rendition.child else ""
        return f"{rendition.get_kind_display()}{child}"

    @property
    def acknowledged(self) -> str:
        """To whom it was told that the copy is there, and how; nothing where its reader said so."""
        told_to = self.copy.acknowledged_to
        return f"{self.copy.acknowledged_how}, told to {told_to.name}" if told_to else ""

    @property
    def may_be_told(self) -> bool:
        """Whether its reader can still tell somebody that they have it."""
        return self.copy.dispatched_at is not None and self.copy.acknowledged_at is None

    @property
    def moments(self) -> list[tuple[str, datetime]]:
        """What happened to the copy, and when, in order."""
        told = [
            ("Dispatched" if self.copy.way != Way.BY_HAND else "Handed over", self.copy.dispatched_at),
            ("Opened", self.copy.opened_at),
            ("Downloaded", self.copy.downloaded_at),
            ("Acknowledged", self.copy.acknowledged_at),
            ("Revoked", self.copy.revoked_at),
        ]
        return [(text, at) for text, at in told if at]


def rows_of(minutes: Minutes) -> list[ProofRow]:
    """Every copy of every circulated version, those of the latest first, and of them what needs a person."""
    copies = list(
        Recipient.objects.filter(circulation__version__minutes=minutes)
        .select_related(
            "professional__agency",
            "letter",
            "circulation__version",
            "circulation__routed_to",
            "circulation__by",
            "handed_by",
            "acknowledged_to",
            "rendition__child",
        )
        .defer("letter__rendered", "circulation__version__content")
        .order_by("-circulation__version__number", "professional__name")
    )
    latest = copies[0].circulation_id if copies else None
    rows = [_row(one, one.circulation_id == latest) for one in copies]
    return sorted(rows, key=lambda row: (not row.is_current, row.is_current and not row.needs))


def left_out_of(rows: Sequence[ProofRow]) -> list[dict[str, Any]]:
    """Who got no copy of the version that was circulated last, and why; who decided it, and when."""
    last = rows[0].copy.circulation if rows else None
    return [{**one, "by": last.by, "at": last.at} for one in last.left_out] if last else []


def summary_of(rows: Sequence[ProofRow]) -> dict[str, int]:
    """How many copies of the latest version arrived, wait, or need somebody."""
    current = [row for row in rows if row.is_current and row.copy.status != S.REVOKED]
    return {
        "all": len(current),
        "gone": sum(row.copy.status in (S.SENT, S.HANDED) for row in current),
        "needs": sum(row.needs for row in current),
        "opened": sum(row.copy.opened_at is not None for row in current),
        "acknowledged": sum(row.copy.acknowledged_at is not None for row in current),
    }


def _row(copy: Recipient, is_current: bool) -> ProofRow:
    status, detail = S(copy.status), ""
    letter = copy.letter
    if status == S.QUEUED and letter is not None and letter.status == LetterStatus.DEFERRED:
        status = S.DEFERRED
    if letter is not None and status in (S.QUEUED, S.DEFERRED, S.BOUNCED, S.NEEDS_PERSON):
        detail = letter.reason
    if status == S.SENT and letter is not None and letter.may_have_arrived_twice:
        detail = "May have arrived twice"
    if status == S.HANDED:
        detail = f"{copy.handed_how}, by {copy.handed_by.name}" if copy.handed_by else copy.handed_how
    if status == S.TAKEN_BACK:
        detail = TAKEN_BACK
    if status == S.REVOKED:
        detail = copy.revoked_reason
    return ProofRow(copy, status.label, COLOURS[status], detail, status in WAITS_FOR_SOMEBODY, is_current)
