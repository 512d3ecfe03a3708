"""Writing a new version from an old one: limits as people type them, changed values, sensible dates. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from protocols.rules.limits import Limit, LimitError, parse_limit

FURTHEST = timedelta(days=731)  # nobody plans a procedure further ahead; a later year is a slip of the pen
REVIEW_FURTHEST = timedelta(days=3653)
_TYPED = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)\s*(minutes?|hours?|calendar days?|working days?|days?)", re.IGNORECASE
)
_CODE = {"hour": "hours", "calendar day": "calendar_days", "working day": "working_days"}
_HOW = "Write for example 24 hours, 3 calendar days, 5 working days or the same day"


def limit_from_words(text: str) -> Limit:
    """Read "3 calendar days", "30 minutes", "the same day" or "hours(24)"; raises `LimitError`."""
    wanted = " ".join(text.lower().split())
    if wanted in ("same day", "the same day"):
        return parse_limit("same_day")
    found = _TYPED.fullmatch(wanted)
    if found is None:
        try:
            return parse_limit(wanted)
        except LimitError as wrong:
            raise LimitError(f"“{text[:40]}” is not a limit. {_HOW}") from wrong
    number, unit = found.groups()
    unit = unit.removesuffix("s")
    if unit == "day":
        raise LimitError(f"Say which days are meant: {number} calendar days or {number} working days")
    if float(number) == 0:
        raise LimitError(f"Nobody could meet a limit of zero. {_HOW}")
    if unit == "minute":
        hours = round(float(number) / 60, 2)
        return parse_limit(f"hours({hours:g})")
    try:
        return parse_limit(f"{_CODE[unit]}({number})")
    except LimitError as wrong:
        raise LimitError(f"“{text[:40]}” is not a limit. {_HOW}") from wrong


def problems_with_dates(
    effective_from: date, review_on: date | None, today: date
) -> Iterator[tuple[str, str]]:
    """Each date that cannot stand, as the field and the sentence to show there."""
    if effective_from < today:
        yield "effective_from", "A version cannot take effect in the past. Enter today or a later day"
    elif effective_from > today + FURTHEST:
        yield "effective_from", "This is more than two years ahead. Check the year"
    if review_on is None:
        return
    if review_on <= effective_from:
        yield "review_on", "The review date must be after the day it takes effect"
    elif review_on > today + REVIEW_FURTHEST:
        yield "review_on", "This is more than ten years ahead. Check the year"


def changed(
    data: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    confirmed: Collection[str],
    title: str,
    review_on: date | None,
) -> dict[str, Any]:
    """The document with other values. What changes is the authority's own: no default, no old clause."""
    document = copy.deepcopy(dict(data))
    settings = document["settings"]
    document["title"] = title
    document["review_on"] = review_on
    for name, value in values.items():
        if settings[name]["value"] != value:
            settings[name] |= {
                "value": value,
                "clause": "",
                "origin": title,
                "local_default": False,
                "confirmed": False,
            }
    confirm(settings, confirmed)
    return document


def confirm(settings: dict[str, Any], names: Collection[str]) -> None:
    """Note that the authority agrees to these local defaults as they are."""
    for name in names:
        if settings[name].get("local_default"):
            settings[name]["confirmed"] = True
