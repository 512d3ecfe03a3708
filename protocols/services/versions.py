"""Drafting and publishing an authority's local procedure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max

from audit import events
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.refs import by_ref
from audit.services import record
from protocols import permissions
from protocols.models import LocalProtocol
from protocols.presets import preset_data
from protocols.rules import drafting
from protocols.rules.problems import ProtocolProblem
from protocols.rules.reading import read_protocol

if TYPE_CHECKING:
    from accounts.models import User

DRAFTED = events.register("protocol.drafted", "Local procedure drafted")
PUBLISHED = events.register("protocol.published", "Local procedure published")
LONDON = ZoneInfo("Europe/London")


@transaction.atomic
def draft(data: Mapping[str, Any], *, by: User | None, at: datetime, effective_from: date) -> LocalProtocol:
    """Keep a new version of a procedure, not yet in force; the number follows the last one of its slug.

    Raises `Refused` with the field and one sentence when the document cannot stand (unknown key, zero limit,
    weaker than the national floor), `NotAllowed` for anybody but an administrator.
    """
    refuse(permissions.refusal_to_change(by) if by else None)
    document = as_json({**data, "version": 1, "effective_from": effective_from})
    rules = _checked(document)
    last = LocalProtocol.objects.filter(slug=rules.slug).aggregate(last=Max("version"))["last"] or 0
    document["version"] = last + 1
    try:
        with transaction.atomic():
            version = LocalProtocol.objects.create(
                slug=rules.slug,
                version=last + 1,
                title=rules.heading.title,
                data=document,
                effective_from=effective_from,
                review_on=rules.heading.review_on,
            )
    except IntegrityError as taken:
        raise Refused(None, "Somebody else drafted a version at the same moment; try again.") from taken
    record(
        DRAFTED,
        subject=_subject(version),
        by=by,
        at=at,
        data={"slug": version.slug, "version": version.version},
    )
    return version


@transaction.atomic
def draft_from(
    version: LocalProtocol,
    values: Mapping[str, Any],
    *,
    title: str,
    effective_from: date,
    review_on: date | None,
    confirmed: Collection[str] = (),
    by: User,
    at: datetime,
) -> LocalProtocol:
    """Draft a new version from another: these values replace theirs, these local defaults are confirmed.

    Dates are local days. Raises `Refused` at the setting's own name, with the clause when it is weaker than
    the national floor.
    """
    for field, sentence in drafting.problems_with_dates(effective_from, review_on, _day(at)):
        raise Refused(field, sentence)
    document = drafting.changed(
        version.document, values, confirmed=confirmed, title=title, review_on=review_on
    )
    try:
        return draft(document, by=by, at=at, effective_from=effective_from)
    except Refused as refused:
        if refused.field is None:
            raise
        raise Refused(refused.field.removeprefix("settings."), refused.sentence) from refused


@transaction.atomic
def publish(
    version: LocalProtocol,
    *,
    by: User | None,
    at: datetime,
    effective_from: date | None = None,
    confirmed: Collection[str] = (),
) -> LocalProtocol:
    """Put a drafted version in force from its effective date; afterwards nothing of it can change.

    A person confirms every local default that is left, or replaces it in another draft. Running clocks keep
    the version that they were made under. Raises `Refused` when it is weaker than the national floor or a
    default is left open, `MoveNotAllowed` when it is published, `NotAllowed`.
    """
    wanted = LocalProtocol.objects.select_for_update().get(pk=version.pk)
    refuse(permissions.refusal_to_change(by) if by else None)
    if wanted.published_at is not None:
        raise MoveNotAllowed(f"{wanted} is already published; draft a new version instead.")
    if effective_from is not None:
        for field, sentence in drafting.problems_with_dates(effective_from, wanted.review_on, _day(at)):
            raise Refused(field if field == "effective_from" else None, sentence)
        wanted.effective_from = effective_from
        wanted.data["effective_from"] = effective_from.isoformat()
    wanted.data = wanted.document
    drafting.confirm(wanted.data["settings"], confirmed)
    rules = _checked(wanted.data)
    unconfirmed = open_defaults(wanted)
    if by is not None and unconfirmed:
        raise Refused("confirmed", "Confirm each local default, or draft another version that replaces it")
    wanted.published_at, wanted.published_by_ref = at, by_ref(by)
    wanted.save(update_fields=["data", "effective_from", "published_at", "published_by_ref"])
    record(
        PUBLISHED,
        subject=_subject(wanted),
        by=by,
        at=at,
        data={"slug": rules.slug, "version": wanted.version, "local_defaults": unconfirmed},
    )
    return wanted


def install_preset(
    slug: str, *, by: User | None, at: datetime, effective_from: date | None = None
) -> LocalProtocol:
    """Draft and publish one of the six presets, in force from `effective_from` (default: the day of `at`)."""
    start = effective_from or _day(at)
    return publish(draft(preset_data(slug), by=by, at=at, effective_from=start), by=by, at=at)


def open_defaults(version: LocalProtocol) -> list[str]:
    """Settings that rest on a local default which the authority has neither confirmed nor replaced."""
    settings = version.document["settings"]
    return [
        name for name, entry in settings.items() if entry.get("local_default") and not entry.get("confirmed")
    ]


def as_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its dates as text, as JSON keeps them."""
    return {key: _plain(value) for key, value in data.items()}


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return as_json(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _checked(document: Mapping[str, Any]) -> Any:
    try:
        return read_protocol(document)
    except ProtocolProblem as problem:
        raise Refused(problem.field, problem.sentence) from problem


def _subject(version: LocalProtocol) -> str:
    return f"protocol:{version.pk}"
