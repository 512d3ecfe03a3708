"""The whole record at a moment, as plain data: what a version keeps, what is hashed, printed and compared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from attendees.enums import TAKES_PART, Marking
from attendees.models import Attendance, Signature
from audit.services import head
from cases.models import Child
from govuk.moments import clock_time, long_date, moment
from minutes.enums import ActionKind, ActionStatus, Answer
from minutes.models import (
    Action,
    ActionLog,
    Agreement,
    Arrangement,
    EarlierAnswer,
    Minutes,
    Section,
    SectionVersion,
)
from minutes.rules import agenda
from minutes.services.called import calls_of
from minutes.services.corrected import put_right_of, put_right_since
from minutes.services.decided import decisions_of, powers_of
from minutes.services.differing import dissents_of
from minutes.services.earlier import told_of_earlier
from minutes.services.gather import Gathered, gather
from minutes.services.passages import order_of
from minutes.services.plan import plan_of
from protocols.rules.settings import AgendaStep

FORMAT = "threshold-record/1"
MARKED = {
    Marking.SHARE: "May be shared with the family",
    Marking.POLICE_SENSITIVE: "Police-sensitive",
    Marking.THIRD_PARTY: "About a third party",
}


def content_of(minutes: Minutes, *, texts_at: datetime | None = None) -> dict[str, Any]:
    """Return the record as plain data, in words for people and ISO moments for machines.

    `texts_at`: give the sections' texts as they stood then, so that what was changed since can be shown.
    """
    discussion = minutes.discussion
    rows = gather(minutes)
    log = rows.logs[-1] if rows.logs else None
    signed = {
        one.attendance_id for one in rows.signatures if log is not None and one.document == log.document
    }
    people = {one.pk: one for one in rows.attendance}
    tip = head()
    return {
        "format": FORMAT,
        "authority": settings.AUTHORITY_NAME,
        "case": discussion.case.reference,
        "protocol": _protocol(minutes),
        "discussion": _discussion(minutes, rows),
        "agreed": _iso(minutes.agreed_at),
        "children": [_child(child, discussion.started_at) for child in rows.children],
        "allocated_worker": {
            "name": minutes.allocated_worker.name if minutes.allocated_worker else "",
            "number": minutes.allocated_number,
        },
        "attendance": [_attendance(one) for one in rows.attendance],
        **calls_of(rows),
        "steps": _steps(minutes, rows, texts_at),
        "decisions": decisions_of(rows),
        **powers_of(rows, discussion),
        "dissents": dissents_of(rows),
        "arrangements": [_arrangement(one, rows) for one in rows.arrangements],
        **told_of_earlier(discussion),
        **put_right_of(rows),
        "family_sharing": _family(rows),
        "sharing_plan": plan_of(rows),
        "actions": [_action(one, rows) for one in rows.actions],
        "agreements": _agreements(rows, minutes.round_ended_at),
        "action_log": {"number": log.number, "sha256": log.sha256} if log else {},
        "signatures": [_signature(one, people[one.attendance_id], log, rows) for one in rows.signatures],
        "unsigned": [
            {"name": one.name, "agency": one.agency_name}
            for one in rows.attendance
            if one.mode in TAKES_PART and one.pk not in signed
        ],
        "ledger_head": {"number": tip.number, "hash": tip.hash},
    }


def _protocol(minutes: Minutes) -> dict[str, Any]:
    rules = minutes.discussion.request.protocol.rules
    return {
        "slug": rules.slug,
        "version": rules.version,
        "title": rules.heading.title,
        "source": rules.heading.source,
    }


def _discussion(minutes: Minutes, rows: Gathered) -> dict[str, Any]:
    discussion = minutes.discussion
    confirmed = discussion.right_meeting_at
    return {
        "number": discussion.number,
        "format": discussion.get_format_display(),
        "is_meeting": discussion.is_meeting,
        "place": rows.place,
        "chair": rows.user(rows.booking.chair_id) if rows.booking else "",
        "minute_taker": rows.user(rows.booking.minute_taker_id) if rows.booking else "",
        "started_at": _iso(discussion.started_at),
        "started": _words(discussion.started_at),
        "ended_at": _iso(discussion.ended_at),
        "ended": _words(discussion.ended_at),
        "quorate": discussion.quorate_at is not None,
        "quorum": _quorum(minutes),
        **({"right_meeting": f"Confirmed at {clock_time(confirmed)}"} if confirmed else {}),
        **({"not_read_back": minutes.not_read_back} if minutes.not_read_back else {}),
    }


def _quorum(minutes: Minutes) -> str:
    discussion = minutes.discussion
    if discussion.quorate_at is not None:
        return f"Complete from {clock_time(discussion.quorate_at)}"
    return f"Never complete. {discussion.no_quorum_reason}".strip()


def _child(child: Child, on: datetime | None) -> dict[str, Any]:
    return {
        "id": child.pk,
        "name": child.name,
        "also_known_as": child.also_known_as,
        "unborn": child.is_unborn,
        "date_of_birth": child.date_of_birth.isoformat() if child.date_of_birth else None,
        "expected_date": child.expected_date.isoformat() if child.expected_date else None,
        "born": _born(child, on),
        # Only where there is any: a record without keeps the digest that it had.
        **({"authorities": ". ".join(child.authorities)} if child.authorities else {}),
    }


def _born(child: Child, on: datetime | None) -> str:
    if child.is_unborn and child.expected_date:
        return f"Expected on {_day(child.expected_date)}"
    if child.date_of_birth is None:
        return "Date of birth not known"
    age = child.age_on(on.date()) if on else None
    years = (
        ""
        if age is None
        else ", under 1 year old"
        if age == 0
        else f", {age} year{'' if age == 1 else 's'} old"
    )
    return f"Born on {_day(child.date_of_birth)}{years}"


def _attendance(one: Attendance) -> dict[str, Any]:
    times = [
        f"from {clock_time(came)}" + (f" until {clock_time(left)}" if left else "")
        for came, left in one.spans
    ]
    return {
        "id": one.pk,
        "name": one.name,
        "job_role": one.job_role,
        "agency": one.agency_name,
        "how": one.get_mode_display(),
        "took_part": one.mode in TAKES_PART,
        "can_decide": one.can_decide,
        "deputy_for": one.deputy_for,
        "times": " and ".join(times),
        "arrived_at": _iso(one.arrived_at),
        "left_at": _iso(one.left_at),
        # Only where there is any: a record without keeps the digest that it had.
        **({"away": [[_iso(moment) for moment in gap] for gap in one.away]} if one.away else {}),
    }


def _steps(minutes: Minutes, rows: Gathered, texts_at: datetime | None) -> list[dict[str, Any]]:
    sections = rows.sections
    texts = _texts_at(sections, texts_at) if texts_at else {section.pk: section.text for section in sections}
    people = {one.professional_id: f"{one.name}, {one.agency_name}" for one in rows.attendance}
    order = {child.pk: place for place, child in enumerate(rows.children)}
    steps = minutes.discussion.request.protocol.rules.agenda.value
    return [
        {
            "key": step.key,
            "title": step.title,
            "sections": [
                _section(section, texts[section.pk], people, rows)
                for section in _in_order(step, sections, order)
                if texts[section.pk].strip()
            ],
        }
        for step in steps
    ]


def _texts_at(sections: list[Section], at: datetime) -> dict[int, str]:
    """The text of each section as it was saved last at that moment; one saved only later was empty then."""
    saved = SectionVersion.objects.filter(section__in=sections, at__lte=at).order_by("section_id", "-version")
    kept = {one.section_id: one.text for one in saved.distinct("section_id")}
    first = {section.pk: section.text if section.version == 0 else "" for section in sections}
    return {section.pk: kept.get(section.pk, first[section.pk]) for section in sections}


def _in_order(step: AgendaStep, sections: list[Section], children: Mapping[int, int]) -> list[Section]:
    fields = [cell.name for cell in agenda.all_cells_of(step.key)]
    mine = [section for section in sections if section.step == step.key]
    spoken = order_of(mine)
    return sorted(
        mine,
        key=lambda one: (
            fields.index(one.field) if one.field in fields else len(fields),
            children.get(one.child_id or 0, 0),
            spoken(one),
        ),
    )


def _section(section: Section, text: str, people: Mapping[int, str], rows: Gathered) -> dict[str, Any]:
    who = rows.child(section.child_id)
    if section.professional_id:
        known = rows.professional(section.professional_id)
        who = people.get(section.professional_id) or f"{known['name']}, {known['agency']}"
    return {
        "id": section.pk,
        "field": section.field,
        "label": agenda.label_of(section.step, section.field, who, section.heading),
        "child_id": section.child_id,
        "text": text,
        "marking": section.marking,
        "tag": str(MARKED.get(Marking(section.marking), "")),
        "source": section.source,
    }


def _family(rows: Gathered) -> dict[str, Any]:
    """What the chair decided that the family is told; empty while nothing is."""
    one = rows.sharing
    if one is None:
        return {}
    told = f"{one.get_told_display()} {moment(one.until)}" if one.until else one.get_told_display()
    return {"told": told, "reason": one.reason, "what": one.what, "by": rows.user(one.by_id)}


def _arrangement(one: Arrangement, rows: Gathered) -> dict[str, Any]:
    member = rows.family.get(one.family_member_id or 0)
    return {
        "kind": one.about,
        "about": one.get_about_display(),
        "child_id": one.child_id,
        "member_id": one.family_member_id,
        "who": member.name if member else rows.child(one.child_id),
        "place": one.place,
        "at": _iso(one.at),
        "when": moment(one.at),
        "by_whom": rows.professional(one.by_whom_id)["name"],
    }


def _action(one: Action, rows: Gathered) -> dict[str, Any]:
    owner = rows.professional(one.agreed_owner_id or one.owner_id)  # what was agreed, whoever does it now
    return {
        "number": one.number,
        "child_id": one.child_id,
        "child": rows.child(one.child_id),
        "text": one.text,
        "owner": owner["name"],
        "owner_agency": owner["agency"],
        "due_at": _iso(one.due_at),
        "due": moment(one.due_at),
        "kind": one.get_kind_display() if one.kind != ActionKind.ORDINARY else "",
        "how_known": one.how_known,
        "forum": one.get_forum_display(),
        "struck_reason": one.struck_reason if one.status == ActionStatus.STRUCK else "",
    }


def _agreements(rows: Gathered, round_ended_at: datetime | None) -> list[dict[str, Any]]:
    said = {one.attendance_id: one for one in rows.agreements}
    asked = [one for one in rows.attendance if one.mode in TAKES_PART or one.pk in said]
    silence = f"Silent: no answer by {moment(round_ended_at)}" if round_ended_at else "No answer"
    late = put_right_since(rows, round_ended_at)
    return [
        _agreement(
            one, said.get(one.pk), rows, "No answer" if f"{one.name}, {one.agency_name}" in late else silence
        )
        for one in asked
    ]


def _agreement(person: Attendance, said: Agreement | None, rows: Gathered, silence: str) -> dict[str, Any]:
    who = {"name": person.name, "agency": person.agency_name}
    if said is None:
        return {**who, "answer": silence, "text": "", "resolution": ""}
    return {
        **who,
        **_said(said, rows),
        "open": said.answer != Answer.AGREES and not said.resolution,
        "at": _iso(said.at),
        "earlier": [
            {**_said(one, rows), "when": moment(one.at)}
            for one in rows.earlier
            if one.agreement_id == said.pk
        ],
    }


def _said(said: Agreement | EarlierAnswer, rows: Gathered) -> dict[str, Any]:
    """What somebody says or said; a correction by the name of its passage, never with its text."""
    return {
        "answer": said.get_answer_display(),
        "text": said.text,
        **({"passage": said.passage_name} if said.passage else {}),
        "resolution": _resolution(said, rows),
        "told": _how_told(said, rows),
    }


def _how_told(said: Agreement | EarlierAnswer, rows: Gathered) -> str:
    """How an answer came to whoever wrote it down; nothing for what people answered themselves."""
    return f"{said.how}, told to {rows.user(said.told_to_id)}" if said.told_to_id else ""


def _resolution(said: Agreement | EarlierAnswer, rows: Gathered) -> str:
    if not said.resolution or said.accepted is None:
        return said.resolution
    verb = "Taken up" if said.accepted else "Not taken up"
    return f"{verb} by {rows.user(said.resolved_by_id)}: {said.resolution}"


def _signature(one: Signature, person: Attendance, log: ActionLog | None, rows: Gathered) -> dict[str, Any]:
    current = log is not None and one.document == log.document
    return {
        "name": person.name,
        "agency": person.agency_name,
        "method": one.get_method_display(),
        "how": one.how,
        "witness": rows.user(one.witness_id),
        "at": _iso(one.at),
        "when": moment(one.at),
        "document_hash": one.document_hash,
        "log": "" if current else "Of an earlier version of the action log",
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _words(at: datetime | None) -> str:
    return moment(at) if at else "Not recorded"


def _day(day: Any) -> str:
    return long_date(day).split(" ", 1)[1]
