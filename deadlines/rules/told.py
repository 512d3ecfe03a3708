"""From JSON, as somebody tells it, to `Facts`: whatever is wrong is one line that names the field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from deadlines.enums import Forensic, Trigger
from deadlines.rules.facts import CIRCUMSTANCES, DISCUSSIONS, MEETINGS, Facts, Held
from deadlines.working_days import LONDON

E = TypeVar("E", bound=StrEnum)
_DAY_AND_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_MOMENT = re.compile(_DAY_AND_TIME + r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?")
_FIELDS = {
    "protocol",
    "trigger",
    "triggered_at",
    "referral_received_at",
    "requested_at",
    "circumstances",
    "learned_at",
    "forensic_evidence_needed",
    "planned_discharge_at",
    "discussions",
}
_DISCUSSION_FIELDS = {"started_at", "ended_at", "format", "quorate", "quorate_at", "initiated_s47"}
EARLIEST, LATEST = 2, 9990  # years: every limit still ends inside the calendar
EXAMPLE = "2026-12-24T16:30:00+00:00"


class BadFactError(ValueError):
    """A fact that cannot be; reads "field: why" on one line."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class Repeated(dict[str, Any]):
    """A JSON object in which a key came twice; which of the two was meant nobody can know."""

    key = ""


def pairs(told: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep an object's pairs, remembering a key that came twice (for `json.loads`)."""
    kept = dict(told)
    if len(kept) == len(told):
        return kept
    repeated = Repeated(kept)
    names = [key for key, _ in told]
    repeated.key = next(key for key in names if names.count(key) > 1)
    return repeated


def read_facts(told: Any) -> tuple[str, Facts]:
    """The protocol's slug and the facts; raises `BadFactError` naming the field."""
    table = _object(told, "facts", _FIELDS)
    for name in ("protocol", "trigger", "triggered_at"):
        if name not in table:
            raise BadFactError(name, "is missing")
    slug = table["protocol"]
    if not isinstance(slug, str):
        raise BadFactError("protocol", f"{shown(slug)} is not the short name of a protocol")
    trigger = _one(Trigger, table["trigger"], "trigger")
    triggered = read_moment(table["triggered_at"], "triggered_at")
    received = _optional_moment(table, "referral_received_at")
    return slug, Facts(
        trigger=trigger,
        triggered_at=triggered,
        referral_received_at=triggered if received is None and trigger == Trigger.REFERRAL else received,
        requested_at=_optional_moment(table, "requested_at"),
        circumstances=_circumstances(table.get("circumstances", [])),
        learned_at=_learned(table.get("learned_at", {})),
        forensic=_one(Forensic, table.get("forensic_evidence_needed", "unknown"), "forensic_evidence_needed"),
        planned_discharge_at=_optional_moment(table, "planned_discharge_at"),
        discussions=_discussions(table.get("discussions", [])),
    )


def read_moment(told: Any, field: str) -> datetime:
    """A moment in UTC out of ISO text; without an offset it is London time.

    The hour that is missing when clocks go forward is refused; of the hour that comes twice the first is
    taken, which gives the earlier deadline (docs/adr/0011).
    """
    if not isinstance(told, str) or not _MOMENT.fullmatch(told):
        raise BadFactError(field, f"{shown(told)} is not a date and time such as {EXAMPLE}")
    if not EARLIEST <= int(told[:4]) <= LATEST:
        raise BadFactError(field, f"{shown(told)} is too far away to count from")
    try:
        moment = datetime.fromisoformat(told)
        return (in_london(moment, field) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        if isinstance(wrong, BadFactError):
            raise
        raise BadFactError(field, f"{shown(told)} is not a possible date and time") from wrong


def in_london(naive: datetime, field: str) -> datetime:
    """A wall-clock time as London time; raises `BadFactError` for an hour that the clock change skipped."""
    local = naive.replace(tzinfo=LONDON)
    if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != naive:
        raise BadFactError(
            field, f"{naive.isoformat()} does not exist in London: the clocks went forward then"
        )
    return local


def shown(value: Any) -> str:
    """A value as JSON, safe for one line and not too long."""
    try:
        text = json.dumps(value)
    except (ValueError, RecursionError):
        text = "this value"
    return text if len(text) <= 60 else text[:57] + "..."


def _object(told: Any, field: str, known: set[str]) -> Mapping[str, Any]:
    """The fields that were told; null is not told, as many programs write what they do not know."""
    if not isinstance(told, dict):
        raise BadFactError(field, "must be an object")
    prefix = "" if field == "facts" else f"{field}."
    if isinstance(told, Repeated):
        raise BadFactError(f"{prefix}{_name(told.key)}", "is given twice")
    for name in told:
        if name not in known:
            raise BadFactError(f"{prefix}{_name(name)}", "is not a known field")
    return {name: value for name, value in told.items() if value is not None}


def _name(key: str) -> str:
    """A field's name as told, made safe for one line."""
    return shown(key)[1:-1] if len(key) <= 50 else shown(key[:50])[1:-1] + "..."


def _one(kind: type[E], told: Any, field: str) -> E:
    if not isinstance(told, str) or told not in {member.value for member in kind}:
        raise BadFactError(field, f"{shown(told)} is none of {', '.join(kind)}")
    return kind(told)


def _list(told: Any, field: str) -> list[Any]:
    if not isinstance(told, list):
        raise BadFactError(field, "must be a list")
    return told


def _circumstance(told: Any, field: str) -> str:
    if not isinstance(told, str) or told not in CIRCUMSTANCES:
        raise BadFactError(field, f"{shown(told)} is not a known circumstance")
    return told


def _circumstances(told: Any) -> frozenset[str]:
    return frozenset(_circumstance(one, "circumstances") for one in _list(told, "circumstances"))


def _learned(told: Any) -> dict[str, datetime]:
    if not isinstance(told, dict):
        raise BadFactError("learned_at", "must be an object of circumstance and moment")
    if isinstance(told, Repeated):
        raise BadFactError(f"learned_at.{_name(told.key)}", "is given twice")
    known = {_circumstance(name, "learned_at"): moment for name, moment in told.items()}
    return {
        name: read_moment(moment, f"learned_at.{name}")
        for name, moment in known.items()
        if moment is not None
    }


def _optional_moment(table: Mapping[str, Any], name: str, prefix: str = "") -> datetime | None:
    told = table.get(name)
    return None if told is None else read_moment(told, prefix + name)


def _flag(table: Mapping[str, Any], name: str, prefix: str, default: bool = False) -> bool:
    told = table.get(name, default)
    if not isinstance(told, bool):
        raise BadFactError(prefix + name, f"{shown(told)} is neither true nor false")
    return told


def _discussions(told: Any) -> tuple[Held, ...]:
    entries = _list(told, "discussions")
    return tuple(_discussion(entry, place) for place, entry in enumerate(entries))


def _discussion(told: Any, place: int) -> Held:
    prefix = f"discussions[{place}]."
    table = _object(told, prefix[:-1], _DISCUSSION_FIELDS)
    if "started_at" not in table:
        raise BadFactError(f"{prefix}started_at", "is missing")
    started = read_moment(table["started_at"], f"{prefix}started_at")
    quorate_at = _optional_moment(table, "quorate_at", prefix)
    is_quorate = _flag(table, "quorate", prefix, default=quorate_at is not None)
    return Held(
        started_at=started,
        ended_at=_optional_moment(table, "ended_at", prefix),
        format=_format(table["format"], f"{prefix}format") if "format" in table else "",
        quorate_at=(quorate_at or started) if is_quorate else None,
        initiated_s47=_flag(table, "initiated_s47", prefix),
        place=place,
    )


def _format(told: Any, field: str) -> str:
    if not isinstance(told, str) or told not in (*MEETINGS, *DISCUSSIONS):
        raise BadFactError(field, f"{shown(told)} is none of {', '.join((*MEETINGS, *DISCUSSIONS))}")
    return told
