"""What the form of booking holds: place, start and length, as typed or as pressed on the grid."""

from datetime import datetime
from typing import Any

from django.http import QueryDict

from govuk.moments import LONDON
from govuk.numbers import whole_number


def with_slot(data: QueryDict, slot: str) -> QueryDict:
    """Return the form's data with the chosen place and start in their boxes; nonsense changes nothing."""
    changed = data.copy()
    place, _, start = slot.partition("|")
    try:
        local = datetime.fromisoformat(start).astimezone(LONDON)
    except ValueError:
        return changed
    changed["place"] = place if place.isdecimal() else ""
    changed.pop("start", None)
    for part, text in (
        ("day", local.day),
        ("month", local.month),
        ("year", local.year),
        ("time", f"{local:%H:%M}"),
    ):
        changed[f"start_{part}"] = str(text)
    return changed


def chosen_slot(form: Any) -> tuple[int, datetime] | None:
    """Return the place and start on the form, so that the grid can show them as chosen."""
    place = whole_number(key_of(form["place"]))
    try:
        start = form.fields["start"].to_python(form["start"].value())
    except Exception:
        return None
    return (place, start) if place is not None and isinstance(start, datetime) else None


def key_of(bound: Any) -> str:
    """Return the key that a field of the form holds, as text."""
    value = bound.value()
    return str(getattr(value, "pk", value) or "")


def number_of(value: Any, otherwise: int) -> int:
    """Return a short whole number as typed, else another."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) < 4 else otherwise


def with_person(data: QueryDict, prefix: str, number: int) -> QueryDict:
    """Return the form's data with somebody in a row of their own: a blank one, or one more; nobody twice."""
    changed = data.copy()
    count = number_of(data.get(f"{prefix}-count"), 0)
    held = [data.get(f"{prefix}-{place}-professional", "") for place in range(count)]
    if str(number) in held:
        return changed
    place = held.index("") if "" in held else count
    changed[f"{prefix}-{place}-professional"] = str(number)
    changed[f"{prefix}-count"] = str(max(count, place + 1))
    return changed
