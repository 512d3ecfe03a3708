"""Every address of Threshold, room by room."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from config.health import health


def has_urls(room: str) -> bool:
    """Whether a room has pages of its own."""
    found = find_spec(f"{room}.urls")
    return found is not None and found.origin is not None


urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("account/", include("allauth.urls")),
    *(path("", include(f"{room}.urls")) for room in settings.ROOMS if has_urls(room)),
]
if settings.DEMO:
    urlpatterns.append(path("demo/mail/", include("config.demomail.urls")))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
