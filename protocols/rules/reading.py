"""From a dictionary (TOML or JSON) to a `Protocol`; what is unknown or too weak is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, time
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from protocols import enums
from protocols.rules.floor import check_floor, check_together
from protocols.rules.limits import LimitError, parse_limit
from protocols.rules.problems import ProtocolProblem
from protocols.rules.settings import (
    AgendaStep,
    Blocked,
    Heading,
    LadderStage,
    ParentProcedure,
    Protocol,
    Routing,
    Setting,
    Starts,
    Statute,
)

E = TypeVar("E", bound=StrEnum)
Reader = Callable[[Any], Any]
_HEADING_KEYS = {
    "slug", "title", "version", "inherits", "source", "effective_from", "review_on", "statutes", "parents",
    "force", "settings",
}  # fmt: skip
_ROW = re.compile(r"[A-Z][0-9]{2}[a-z]?")
_SLUG = re.compile(r"[a-z0-9-]{1,60}")
_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
LONGEST_TITLE = 200
_SETTING_KEYS = {"value", "clause", "rows", "severity", "local_default", "confirmed", "origin"}


class _BadValueError(ValueError):
    """The value of one setting cannot be read; the message completes "name: …"."""


# Settings that came after authorities had published versions: what held until then, for those versions.
LATER: dict[str, dict[str, Any]] = {
    "countersign_limit": {
        "value": "working_days(1)",
        "rows": ["W17"],
        "severity": "warn",
        "local_default": True,
    },
    "night_handover_at": {"value": "09:00", "rows": ["W08"], "severity": "warn", "local_default": True},
}


def completed(data: Mapping[str, Any]) -> dict[str, Any]:
    """A whole protocol as it was kept, with the settings that there were not yet when it was written."""
    return {**data, "settings": {**deepcopy(LATER), **data["settings"]}}


def read_protocol(data: Mapping[str, Any]) -> Protocol:
    """Read a whole, already merged protocol; raises `ProtocolProblem` with field and sentence."""
    _only(data, _HEADING_KEYS, "")
    heading = _heading(data)
    told = _table(data.get("settings"), "settings")
    _only(told, set(SETTINGS), "settings.")
    values: dict[str, Any] = {}
    for name, reader in SETTINGS.items():
        if name not in told:
            raise ProtocolProblem(
                f"settings.{name}", f"{name} is missing; every setting must be given or inherited."
            )
        values[name] = _setting(name, told[name], reader, heading)
    protocol = Protocol(heading=heading, **values)
    check_floor(protocol)
    check_together(protocol)
    return protocol


def merge(child: Mapping[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
    """The child's document with every setting it leaves unset taken from its parent, origin noted."""
    merged = {key: value for key, value in child.items() if key != "inherits"}
    own = _table(child.get("settings", {}), "settings")
    inherited = _table(parent.get("settings", {}), "settings")
    merged["settings"] = {**_with_origin(inherited, parent), **_with_origin(own, child)}
    merged["force"] = {**_table(parent.get("force", {}), "force"), **_table(child.get("force", {}), "force")}
    for key in ("statutes", "parents"):
        merged.setdefault(key, parent.get(key, []))
    return merged


def _with_origin(settings: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    source = document.get("source", "")
    return {
        name: {"origin": source, **entry} if isinstance(entry, Mapping) else entry
        for name, entry in settings.items()
    }


def _heading(data: Mapping[str, Any]) -> Heading:
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ProtocolProblem("version", "version must be a whole number from 1.")
    force = _table(data.get("force", {}), "force")
    for row in force:
        if not _ROW.fullmatch(row):
            raise ProtocolProblem(f"force.{row}", f"force: {row!r} is no row; write for example W13.")
    slug, title = _heading_text(data, "slug"), _heading_text(data, "title")
    if not _SLUG.fullmatch(slug):
        raise ProtocolProblem("slug", "slug may hold up to 60 small letters, digits and hyphens.")
    if len(title) > LONGEST_TITLE:
        raise ProtocolProblem("title", f"title may be at most {LONGEST_TITLE} characters long.")
    return Heading(
        slug=slug,
        title=title,
        version=version,
        source=_heading_text(data, "source"),
        effective_from=_day(data, "effective_from"),
        review_on=_day(data, "review_on"),
        statutes=tuple(
            Statute(_words(one, "title"), _words(one, "superseded_by", optional=True))
            for one in _tables(data, "statutes", {"title", "superseded_by"})
        ),
        parents=tuple(
            ParentProcedure(_words(one, "title"), _address(one), _words(one, "row", optional=True))
            for one in _tables(data, "parents", {"title", "url", "row"})
        ),
        force={
            row: _at(f"force.{row}", partial(_one(enums.Severity), value)) for row, value in force.items()
        },
    )


def _setting(name: str, entry: Any, reader: Reader, heading: Heading) -> Setting[Any]:
    field = f"settings.{name}"
    table = _table(entry, field)
    _only(table, _SETTING_KEYS, f"{field}.")
    if "value" not in table:
        raise ProtocolProblem(field, f"{name} has no value.")
    rows = table.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, str) and _ROW.fullmatch(row) for row in rows):
        raise ProtocolProblem(field, f'{name}: rows must be a list such as ["W30"].')
    return Setting(
        name=name,
        value=_at(field, lambda: reader(table["value"]), name),
        clause=_at(field, lambda: _text(table.get("clause", ""), empty=True), f"{name}: clause"),
        rows=tuple(rows),
        severity=_at(field, lambda: _one(enums.Severity)(table.get("severity", "info")), f"{name}: severity"),
        local_default=_at(field, lambda: _yes(table.get("local_default", False)), f"{name}: local_default"),
        confirmed=_at(field, lambda: _yes(table.get("confirmed", False)), f"{name}: confirmed"),
        origin=_at(field, lambda: _text(table.get("origin", heading.source)), f"{name}: origin"),
    )


def _at(field: str, read: Callable[[], Any], name: str = "") -> Any:
    try:
        return read()
    except (_BadValueError, LimitError) as wrong:
        raise ProtocolProblem(field, f"{name or field}: {wrong}") from wrong


def _only(table: Mapping[str, Any], known: set[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise ProtocolProblem(f"{prefix}{key}", f"{prefix}{key} is not a known key; check its spelling.")


def _table(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ProtocolProblem(field, f"{field} must be a table.")
    return value


def _tables(data: Mapping[str, Any], key: str, known: set[str]) -> list[Mapping[str, Any]]:
    entries = data.get(key, [])
    if not isinstance(entries, list):
        raise ProtocolProblem(key, f"{key} must be a list of tables.")
    for entry in entries:
        _only(_table(entry, key), known, f"{key}.")
    return entries


def _words(table: Mapping[str, Any], key: str, *, optional: bool = False) -> str:
    return str(_at(key, lambda: _text(table.get(key, ""), empty=optional)))


def _address(table: Mapping[str, Any]) -> str:
    url = _words(table, "url", optional=True)
    if url and not url.startswith(("https://", "http://")):
        raise ProtocolProblem("parents", f"parents: {url[:60]!r} must begin with https://, or be empty.")
    return url


def _heading_text(data: Mapping[str, Any], key: str) -> str:
    return str(_at(key, lambda: _text(data.get(key))))


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else _is_day(value)
    except ValueError as wrong:
        raise ProtocolProblem(key, f"{key} must be a date such as 2026-11-23.") from wrong


def _is_day(value: Any) -> date | None:
    if value is None or value == "" or type(value) is date:
        return value or None
    raise ValueError(value)


def _text(value: Any, *, empty: bool = False) -> str:
    if not isinstance(value, str) or (not value.strip() and not empty):
        raise _BadValueError("it must be a text.")
    if any(ord(letter) < 32 and letter not in "\t\r\n" for letter in value):
        raise _BadValueError("it holds a control character, which no page could show.")
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _BadValueError("it must be true or false.")
    return value


def _percent(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100:
        raise _BadValueError("it must be a whole number of per cent from 1 to 100.")
    return value


def _hour(value: Any) -> time:
    if not isinstance(value, str) or not _HOUR.fullmatch(value):
        raise _BadValueError("it must be a time of day such as 09:00.")
    return time.fromisoformat(value)


def _maybe(reader: Reader) -> Reader:
    """ "off" switches a rule off."""
    return lambda value: None if value == "off" else reader(value)


def _one(kind: type[E]) -> Callable[[Any], E]:
    def read(value: Any) -> E:
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            raise _BadValueError(f"{value!r} is none of {', '.join(kind)}.")
        return kind(value)

    return read


def _some(kind: type[E]) -> Reader:
    def read(value: Any) -> tuple[E, ...]:
        if not isinstance(value, list):
            raise _BadValueError("it must be a list.")
        found = tuple(_one(kind)(item) for item in value)
        if len(set(found)) != len(found):
            raise _BadValueError("it names something twice.")
        return found

    return read


def _each(
    read_one: Callable[[Mapping[str, Any]], Any], known: set[str], optional: frozenset[str] = frozenset()
) -> Reader:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise _BadValueError("it must be a list of tables.")
        return tuple(read_one(_known(item, known, optional)) for item in value)

    return read


def _known(table: Any, known: set[str], optional: frozenset[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(table, Mapping) or set(table) - optional != known:
        raise _BadValueError(f"it must give exactly {', '.join(sorted(known))}.")
    return table


def _starts(value: Any) -> Starts:
    table = _known(value, {"routine", "same_day", "complex"})
    start = _one(enums.ClockStart)
    return Starts(start(table["routine"]), start(table["same_day"]), start(table["complex"]))


def _step(table: Mapping[str, Any]) -> AgendaStep:
    return AgendaStep(
        *(_text(table[key], empty=key == "clause") for key in ("key", "title", "guidance", "clause"))
    )


def _stage(table: Mapping[str, Any]) -> LadderStage:
    limit = _maybe(parse_limit)(table["limit"])
    return LadderStage(
        name=_text(table["name"]),
        from_role=_text(table["from_role"]),
        to_role=_text(table["to_role"]),
        limit=limit,
        form=_text(table.get("form", ""), empty=True),
    )


def _blocked(table: Mapping[str, Any]) -> Blocked:
    return Blocked(_one(enums.Circumstance)(table["reason"]), _text(table["pathway"]))


def _routing(value: Any) -> Routing:
    table = _known(value, {"open_case", "not_open"})
    return Routing(_text(table["open_case"]), _text(table["not_open"]))


_roles = _some(enums.RoleName)
_circumstances = _some(enums.Circumstance)
SETTINGS: dict[str, Reader] = {
    "routine_limit": parse_limit,
    "routine_also_show": _maybe(parse_limit),
    "clock_start": _starts,
    "trigger_meaning": _text,
    "quorum_roles": _some(enums.QuorumRole),
    "quorum_distinct": _yes,
    "chair_roles": _roles,
    "minute_opener_roles": _roles,
    "prefill_record": _yes,
    "allowed_formats": _some(enums.Format),
    "discussion_reasons": _circumstances,
    "telephone_urgent_only": _yes,
    "direct_numbers_required": _yes,
    "meeting_only_types": _circumstances,
    "multi_agency_meeting": _yes,
    "complex_limit": _maybe(parse_limit),
    "complex_types": _circumstances,
    "followup_rule": _one(enums.FollowUp),
    "followup_limit": _maybe(parse_limit),
    "reviews_need_new_information": _yes,
    "request_authoriser_roles": _roles,
    "signoff": _some(enums.SignOff),
    "distribution_limit": parse_limit,
    "recipients": _one(enums.Recipients),
    "routing": _maybe(_routing),
    "child_seen_limit": _maybe(parse_limit),
    "laming_required": _yes,
    "required_record": _some(enums.RecordPart),
    "agenda": _each(_step, {"key", "title", "guidance", "clause"}),
    "referrer_first": _yes,
    "same_day_rule": _yes,
    "emergency_rule": _yes,
    "hospital_rule": _yes,
    "immediate_protection_limit": parse_limit,
    "immediate_protection_role": _one(enums.RoleName),
    "blocked_reasons": _each(_blocked, {"reason", "pathway"}),
    "screening_required": _circumstances,
    "high_rating_prompts": _yes,
    "external_system": lambda value: _text(value, empty=True),
    "escalation_stages": _each(_stage, {"name", "from_role", "to_role", "limit"}, frozenset({"form"})),
    "partners_may_escalate": _yes,
    "icpc_limit": parse_limit,
    "assessment_limit": parse_limit,
    "authorise_limit": parse_limit,
    "authorise_limit_same_day": parse_limit,
    "information_lead": parse_limit,
    "agree_record_percent": _percent,
    "chair_check_percent": _percent,
    "police_protection_limit": parse_limit,
    "undecided_limit": parse_limit,
    "countersign_limit": parse_limit,
    "night_handover_at": _hour,
}
