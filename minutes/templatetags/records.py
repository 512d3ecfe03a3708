"""What the pages of a record print: moments that stand as text in its content."""

from datetime import datetime

from django import template

from govuk.moments import moment

register = template.Library()


@register.filter
def iso_moment(text: str | None) -> str:
    """Print "Thursday 24 December 2026 at 4:30pm" for a moment written as ISO text; other text as it is."""
    try:
        return moment(datetime.fromisoformat(str(text)))
    except ValueError:
        return str(text or "")


@register.filter
def until(started: str, ended: str) -> str:
    """Print "Thursday 24 December 2026 at 4:30pm to 5:10pm": the day of the end only where it is another."""
    day, at, clock = ended.rpartition(" at ")
    return f"{started} to {clock if day and started.startswith(day + at) else ended}"
