"""The request as a PDF, as it was when it was last submitted: the sheet that the manager authorised."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from govuk import press
from govuk.moments import moment
from strategy.sheet import sheet_in


def printed(snapshot: Mapping[str, Any], facts: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The file of one submission's sheet; the same bytes for the same sheet and moment."""
    sections = [
        {"title": title, "rows": [{"key": key, "value": value} for key, value in asked.items()]}
        for title, asked in sheet_in(snapshot).items()
    ]
    context = {
        "sections": sections,
        "authority": settings.AUTHORITY_NAME,
        "made": moment(made_at),
        "made_at": made_at.isoformat(timespec="seconds"),
        **facts,
    }
    return press.printed(render_to_string("pdf/request.html", context), made_at=made_at)
