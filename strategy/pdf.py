"""The request as a PDF, as it was when it was last submitted: the sheet that the manager authorised.

Without the numbers of the health service, which outside the council are for health alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from govuk import press
from govuk.moments import moment
from strategy.sheet import NHS_NUMBERS, sheet_in


def printed(snapshot: Mapping[str, Any], facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The file of one submission's sheet; the same bytes for the same sheet and moment."""
    context = {
        "sections": sections_of(snapshot),
        "authority": settings.AUTHORITY_NAME,
        "made": moment(made_at),
        "made_at": made_at.isoformat(timespec="seconds"),
        **facts,
    }
    return press.printed(render_to_string("pdf/request.html", context), made_at=made_at)


def sections_of(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sheet that a submission kept, as far as the police read it."""
    return [
        {
            "title": title,
            "rows": [{"key": key, "value": told} for key, told in asked.items() if key != NHS_NUMBERS],
        }
        for title, asked in sheet_in(snapshot).items()
    ]
