"""Whoever has just met a deadline late is asked why at once, whatever page it was done on (`clocks.md`)."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deadlines.services.asking import to_explain, watching
from govuk.services import led_over
from govuk.views import KEY

FOUND = 302


class AskWhyLate:
    """Lead over the page that asks for the reason on the way to where the act was going."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with watching() as late:
            response = self.get_response(request)
        if late and request.method == "POST" and response.status_code == FOUND:
            lead_over(request, response, late)
        return response


def lead_over(request: HttpRequest, response: HttpResponseBase, late: Sequence[int]) -> None:
    """Change where an answer leads, when one of these clocks owes a reason that this person may give."""
    user = request.user
    clock = to_explain(user, late, timezone.now()) if isinstance(user, User) else None
    if clock is not None:
        went = urlencode({"next": response.headers["Location"]})
        location = f"{reverse('deadlines:explain', args=[clock.pk])}?{went}"
        response.headers["Location"] = location
        if key := request.POST.get(KEY):
            led_over(key=key, person=str(user.pk), path=request.path, location=location)
