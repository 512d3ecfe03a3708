"""The record as a PDF: what is printed of it; `govuk.press` prints, in the worker of the queue `pdfs`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from govuk import press
from minutes.canonical import canonical

TEMPLATE = "pdf/minutes.html"


def page_of(content: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The HTML that is printed: the content of one version, and what is known about that version."""
    return render_to_string(TEMPLATE, {"record": content, **context})


def printed(html: str, content: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF/A-3a and PDF/UA-1 file of a page, with the machine-readable record attached."""
    record = press.Attached("record.json", canonical(content), "This record as data")
    return press.printed(html, made_at=made_at, attached=record)
