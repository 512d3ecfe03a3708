"""What every page's frame shows."""

from django.conf import settings
from django.http import HttpRequest


def names(request: HttpRequest) -> dict[str, object]:
    """The authority's and the service's names, whether this is the demonstration, the scripts' nonce."""
    return {
        "AUTHORITY_NAME": settings.AUTHORITY_NAME,
        "SERVICE_NAME": settings.SERVICE_NAME,
        "DEMO": settings.DEMO,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
