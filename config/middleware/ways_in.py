"""Who is led where when a page wants somebody signed in."""

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from attendees.services.links import one_lets_in
from attendees.views.access import links_in


class LeadIn(LoginRequiredMiddleware):
    """To sign in; from the front page, whoever is in by a link is led to their own: they have no account.

    Every page that refuses something leads to the front page.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """The redirect; only the front page asks the database whose link this browser has."""
        now = timezone.now()
        if request.path == "/" and one_lets_in(links_in(request, now), at=now):
            return HttpResponseRedirect(reverse("attendees:partner_home"))
        return super().handle_no_permission(request, view_func)
