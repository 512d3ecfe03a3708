"""Nobody works here with a password alone."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

HAS_IT = "has_second_factor"  # kept in the session, so that a page does not ask the database each time
OPEN_TO_ALL = ("/account/", "/static/", "/health/", "/p/")


class RequireSecondFactor:
    """Send a signed-in person without a second factor to set one up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request) if self.may_pass(request) else self.send_to_set_up(request)

    def may_pass(self, request: HttpRequest) -> bool:
        """Whether the page may be shown: nobody signed in, an open page, or a second factor set up."""
        if not settings.REQUIRE_SECOND_FACTOR or request.path.startswith(OPEN_TO_ALL):
            return True
        if not request.user.is_authenticated or request.session.get(HAS_IT):
            return True
        if not is_mfa_enabled(request.user):
            return False
        request.session[HAS_IT] = True
        return True

    def send_to_set_up(self, request: HttpRequest) -> HttpResponse:
        """The page on which a second factor is set up."""
        return redirect(reverse("mfa_activate_totp"))
