"""A procedure that came as a file, from a neighbour or from one's own hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import localdate

from audit.errors import Refused, refuse
from protocols import permissions
from protocols.models import LocalProtocol
from protocols.presets import FLOOR, SLUGS, preset_data
from protocols.rules.drafting import problems_with_dates
from protocols.rules.files import FileProblem, LineProblem, line_of, read_toml
from protocols.services.versions import draft

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def draft_from_file(text: str, *, by: User, at: datetime) -> LocalProtocol:
    """Keep a procedure written in TOML as a draft; the number follows our last of its name, not the file's.

    It is drafted for the day it names, or for today when that has passed. Raises NotAllowed, and Refused at
    "text" with the first line that will not do; `check_file` tells them all.
    """
    refuse(permissions.refusal_to_change(by))
    today = localdate(at)
    try:
        document = check_file(text, today)
    except FileProblem as wrong:
        raise Refused("text", str(wrong.problems[0])) from wrong
    starts = _as_date(document.get("effective_from"))
    return draft(document, by=by, at=at, effective_from=max(today, starts or today))


def check_file(text: str, today: date) -> dict[str, Any]:
    """The document in a file; raises `FileProblem` with every line that will not do. `today` is local."""
    document = read_toml(text, {slug: preset_data(slug) for slug in SLUGS}, FLOOR)
    starts = max(today, _as_date(document.get("effective_from")) or today)
    told = problems_with_dates(starts, _as_date(document.get("review_on")), today)
    if found := [LineProblem(line_of(text, field), f"{sentence}.") for field, sentence in told]:
        raise FileProblem(found)
    return document


def _as_date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None
