"""Opening the record before the meeting, pre-filled with what is known (rows B02, W24), and looking at it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from attendees.enums import InformationStatus, Marking
from attendees.models import InformationRequest, Passage, Professional
from attendees.rules.markings import strictest
from attendees.services.attendance import expected
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from govuk.moments import plain_date
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes, Section, SectionVersion, StepTick
from minutes.permissions import meeting as permissions
from minutes.rules import agenda
from minutes.rules.text import clean, one_line
from minutes.services.earlier import follows
from protocols.rules.settings import Protocol
from strategy.enums import DiscussionStatus
from strategy.models import Decision, Discussion

CONTRIBUTION = "contribution"
NOTHING_HELD = "Nothing is held."


class Filling(NamedTuple):
    """A text for a cell, where it came from, and who may read it."""

    text: str = ""
    source: str = ""
    marking: str = Marking.NOT_FAMILY


# --- What every service of the record does first and last ----------------------------------


def lock_record(minutes: Minutes) -> Minutes:
    """Lock the discussion, then the record (the order of all services); return the record, both fresh."""
    discussion = Discussion.objects.lock(minutes.discussion)
    record: Minutes = Minutes.objects.lock(minutes)
    record.discussion = discussion
    return record


def changed(minutes: Minutes) -> None:
    """Tell those who watch live that something changed: their next poll brings it."""
    Minutes.objects.filter(pk=minutes.pk).update(change=F("change") + 1, beside=F("beside") + 1)


def rules_of(discussion: Discussion) -> Protocol:
    """The local procedure under which this discussion was asked for."""
    return discussion.request.protocol.rules


# --- Opening ---------------------------------------------------------


@transaction.atomic
def open_record(discussion: Discussion, *, by: User, at: datetime) -> Minutes:
    """Open the record, with one cell for each thing the agenda asks, filled from request and returns.

    1. Lock the discussion; whoever the protocol names may open (business support, or the chair).
    2. Make the record and its cells; a text that came from elsewhere says from where.
    3. Tell the ledger. Raises NotAllowed, MoveNotAllowed, Taken.
    """
    planned: Discussion = Discussion.objects.lock(discussion)
    rules = rules_of(planned)
    refuse(permissions.refusal_to_open(by, planned, rules, at))
    if planned.status != DiscussionStatus.PLANNED:
        raise MoveNotAllowed(
            f"This discussion is “{planned.get_status_display().lower()}”: no record can be opened."
        )
    try:
        with transaction.atomic():
            minutes = Minutes.objects.create(discussion=planned, opened_by=by, opened_at=at)
    except IntegrityError:
        opened = Minutes.objects.select_related("opened_by").get(discussion=planned)
        raise Taken(None, f"{opened.opened_by.name} has already opened this record.") from None
    filled = _make_cells(minutes, rules, at)
    audit.record(
        events.RECORD_OPENED, planned.case, subject=minutes, by=by, at=at, data={"prefilled_cells": filled}
    )
    return minutes


def _make_cells(minutes: Minutes, rules: Protocol, at: datetime) -> int:
    """Create every cell; one with a text starts at version 1, kept. Returns how many were filled."""
    discussion = minutes.discussion
    people = [part.professional for part in expected(discussion, permissions.booking_of(discussion))]
    children = list(discussion.request.children.all())
    steps = [step.key for step in rules.agenda.value]
    known = dict(_known(discussion)) if rules.prefill_record.value else {}
    asked = agenda.keys(
        steps,
        [child.pk for child in children],
        [person.pk for person in people],
        follow_up=follows(discussion),
    )
    cells = [_cell(minutes, key, known.get(key, Filling()), at) for key in asked]
    made = Section.objects.bulk_create(cells)
    first = [
        SectionVersion(section=cell, version=1, text=cell.text, by=None, at=at) for cell in made if cell.text
    ]
    SectionVersion.objects.bulk_create(first)
    return len(first)


def _cell(minutes: Minutes, key: agenda.Key, filling: Filling, at: datetime) -> Section:
    text, source = clean(filling.text), filling.source
    return Section(
        minutes=minutes,
        step=key.step,
        field=key.field,
        child_id=key.child,
        professional_id=key.professional,
        text=text,
        source=source[:200] if text or key.professional else "",
        marking=Marking.POLICE_SENSITIVE if agenda.is_police(key) else filling.marking,
        version=1 if text else 0,
        updated_at=at if text else None,
    )


def make_room_to_speak(minutes: Minutes, professional: Professional, at: datetime) -> None:
    """Give somebody who was not expected a cell for what they contribute, where the agenda has such cells.

    It begins with what they sent already, as the cells of those who were expected did (row W24).
    """
    rules = rules_of(minutes.discussion)
    steps = [step.key for step in rules.agenda.value]
    for key in agenda.keys(steps, [], [professional.pk]):
        if key.professional is not None:
            cell, is_new = Section.objects.get_or_create(
                minutes=minutes, step=key.step, field=key.field, child=None, professional=professional
            )
            if is_new and key.field == CONTRIBUTION and rules.prefill_record.value:
                sent = minutes.discussion.information.filter(professional=professional)
                for asked in sent.select_related("professional__agency"):
                    _fill(cell, _contribution(asked), at)


def _known(discussion: Discussion) -> Iterator[tuple[agenda.Key, Filling]]:
    """What the request, earlier discussions and the agencies have already said, by cell."""
    request = discussion.request
    source = f"From the strategy request of {request.requester.name}"
    reasons = "\n\n".join(text for text in (request.threshold_reason, request.harm_summary) if text.strip())
    yield agenda.Key("reasons", "reasons"), Filling(reasons, source)
    involvement = "\n".join(filter(None, [request.previous_involvement, *_earlier(discussion)]))
    yield agenda.Key("reasons", "involvement"), Filling(involvement, f"{source} and earlier discussions")
    lived = [
        f"{child.name} lived before at: {one_line(child.previous_addresses)}"
        for child in request.children.order_by("pk")
        if child.previous_addresses.strip()
    ]
    yield (
        agenda.Key("reasons", "other_areas"),
        Filling("\n".join(filter(None, [request.other_areas, *lived])), source),
    )
    asked = discussion.information.select_related("professional__agency").prefetch_related(
        "passages", "files"
    )
    for one in asked:
        yield agenda.Key("information", CONTRIBUTION, professional=one.professional_id), _contribution(one)


def _earlier(discussion: Discussion) -> list[str]:
    """One line for each decision of this case's earlier discussions."""
    decisions = Decision.objects.filter(
        discussion__case=discussion.case, discussion__number__lt=discussion.number
    ).select_related("child", "discussion")
    return [
        f"Discussion {one.discussion.number}, {_day(one.discussion.started_at)}: "
        f"{one.child.name}, {one.get_outcome_display().lower()}"
        for one in decisions
    ]


def _contribution(asked: InformationRequest) -> Filling:
    """The agency's words with who may read each; the strictest marking holds for the whole cell (row G12).

    What is saved and not sent yet is the agency's own still.
    """
    if not asked.is_answered:
        return Filling()
    parts = [one for one in asked.passages.all() if one.text.strip() or one.holding]
    files = [one for one in asked.files.all() if one.may_be_kept]
    passages = [_passage(one) for one in parts]
    if files:
        passages.append("Files\n" + "\n".join(f"{one.name}{_marked(one.marking)}" for one in files))
    marking = strictest(one.marking for one in (*[part for part in parts if part.text.strip()], *files))
    person = asked.professional
    said = f"{person.name}, {person.agency}: {asked.get_status_display().lower()}"
    if asked.answered_at is not None:
        said += f", {_day(asked.answered_at)}" + (f", {asked.answered_how}" if asked.answered_how else "")
        said += f", from {asked.answered_from}" if asked.answered_from else ""
    if not passages and asked.status == InformationStatus.NONE_HELD:
        passages = [NOTHING_HELD]
    return Filling("\n\n".join(passages), said, marking)


def _passage(one: Passage) -> str:
    words = one.text if one.text.strip() else one.get_holding_display()
    return f"{one.heading}{_marked(one.marking) if one.text.strip() else ''}\n{words}"


def _marked(marking: str) -> str:
    """A passage that not everybody may read says so where it stands, also beside others in one cell."""
    told = marking in (Marking.POLICE_SENSITIVE, Marking.THIRD_PARTY)
    return f" ({Marking(marking).label.lower()})" if told else ""


def take_in_information(asked: InformationRequest, at: datetime) -> None:
    """Bring what an agency sent after the record was opened into its cell, while nobody wrote there.

    Registered as a hook of the room that asks: the discussion is locked. A person’s words are never
    replaced: they stand, and the page of what the agencies told shows the rest.
    """
    record = Minutes.objects.filter(
        discussion=asked.discussion_id, status__in=(MinutesStatus.OPENED, MinutesStatus.LIVE)
    )
    minutes = record.select_related("discussion__request__protocol").first()
    if minutes is None or not rules_of(minutes.discussion).prefill_record.value:
        return
    if asked.is_answered:
        make_room_to_speak(minutes, asked.professional, at)
    theirs = minutes.sections.filter(professional=asked.professional_id, field=CONTRIBUTION, updated_by=None)
    for cell in theirs.select_for_update(of=("self",)):
        _fill(cell, _contribution(asked), at)
    changed(minutes)


def _fill(cell: Section, filling: Filling, at: datetime) -> None:
    """Write a filling into a cell that holds none of anybody's own words; a kept version where it differs."""
    text, source = clean(filling.text), filling.source[:200]
    if (text, source) == (cell.text, cell.source):
        return
    is_other = text != cell.text
    cell.text, cell.source, cell.marking = text, source, filling.marking
    if is_other:
        cell.version, cell.updated_at = cell.version + 1, at
        SectionVersion.objects.create(section=cell, version=cell.version, text=text, by=None, at=at)
    cell.save(update_fields=["text", "source", "marking", "version", "updated_at"])


def pass_on_cells(discussion: Discussion, old: Professional, new: Professional) -> None:
    """The cells of who was asked are those of who took it over; a hook, as above. Words in them stay."""
    cells = Section.objects.filter(
        minutes__discussion=discussion, minutes__status__in=(MinutesStatus.OPENED, MinutesStatus.LIVE)
    )
    theirs = cells.filter(professional=old)
    if cells.filter(professional=new).exists() or not theirs.exists():
        return
    minutes = Minutes.objects.get(discussion=discussion)
    theirs.update(professional=new)
    changed(minutes)


def _day(at: datetime | None) -> str:
    return plain_date(at) if at else "not held"


# --- Before the start ---------------------------------------------------------


@transaction.atomic
def check_before_start(minutes: Minutes, *, by: User, at: datetime) -> Minutes:
    """The chair says that they looked at the record before the discussion (row B02)."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_check_before(by, record.discussion, at))
    if record.status != MinutesStatus.OPENED:
        raise MoveNotAllowed("The discussion has started: the record can no longer be checked before it.")
    record.checked_before_by, record.checked_before_at = by, at
    record.save(update_fields=["checked_before_by", "checked_before_at"])
    changed(record)
    audit.record(events.RECORD_CHECKED_BEFORE, record.discussion.case, subject=record, by=by, at=at)
    return record


@transaction.atomic
def tick_step(minutes: Minutes, step: str, *, done: bool, by: User, at: datetime) -> Minutes:
    """Tick an agenda step, or take the tick off. The order is the chair's: nothing locks (B03 to B12)."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_run(by, record.discussion, at))
    if step not in {one.key for one in rules_of(record.discussion).agenda.value}:
        raise Refused("step", "This step is not on the agenda.")
    ticks = StepTick.objects.filter(minutes=record, step=step)
    if done == ticks.exists():
        return record
    if done:
        StepTick.objects.create(minutes=record, step=step, by=by, at=at)
    else:
        ticks.delete()
    changed(record)
    event = events.STEP_TICKED if done else events.STEP_UNTICKED
    audit.record(event, record.discussion.case, subject=record, by=by, at=at, data={"step": step})
    return record


@transaction.atomic
def name_allocated_worker(minutes: Minutes, worker: User, number: str, *, by: User, at: datetime) -> Minutes:
    """Name the allocated social worker with the number everybody is given (row B12). Raises Refused."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    number = one_line(number)
    if not 5 <= len(number) <= 40 or not any(letter.isdigit() for letter in number):
        raise Refused("allocated_number", "Enter a telephone number, such as 01632 960123")
    record.allocated_worker, record.allocated_number = worker, number
    record.save(update_fields=["allocated_worker", "allocated_number"])
    changed(record)
    data: dict[str, Any] = {"worker": worker.pk}
    audit.record(events.ALLOCATED, record.discussion.case, subject=record, by=by, at=at, data=data)
    return record
