"""Writing the ledger and reading its seal. Called last in a service: the chain is locked until the commit."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import QuerySet

from audit import chain, events, refs
from audit.models import Entry, Tip

MOST_DATA = 8_000  # characters of `data`: room for ids and reasons, none for content


class OutsideTransactionError(RuntimeError):
    """An entry must stand or fall with its act: the caller forgot `@transaction.atomic`."""


@dataclass(frozen=True, slots=True)
class Note:
    """One entry waiting to be written; the same words as `record`."""

    event: str
    case: Any = None
    subject: Any = ""
    by: Any = None
    at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's number and seal: printed on minutes, so that a ledger cut later is found out."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def record(
    event: str,
    case: Any = None,
    *,
    subject: Any = "",
    by: Any,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> int:
    """Write one entry, in the transaction of its act, and return its number.

    `case` is a case or its reference; `subject` a row or text such as "request:12"; `by` a person, text, or
    None when the system acted; `at` is when it happened (aware). `data` holds ids, field names, counts and
    reasons, never content. Raises OutsideTransactionError, UnknownEventError, ValueError.
    """
    return record_many([Note(event, case, subject, by, at, data or {})])


def record_many(notes: Iterable[Note]) -> int:
    """Write a batch under one seal; returns the last number, 0 when there was nothing to write."""
    if not connection.in_atomic_block:
        raise OutsideTransactionError("an entry is written in the same transaction as its act")
    rows = [_row(note) for note in notes]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_append(%s::jsonb)", [json.dumps(rows, cls=DjangoJSONEncoder)])
        return int(cursor.fetchone()[0])


def record_read(
    event: str,
    case: Any = None,
    *,
    subject: Any = "",
    by: Any,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> int:
    """Write down that somebody was shown something; a read has no act, so it brings its own transaction.

    Called before the page is rendered: what cannot be written down is not shown.
    """
    if events.find(event).kind != events.READ:
        raise ValueError(f"{event} is registered as an act, not as a read")
    with transaction.atomic():
        return record(event, case, subject=subject, by=by, at=at, data=data)


def head() -> Head:
    """The number and seal of the last entry; number 0 and no seal for an empty ledger."""
    tip = Tip.objects.first()
    return Head(tip.number, bytes(tip.hash).hex()) if tip else Head(0, "")


def verify(known: Iterable[str | Head] = ()) -> list[chain.Finding]:
    """Read the whole ledger and name each entry that is not as it was written; none: it is sound.

    `known` are heads kept elsewhere (on minutes, in an export), as `Head` or "number:hash": only they betray
    an owner who cuts the tail and the tip with it.
    """
    with transaction.atomic():
        entries = _with_tip().iterator(chunk_size=2000)
        first = next(entries, None)
        tip = _tip_beside(first)
        if first is None and tip is not None and tip[0] > 0:  # perhaps the first was written in between
            entries = _with_tip().iterator(chunk_size=2000)
            first = next(entries, None)
            tip = _tip_beside(first)
        return chain.examine(
            (_line(entry) for entry in itertools.chain([first] if first else [], entries)),
            tip=tip,
            known=[chain.parse_head(str(one)) for one in known],
        )


def _with_tip() -> QuerySet[Entry]:
    """All entries, each with the tip as the same snapshot has it: entries are written while we read."""
    return Entry.objects.defer("data").extra(
        select={
            "data_text": "data::text",
            "tip_number": "(SELECT number FROM audit_tip)",
            "tip_hash": "(SELECT hash FROM audit_tip)",
        },
        order_by=["id"],
    )


def _tip_beside(first: Entry | None) -> tuple[int, bytes] | None:
    if first is None:
        tip = Tip.objects.first()
        return (tip.number, bytes(tip.hash)) if tip else None
    number, seal = vars(first)["tip_number"], vars(first)["tip_hash"]
    return None if number is None else (number, bytes(seal))


def _line(entry: Entry) -> chain.Line:
    return chain.Line(
        number=entry.id,
        words=_words(entry),
        recorded_at=entry.recorded_at,
        digest=bytes(entry.digest),
        previous=bytes(entry.previous_hash),
        seal=bytes(entry.hash),
    )


def _words(entry: Entry) -> tuple[str | None, ...]:
    """What is hashed of an entry beside its number, in the order of the SQL function."""
    return (
        entry.event,
        "true" if entry.is_read else "false",
        entry.case_ref,
        entry.subject,
        entry.by_ref,
        entry.by_name,
        chain.moment(entry.occurred_at),
        chain.moment(entry.recorded_at),
        str(vars(entry)["data_text"]),  # jsonb as PostgreSQL spells it, selected above
    )


def _row(note: Note) -> dict[str, Any]:
    event = events.find(note.event)
    if note.at is None or note.at.tzinfo is None:
        raise ValueError("an entry needs the moment it happened, with its zone")
    if len(json.dumps(note.data, cls=DjangoJSONEncoder)) > MOST_DATA:
        raise ValueError(f"{event.name}: the ledger keeps references and reasons, not content")
    row: dict[str, Any] = {
        "event": event.name,
        "is_read": event.kind == events.READ,
        "case_ref": refs.case_ref(note.case),
        "subject": refs.ref(note.subject),
        "by_ref": refs.by_ref(note.by),
        "by_name": refs.by_name(note.by),
        "occurred_at": note.at.isoformat(),
        "data": note.data,
    }
    return {key: _without_nul(value) for key, value in row.items()}


def _without_nul(value: Any) -> Any:
    """PostgreSQL's text holds no NUL; one in a pasted reason must not undo the act."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nul(item) for item in value]
    return value
