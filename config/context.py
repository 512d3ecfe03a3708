"""What every page's frame shows."""

from django.conf import settings
from django.http import HttpRequest


def names(request: HttpRequest) -> dict[str, object]:
    """The authority's and the service's names, and whether this is the demonstration."""
    return {
        "AUTHORITY_NAME": settings.AUTHORITY_NAME,
        "SERVICE_NAME": settings.SERVICE_NAME,
        "DEMO": settings.DEMO,
    }
