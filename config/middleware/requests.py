"""One log line a request: the name of the page, never its query, its text or anyone's name."""

from collections.abc import Callable
from time import perf_counter

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

log = structlog.get_logger("threshold.requests")


class RequestLog:
    """Log method, page, status, milliseconds and the person's number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.view_name != "health":
            log.info(
                "request",
                method=request.method,
                page=match.view_name or match.route,
                status=response.status_code,
                ms=round((perf_counter() - started) * 1000),
                user=user_number(request),
            )
        return response


def user_number(request: HttpRequest) -> int | None:
    """The signed-in person's number, only when the page has already looked it up."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None
