"""What agencies sent, as passages of the record: each with its heading, its source and its own marking
(rows W24, C25, G12, C32)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from attendees.enums import STRICTEST, InformationStatus, Marking
from attendees.models import InformationRequest, Passage
from attendees.rules.markings import strictest
from attendees.services.information import said
from govuk.moments import plain_date
from minutes.models import Minutes, Section, SectionVersion
from minutes.rules.text import clean

STEP, CONTRIBUTION = "information", "contribution"
NOTHING_HELD = "Nothing is held."
FILES, NOT_WRITTEN = "Files", "What is held"


class Filling(NamedTuple):
    """A text for a cell, where it came from, and who may read it."""

    text: str = ""
    source: str = ""
    marking: str = Marking.NOT_FAMILY


class Spot(NamedTuple):
    """Which of a professional's passages: under which heading, and which of those there.

    What they say in the discussion has no heading.
    """

    heading: str = ""
    place: int = 0


SPOKEN = Spot()


def sent_by(asked: InformationRequest) -> dict[Spot, Filling]:
    """What an agency's return puts into the record, by where it stands; empty fillings are left out.

    What is saved and not sent yet is the agency's own still. The ending of a return without words stands
    where the professional's own words will (row W23).
    """
    if not asked.is_answered:
        return {}
    source = _source(asked)
    passages = said(asked)
    found = {
        Spot(one.heading, one.place): Filling(one.text, source, one.marking)
        for one in passages
        if one.text.strip()
    }
    if lines := [f"{one.heading}: {_held(one)}" for one in passages if not one.text.strip()]:
        found[Spot(NOT_WRITTEN)] = Filling("\n".join(lines), source)
    found.update(_files(asked, source))
    if not found:
        is_none = asked.status == InformationStatus.NONE_HELD
        found[SPOKEN] = Filling(NOTHING_HELD if is_none else "", source)
    return found


def _held(one: Passage) -> str:
    return one.get_holding_display().lower()


def _files(asked: InformationRequest, source: str) -> Iterator[tuple[Spot, Filling]]:
    """The names of files, those of one marking together: a name may tell what a passage may not."""
    kept = [one for one in asked.files.all() if one.may_be_kept]
    for place, marking in enumerate(STRICTEST):
        if names := [one.name for one in kept if one.marking == marking]:
            yield Spot(FILES, place), Filling("\n".join(names), source, marking)


def _source(asked: InformationRequest) -> str:
    person = asked.professional
    told = f"{person.name}, {person.agency}: {asked.get_status_display().lower()}"
    if asked.answered_at is not None:
        told += f", {plain_date(asked.answered_at)}"
        told += f", {asked.answered_how}" if asked.answered_how else ""
        told += f", from {asked.answered_from}" if asked.answered_from else ""
    return told


def take_in(minutes: Minutes, asked: InformationRequest, at: datetime) -> None:
    """Bring a return into the cells of who sent it; the record is open and the discussion locked.

    A person's words are never replaced: a passage that somebody reworded keeps their words, under a marking
    that a return makes stricter and never laxer, as one that somebody marked here does.
    """
    cells = Section.objects.filter(minutes=minutes, field=CONTRIBUTION, professional=asked.professional_id)
    theirs = {Spot(one.heading, one.place): one for one in cells.select_for_update(of=("self",))}
    if SPOKEN not in theirs:  # the agenda has no place where professionals tell what they know
        return
    told = sent_by(asked)
    for spot, filling in told.items():
        if spot not in theirs and filling.text:
            keep_new([new_cell(minutes, asked.professional_id, spot, filling, at)], at)
    for spot, cell in theirs.items():
        if spot in told or cell.heading or spot == SPOKEN:
            fill(cell, told.get(spot, Filling()), at)


def order_of(cells: Iterable[Section]) -> Callable[[Section], tuple[int | bool, ...]]:
    """Return the key that orders cells of one field: speaker by speaker in the order they are asked, of each
    what they sent, heading by heading, and then what they say in the discussion."""
    first: dict[tuple[int | None, str | None], int] = {}
    for one in cells:
        for whose in ((one.professional_id, None), (one.professional_id, one.heading)):
            first[whose] = min(first.get(whose, one.pk), one.pk)

    def key(one: Section) -> tuple[int | bool, ...]:
        if one.professional_id is None:
            return (one.pk,)
        whose, under = first[one.professional_id, None], first[one.professional_id, one.heading]
        return (whose, not one.heading, under, one.place)

    return key


def new_cell(minutes: Minutes, professional: int, spot: Spot, filling: Filling, at: datetime) -> Section:
    """A cell of a professional's contribution, not saved yet."""
    text = clean(filling.text)
    return Section(
        minutes=minutes,
        step=STEP,
        field=CONTRIBUTION,
        professional_id=professional,
        heading=spot.heading,
        place=spot.place,
        text=text,
        source=filling.source[:200],
        marking=filling.marking,
        version=1 if text else 0,
        updated_at=at if text else None,
    )


def keep_new(cells: list[Section], at: datetime) -> int:
    """Write new cells; a text is kept as the cell's first version. Returns how many are filled."""
    first = [
        SectionVersion(section=cell, version=1, text=cell.text, by=None, at=at)
        for cell in Section.objects.bulk_create(cells)
        if cell.text
    ]
    SectionVersion.objects.bulk_create(first)
    return len(first)


def fill(cell: Section, filling: Filling, at: datetime) -> None:
    """Write a filling into a cell; a kept version where the text differs."""
    is_theirs = cell.updated_by_id is None
    text = clean(filling.text) if is_theirs else cell.text
    source = filling.source[:200] if is_theirs else cell.source
    marking = filling.marking
    if cell.is_marked_here or not is_theirs:
        marking = strictest((cell.marking, marking)) if filling.text else cell.marking
    if (text, source, marking) == (cell.text, cell.source, cell.marking):
        return
    if text != cell.text:
        cell.version, cell.updated_at = cell.version + 1, at
        SectionVersion.objects.create(section=cell, version=cell.version, text=text, by=None, at=at)
    cell.text, cell.source, cell.marking = text, source, marking
    cell.save(update_fields=["text", "source", "marking", "version", "updated_at"])
