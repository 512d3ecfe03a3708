"""Keeping duty lines (row W09) and places: added, changed, retired, brought back; never deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User
from accounts.services.tidy import change, given
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from outbox.rules import one_line
from strategy import events, permissions
from strategy.enums import PlaceKind
from strategy.models import DutyLine, Place, PlaceHours
from strategy.rules.lines import WeekHours, hours_from, problems_with_hours
from strategy.rules.places import PlaceFacts, problems
from strategy.rules.slots import OpenFor


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A duty line as typed; `week` holds from when until when, for each weekday (Monday is 0)."""

    name: str
    number: str
    week: WeekHours
    fallback: str
    on_bank_holidays: bool = False


@transaction.atomic
def add_line(facts: LineFacts, *, by: User, at: datetime) -> DutyLine:
    """Add a line to call, with its hours and what to do outside them.

    Raises NotAllowed; Taken or Refused at `name`, `number`, `fallback` or `day_0` to `day_6`.
    """
    refuse(permissions.refusal_to_keep_lines(by, at))
    line = DutyLine.objects.create(**_values_of_line(facts, None))
    audit.record(events.LINE_ADDED, subject=line, by=by, at=at)
    return line


@transaction.atomic
def change_line(
    line: DutyLine, facts: LineFacts, *, is_active: bool = True, by: User, at: datetime
) -> DutyLine:
    """Change a line; requests show it at once. Raises as `add_line`."""
    kept = DutyLine.objects.select_for_update().get(pk=line.pk)
    refuse(permissions.refusal_to_keep_lines(by, at))
    changed = change(kept, _values_of_line(facts, kept) | {"is_active": is_active})
    if changed:
        audit.record(events.LINE_CHANGED, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def add_place(facts: PlaceFacts, *, by: User, at: datetime) -> Place:
    """Add something that can be booked. Raises NotAllowed; Taken or Refused at the field."""
    refuse(permissions.refusal_to_keep_places(by, at))
    place = Place.objects.create(**_values_of_place(facts, None))
    _keep_days(place, facts.differ)
    audit.record(events.PLACE_ADDED, subject=place, by=by, at=at)
    return place


@transaction.atomic
def add_places(many: Sequence[PlaceFacts], *, by: User, at: datetime) -> list[Place]:
    """Add a pasted list as a whole, or nothing of it. Raises as `add_place`."""
    return [add_place(one, by=by, at=at) for one in many]


@transaction.atomic
def change_place(place: Place, facts: PlaceFacts, *, by: User, at: datetime) -> Place:
    """Change a place, its hours and what it needs around a booking; what is booked stays booked.

    Raises as `add_place`.
    """
    kept = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    refuse(permissions.refusal_to_keep_places(by, at))
    changed = change(kept, _values_of_place(facts, kept))
    if kept.opening().differ != facts.differ:
        _keep_days(kept, facts.differ)
        changed.append("hours")
    if changed:
        audit.record(events.PLACE_CHANGED, subject=kept, by=by, at=at, data={"fields": changed})
    return kept


@transaction.atomic
def retire_place(place: Place, *, by: User, at: datetime) -> Place:
    """Offer a place no longer; what is booked there stays booked. Raises NotAllowed, MoveNotAllowed."""
    return _offer(place, False, events.PLACE_RETIRED, by, at)


@transaction.atomic
def bring_back_place(place: Place, *, by: User, at: datetime) -> Place:
    """Offer a retired place again. Raises NotAllowed, MoveNotAllowed."""
    return _offer(place, True, events.PLACE_BROUGHT_BACK, by, at)


def _offer(place: Place, offered: bool, event: str, by: User, at: datetime) -> Place:
    kept = Place.objects.select_for_update(no_key=True).get(pk=place.pk)
    refuse(permissions.refusal_to_keep_places(by, at))
    if kept.is_active == offered:
        raise MoveNotAllowed(f"{kept} is {'in use' if offered else 'retired'} already.")
    kept.is_active = offered
    kept.save(update_fields=["is_active"])
    audit.record(event, subject=kept, by=by, at=at)
    return kept


def _values_of_line(facts: LineFacts, kept: DutyLine | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": given(facts.name, "name", "Enter whose line it is, such as “Duty sergeant”"),
        "number": given(facts.number, "number", "Enter the number to call", 40),
        "fallback": facts.fallback.strip(),
    }
    _refuse_taken(DutyLine, values["name"], kept, "a line")
    if not values["fallback"]:
        raise Refused("fallback", "Say what to do outside these hours: nobody may be left without an answer")
    for day, sentence in problems_with_hours(facts.week).items():
        raise Refused(f"day_{day}", sentence)
    hours = hours_from(facts.week, on_bank_holidays=facts.on_bank_holidays)
    return values | {
        "weekdays": list(hours.weekdays),
        "opens_at": hours.opens_at,
        "closes_at": hours.closes_at,
        "on_bank_holidays": hours.on_bank_holidays,
        "other_hours": _as_json(hours.differ),
    }


def _as_json(differ: Mapping[int, tuple[time, time]]) -> dict[str, list[str]]:
    return {str(day): [f"{opens:%H:%M}", f"{closes:%H:%M}"] for day, (opens, closes) in differ.items()}


def _values_of_place(facts: PlaceFacts, kept: Place | None) -> dict[str, Any]:
    name = given(facts.name, "name", "Enter the name of the room, line or link")
    _refuse_taken(Place, name, kept, "a place")
    if facts.kind not in PlaceKind.values:
        raise Refused("kind", "Choose what it is")
    for field, sentence in problems(facts).items():
        raise Refused(field, sentence)
    names = ("opens_at", "closes_at", "on_bank_holidays", "buffer_before", "buffer_after", "capacity")
    return {
        "name": name,
        "kind": facts.kind,
        "joining": "\n".join(one_line(line) for line in facts.joining.strip().splitlines()),
        "is_hospital": facts.is_hospital,
        **{name: getattr(facts, name) for name in names},
    }


def _keep_days(place: Place, differ: Mapping[int, OpenFor | None]) -> None:
    place.hours.all().delete()
    PlaceHours.objects.bulk_create(
        PlaceHours(
            place=place,
            weekday=day,
            is_closed=times is None,
            opens_at=times and times[0],
            closes_at=times and times[1],
        )
        for day, times in differ.items()
    )


def _refuse_taken(model: Any, name: str, kept: DutyLine | Place | None, what: str) -> None:
    others = model.objects.exclude(pk=kept.pk if kept else 0).annotate(lower=Lower("name"))
    if others.filter(lower=name.lower()).exists():
        raise Taken("name", f"There is {what} called {name} already")
