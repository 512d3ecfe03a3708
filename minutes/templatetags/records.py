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
