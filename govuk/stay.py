"""Staying signed in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Answer 204: that somebody asked is what keeps the session."""
    return HttpResponse(status=204)
