"""Who is about to send or take away a whole record says once more who they are (`promises.md`, rule 9)."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse

from govuk.views import FormPage


def confirm(request: HttpRequest) -> None:
    """Ask for the password or the second factor when nobody gave one in the last five minutes.

    The page that asks leads back here; a form that was sent is acted upon then, and nothing typed is lost.
    Somebody who only signs in elsewhere has nothing to confirm with. Raises ReauthenticationRequired, which
    the sign-in's middleware turns into that page.
    """
    if not request.user.is_authenticated:
        return
    given = [one["at"] for one in get_authentication_records(request, request.user)]
    if given and time.time() - max(given) < app_settings.REAUTHENTICATION_TIMEOUT:
        return
    if get_reauthentication_flows(request.user):
        raise ReauthenticationRequired


class Confirmed(FormPage):
    """A form page that is shown to, and acted upon for, somebody who has just said who they are."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        confirm(request)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        confirm(request)
        return super().post(request, *args, **kwargs)
