"""Safe headers on every answer, errors and downloads among them."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

NOTHING_ALLOWED = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class SafeHeaders:
    """Nothing about a child is kept by a browser or a proxy; only the hashed static files may be."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", NOTHING_ALLOWED)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store, private"
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response
