"""Pages for what went wrong, each saying what happened and what to do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from config.resend import page_to_send_again


def refuse(request: HttpRequest, template: str, *, status: int, context: Any = None) -> HttpResponse:
    """The page for a refusal: with the navigation, but without counting what waits.

    Whoever tries addresses one after another asks the database nothing more for each.
    """
    request.is_refused = True  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something that cannot be read."""
    return render(request, "errors/bad_request.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a page that this person may not open."""
    context = {
        "title": "You cannot do this",
        "sentence": str(exception) or "You do not have the power to do this.",
    }
    return refuse(request, "errors/refused.html", status=403, context=context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that this person may know of."""
    return refuse(request, "errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """500: a page that needs no database, no session and no other template."""
    return HttpResponseServerError(render_to_string("errors/server_error.html"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is stale, as after signing in again; the text is given back to send once more."""
    return page_to_send_again(request, template="errors/stale_form.html", status=403)
