"""Opening the record before the meeting, pre-filled with what is known (rows B02, W24), and looking at it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from attendees.enums import Marking
from attendees.models import InformationRequest, Professional
from attendees.services.attendance import expected
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from cases.models import Child
from cases.rules import kept_places
from govuk.moments import plain_date
from minutes import events
from minutes.enums import MinutesStatus
from minutes.models import Minutes, Section, StepTick
from minutes.permissions import meeting as permissions
from minutes.rules import agenda
from minutes.rules.text import clean, one_line
from minutes.services import passages
from minutes.services.earlier import follows
from minutes.services.passages import CONTRIBUTION, SPOKEN, Filling, Spot
from protocols.rules.settings import Protocol
from strategy.enums import DiscussionStatus
from strategy.models import Decision, Discussion

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
    prefills = rules.prefill_record.value
    known = dict(_known(discussion)) if prefills else {}
    sent = dict(_sent(discussion)) if prefills else {}
    asked = list(
        agenda.keys(
            steps,
            [child.pk for child in children],
            [person.pk for person in people],
            follow_up=follows(discussion),
        )
    )
    speakers = {key.professional for key in asked if key.field == CONTRIBUTION}
    cells = [_cell(minutes, key, _filling(key, known, sent), at) for key in asked]
    more = [
        passages.new_cell(minutes, whose, spot, filling, at)
        for whose, told in sent.items()
        for spot, filling in told.items()
        if whose in speakers and spot != SPOKEN
    ]
    return passages.keep_new([*cells, *more], at)


def _filling(
    key: agenda.Key, known: Mapping[agenda.Key, Filling], sent: Mapping[int, Mapping[Spot, Filling]]
) -> Filling:
    if key.field == CONTRIBUTION and key.professional is not None:
        return sent.get(key.professional, {}).get(SPOKEN, Filling())
    return known.get(key, Filling())


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

    Beside it stands what they sent already, as with those who were expected (row W24).
    """
    rules = rules_of(minutes.discussion)
    steps = [step.key for step in rules.agenda.value]
    for key in agenda.keys(steps, [], [professional.pk]):
        if key.professional is not None:
            _, is_new = Section.objects.get_or_create(
                minutes=minutes, step=key.step, field=key.field, child=None, professional=professional,
                heading="", place=0,
            )  # fmt: skip
            if is_new and key.field == CONTRIBUTION and rules.prefill_record.value:
                sent = minutes.discussion.information.filter(professional=professional)
                for asked in sent.select_related("professional__agency"):
                    passages.take_in(minutes, asked, at)


def make_room_for_child(minutes: Minutes, child: Child, at: datetime) -> None:
    """Give a child who joins a cell for each thing the agenda asks of a child, and tell its history.

    What is told of all children is filled anew where nobody has written a word of their own (row W24).
    """
    discussion, rules = minutes.discussion, rules_of(minutes.discussion)
    steps = [step.key for step in rules.agenda.value]
    asked = agenda.keys(steps, [child.pk], [], follow_up=follows(discussion))
    there = set(minutes.sections.filter(child=child).values_list("step", "field"))
    new = [key for key in asked if key.child is not None and (key.step, key.field) not in there]
    Section.objects.bulk_create([_cell(minutes, key, Filling(), at) for key in new])
    if rules.prefill_record.value:
        known = dict(_known(discussion))
        for cell in minutes.sections.filter(step="reasons", child=None, professional=None, updated_by=None):
            filling = known.get(agenda.Key(cell.step, cell.field))
            if filling is not None:
                passages.fill(cell, filling, at)
    changed(minutes)


def _known(discussion: Discussion) -> Iterator[tuple[agenda.Key, Filling]]:
    """What the request, earlier discussions and the agencies have already said, by cell."""
    request = discussion.request
    source = f"From the strategy request of {request.requester.name}"
    reasons = "\n\n".join(text for text in (request.threshold_reason, request.harm_summary) if text.strip())
    yield agenda.Key("reasons", "reasons"), Filling(reasons, source)
    involvement = "\n".join(filter(None, [request.previous_involvement, *_earlier(discussion)]))
    yield agenda.Key("reasons", "involvement"), Filling(involvement, f"{source} and earlier discussions")
    children = list(request.children.order_by("pk"))
    kept = kept_places(children, discussion.case.family.all())  # the record is read by many: as on the sheet
    lived = [
        f"{child.name} lived before at: {one_line(child.previous_addresses)}"
        for child in children
        if child.previous_addresses.strip()
        and not (kept.hides(child) or kept.is_told_in(child.previous_addresses))
    ]
    yield (
        agenda.Key("reasons", "other_areas"),
        Filling("\n".join(filter(None, [request.other_areas, *lived])), source),
    )


def _sent(discussion: Discussion) -> Iterator[tuple[int, dict[Spot, Filling]]]:
    """What the agencies have already sent, by who sent it."""
    asked = discussion.information.select_related("professional__agency").prefetch_related(
        "passages", "files"
    )
    for one in asked:
        yield one.professional_id, passages.sent_by(one)


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


def take_in_information(asked: InformationRequest, at: datetime) -> None:
    """Bring what an agency sent after the record was opened into its cells, passage by passage.

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
    passages.take_in(minutes, asked, at)
    changed(minutes)


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
