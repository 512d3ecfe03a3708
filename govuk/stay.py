"""Staying signed in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods


@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """Answer 204 to a POST: asking keeps the session. A GET gives the form token that holds now."""
    if request.method == "POST":
        return HttpResponse(status=204)
    return JsonResponse({"token": get_token(request)})
