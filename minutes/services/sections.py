"""Text of the record, saved field by field while people speak: nobody's words are ever lost."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import User
from attendees.enums import Marking
from attendees.rules.markings import strictest
from attendees.services.information import MOST_PASSAGES
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, StaleVersion, refuse
from govuk.moments import clock_time
from minutes import events
from minutes.models import Minutes, Presence, Section, SectionVersion
from minutes.permissions import meeting as permissions
from minutes.rules.merging import merged
from minutes.rules.text import clean, problem_with
from minutes.services.record import changed, lock_record


class Clash(StaleVersion):
    """Somebody else saved this cell first; `theirs` is the cell as it stands, `mine` what was not saved."""

    def __init__(self, theirs: Section, mine: str) -> None:
        who = theirs.updated_by.name if theirs.updated_by else "Somebody"
        when = f" at {clock_time(theirs.updated_at)}" if theirs.updated_at else ""
        super().__init__("text", f"{who} changed this{when} while you were writing. Both texts are kept")
        self.theirs, self.mine = theirs, mine


@dataclass(frozen=True, slots=True)
class Sent:
    """Which open page saves, by a random name of its own, and which of its saves of this box it is."""

    page: str = ""
    turn: int = 0

    def stood_on(self, cell: Section, version: int) -> int:
        """The version that this page's text goes on from: as told, or its last save, whose answer was lost.

        Where that save was merged the page has not seen the whole, only its own part.
        """
        if version != cell.version and self._is_of(cell) and self.turn > cell.turn:
            return own_part(cell)
        return version

    def was_overtaken(self, cell: Section) -> bool:
        """Whether a later save of this page came first: it holds all that this one says."""
        return self._is_of(cell) and self.turn <= cell.turn

    def _is_of(self, cell: Section) -> bool:
        return self.page != "" and self.page == cell.page


@dataclass(frozen=True, slots=True)
class Saved:
    """The cell as it stands; which version is the text as it was sent, and with whose words it was merged."""

    cell: Section
    own: int
    merged_with: str = ""


def own_part(cell: Section) -> int:
    """The version that its last writer sent: where it was merged, the one before the whole."""
    return cell.version - 1 if cell.merged_with else cell.version


@transaction.atomic
def save_section(section: Section, text: str, *, version: int, by: User, at: datetime) -> Section:
    """Keep what was typed into one cell, on top of the version the writer had before them.

    1. Lock the cell alone, so that two people in two cells never wait for each other's typing.
    2. Whoever may write in the record may (after the meeting the chair alone).
    3. A newer version wins: the other text is raised as `Clash`, neither is lost. The same text is no clash.
    4. Write the text and keep it as a version; move the record's `change`, unless it moved on meanwhile.
    5. Tell the ledger which cell, never what.
    """
    cell, text = _locked(section, text, by, at)
    if text == cell.text:
        return cell
    if version != cell.version:
        raise Clash(cell, text)
    return _write(cell, text, sent=Sent(), by=by, at=at)


@transaction.atomic
def save_or_merge(
    section: Section, text: str, *, version: int, by: User, at: datetime, sent: Sent = Sent()
) -> Saved:
    """As `save_section` while people type: where somebody else saved meanwhile, both changes are merged.

    They must be of different sentences or lines (`merged`). What was sent is kept as a version before the
    whole. What the same open page saved before is no other's: it only was not told so.
    Raises NotAllowed, Refused, Clash where both changed the same, MoveNotAllowed.
    """
    cell, text = _locked(section, text, by, at)
    if text == cell.text:
        return Saved(cell, cell.version)
    if sent.was_overtaken(cell):
        return Saved(cell, own_part(cell))
    stood_on = sent.stood_on(cell, version)
    if stood_on == cell.version:
        return Saved(_write(cell, text, sent=sent, by=by, at=at), stood_on + 1)
    if cell.merged_with and text == _text_of(cell, own_part(cell)):
        return Saved(cell, own_part(cell), cell.merged_with)  # sent again, and in the whole already
    base = _text_of(cell, stood_on)
    whole = None if base is None else merged(base, cell.text, text)
    if whole is None:
        raise Clash(cell, text)
    if whole == cell.text:
        return Saved(cell, stood_on)
    goes_on = cell.merged_with and cell.updated_by_id == by.pk  # whose own part this page goes on from
    merged_with, own = cell.merged_with if goes_on else _words_of(cell), cell.version + 1
    SectionVersion.objects.create(section=cell, version=own, text=text, by=by, at=at)
    cell.version = own
    return Saved(_write(cell, whole, sent=sent, by=by, at=at, merged_with=merged_with), own, merged_with)


def _locked(section: Section, text: str, by: User, at: datetime) -> tuple[Section, str]:
    """The cell, which this person may write in, and the text as it is kept. Raises NotAllowed, Refused."""
    cell: Section = (
        Section.objects.select_for_update(of=("self",))
        .select_related("minutes__discussion__case", "updated_by")
        .get(pk=section.pk)
    )
    refuse(permissions.refusal_to_write(by, cell.minutes, at))
    text = clean(text)
    if reason := problem_with(text):
        raise Refused("text", reason)
    return cell, text


def _text_of(cell: Section, version: int) -> str | None:
    """What stood in the cell as that version; nothing did before the first. None for what never was one."""
    if version == 0:
        return ""
    return SectionVersion.objects.filter(section=cell, version=version).values_list("text", flat=True).first()


def _words_of(cell: Section) -> str:
    who = cell.updated_by.name if cell.updated_by else "somebody"
    return f"what {who} wrote at {clock_time(cell.updated_at)}" if cell.updated_at else f"what {who} wrote"


def _write(cell: Section, text: str, *, sent: Sent, by: User, at: datetime, merged_with: str = "") -> Section:
    cell.text, cell.version, cell.updated_by, cell.updated_at = text, cell.version + 1, by, at
    cell.page, cell.turn, cell.merged_with = sent.page, sent.turn, merged_with
    cell.save(update_fields=["text", "version", "updated_by", "updated_at", "page", "turn", "merged_with"])
    SectionVersion.objects.create(section=cell, version=cell.version, text=text, by=by, at=at)
    _moved(cell.minutes)
    data = {"cell": str(cell), "version": cell.version, "characters": len(text)}
    audit.record(
        events.SECTION_SAVED,
        cell.minutes.discussion.case,
        subject=cell,
        by=by,
        at=at,
        data=data | ({"merged": True} if merged_with else {}),
    )
    return cell


@transaction.atomic
def set_aside(section: Section, text: str, *, version: int, by: User, at: datetime) -> Section:
    """Somebody takes the other text of a clash: theirs is kept among the earlier ones, and what stands stays.

    Raises NotAllowed, Refused, Clash when somebody saved meanwhile, MoveNotAllowed.
    """
    cell: Section = (
        Section.objects.select_for_update(of=("self",))
        .select_related("minutes__discussion__case", "updated_by")
        .get(pk=section.pk)
    )
    stands, who, when = cell.text, cell.updated_by, cell.updated_at
    kept = save_section(cell, text, version=version, by=by, at=at)
    if kept.text == stands:
        return kept
    back = save_section(kept, stands, version=kept.version, by=by, at=at)
    back.updated_by, back.updated_at = who, when
    back.save(update_fields=["updated_by", "updated_at"])
    return back


@transaction.atomic
def mark_section(section: Section, marking: str, *, was: str = "", by: User, at: datetime) -> Section:
    """Say who may read a passage beyond those who were there (rows C25, G12).

    `was` is the marking that the person had before them. What they left as it was stays as it now is; where
    somebody else marked it otherwise meanwhile, the stricter of both stands: the answer says which.
    """
    cell: Section = (
        Section.objects.select_for_update(of=("self",))
        .select_related("minutes__discussion__case")
        .get(pk=section.pk)
    )
    refuse(permissions.refusal_to_write(by, cell.minutes, at))
    if marking not in Marking.values:
        raise Refused("marking", "Choose who may read this")
    if marking in (cell.marking, was):
        return cell
    if was and was != cell.marking:
        marking = strictest([marking, cell.marking])
    if marking == cell.marking:
        return cell
    cell.marking, cell.is_marked_here = marking, True
    cell.save(update_fields=["marking", "is_marked_here"])
    _moved(cell.minutes)
    audit.record(
        events.SECTION_MARKED,
        cell.minutes.discussion.case,
        subject=cell,
        by=by,
        at=at,
        data={"cell": str(cell), "marking": marking},
    )
    return cell


@transaction.atomic
def add_passage(section: Section, *, by: User, at: datetime) -> Section:
    """Begin another passage of what a professional says, so that it can have a marking of its own.

    One that is empty still is given again, so that pressing twice adds one. Raises NotAllowed, Refused.
    """
    record = lock_record(section.minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    if section.professional_id is None or section.heading:
        raise Refused(None, "Only what a professional says has passages with markings of their own.")
    whose = {"step": section.step, "field": section.field, "professional_id": section.professional_id}
    last = Section.objects.filter(minutes=record, heading="", **whose).order_by("-place").first()
    if last is not None and last.place and not last.text:
        return last
    place = last.place + 1 if last is not None else 1
    if place >= MOST_PASSAGES:
        raise Refused(None, f"Use {MOST_PASSAGES} passages or fewer for each person.")
    added: Section = Section.objects.create(minutes=record, place=place, **whose)
    changed(record)
    data = {"cell": str(added), "passage": place + 1}
    audit.record(events.PASSAGE_ADDED, record.discussion.case, subject=added, by=by, at=at, data=data)
    return added


def note_typing(section: Section, *, by: User, at: datetime) -> None:
    """Remember for a few seconds who types where. No act: nothing of the record changes, so no entry.

    Raises NotAllowed for somebody who only reads: nobody is told that they type.
    """
    refuse(permissions.refusal_to_write(by, section.minutes, at))
    Presence.objects.update_or_create(
        minutes_id=section.minutes_id,
        user=by,
        defaults={"section": section, "typing_at": at, "seen_at": at},
    )


def note_present(minutes_pk: int, *, by: User, at: datetime) -> None:
    """Remember for a minute who has the record open."""
    Presence.objects.update_or_create(minutes_id=minutes_pk, user=by, defaults={"seen_at": at})


def _moved(minutes: Minutes) -> None:
    """Move the record's change if it stands where it stood when the permission was asked (P9)."""
    still = Minutes.objects.filter(pk=minutes.pk, status=minutes.status)
    if not still.update(change=F("change") + 1):
        raise MoveNotAllowed(
            "The record moved on while you were writing. Look at it again; your text is kept here."
        )


__all__ = [
    "Clash",
    "Saved",
    "Sent",
    "add_passage",
    "changed",
    "mark_section",
    "note_present",
    "note_typing",
    "own_part",
    "save_or_merge",
    "save_section",
    "set_aside",
]
