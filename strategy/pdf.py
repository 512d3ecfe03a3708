"""The request as a PDF for the police: what stands when it is printed, and what is not as it was submitted.

Without the numbers of the health service, which outside the council are for health alone: the caller's sheet
has none.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from govuk import press
from govuk.moments import moment
from strategy.rules.changes import Change
from strategy.sheet import Sheet


def printed(
    told: Sheet, since: Mapping[tuple[str, str], Change], facts: Mapping[str, Any], *, made_at: datetime
) -> bytes:
    """The file of one sheet; the same bytes for the same sheet and moment.

    `since`: by section and question, what differs from what was submitted last.
    """
    context = {
        "sections": sections_of(told, since),
        "has_changes": bool(since),
        "authority": settings.AUTHORITY_NAME,
        "made": moment(made_at),
        "made_at": made_at.isoformat(timespec="seconds"),
        **facts,
    }
    return press.printed(render_to_string("pdf/request.html", context), made_at=made_at)


def sections_of(told: Sheet, since: Mapping[tuple[str, str], Change]) -> list[dict[str, Any]]:
    """Section by section, each answer with what stood there before where it has changed; what is gone too."""
    sections = {
        title: [_row(title, key, words, since) for key, words in asked.items()]
        for title, asked in told.items()
    }
    for (title, question), one in since.items():
        if question not in told.get(title, {}):
            gone = {"key": question, "value": "", "changed": True, "was": one.before}
            sections.setdefault(title, []).append(gone)
    return [{"title": title, "rows": rows} for title, rows in sections.items()]


def _row(title: str, key: str, words: str, since: Mapping[tuple[str, str], Change]) -> dict[str, Any]:
    one = since.get((title, key))
    return {"key": key, "value": words, "changed": one is not None, "was": one.before if one else ""}
