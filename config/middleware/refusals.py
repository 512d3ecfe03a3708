"""Turn a service's refusal, outside a form, into a page that explains it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from audit.errors import Altered, MoveNotAllowed, NotAllowed, Refused, StaleVersion, Taken
from config.errors import refuse
from govuk.waiting import FAULTS, refusal_of

TITLES: dict[type[Refused], str] = {
    NotAllowed: "You cannot do this",
    MoveNotAllowed: "This has moved on",
    Altered: "This was altered",
    StaleVersion: "Somebody changed this while you were writing",
    Taken: "Somebody else has this",
}


class ExplainRefusals:
    """Answer 403 or 409 with the sentence that the service gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal; other exceptions go on."""
        if isinstance(exception, FAULTS):
            exception = refusal_of(exception) or exception
        if not isinstance(exception, Refused):
            return None
        kinds = type(exception).__mro__
        context = {
            "title": next((TITLES[kind] for kind in kinds if kind in TITLES), "This cannot be done"),
            "is_final": isinstance(exception, Altered),
            "sentence": exception.sentence,
            "came_from": request.get_full_path() if request.method == "GET" else None,
        }
        return refuse(request, "errors/refused.html", status=exception.status, context=context)
