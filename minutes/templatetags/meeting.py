"""Filters of the meeting room's pages."""

from datetime import datetime

from django import template

from govuk.moments import moment

register = template.Library()


@register.filter
def iso_moment(text: str) -> str:
    """Print a moment that a frozen text holds in the machine's form, as pages write moments."""
    return moment(datetime.fromisoformat(text))
