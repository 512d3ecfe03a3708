"""Give back what somebody typed when a form could not be taken."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NEVER_SHOWN = ("password", "csrfmiddlewaretoken", "code", "token")


def page_to_send_again(request: HttpRequest, *, template: str, status: int) -> HttpResponse:
    """A page with the posted text and a button that sends it again, for forms of this site only."""
    context = {
        "typed": typed_text(request) if came_from_here(request) else [],
        "files": bool(request.FILES),
        "address": request.path,
    }
    return render(request, template, context, status=status)


def typed_text(request: HttpRequest) -> list[tuple[str, str]]:
    """Each posted field and value; never a password or a code."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(word in name.lower() for word in NEVER_SHOWN)
    ]


def came_from_here(request: HttpRequest) -> bool:
    """Whether one of our own pages sent this: another site's form must not get a button that works."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()
