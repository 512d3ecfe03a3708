"""A few pages of the tests' own, to see what the roof makes of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from audit.errors import Altered, MoveNotAllowed, NotAllowed, Refused, StaleVersion, Taken
from config import urls as ours
from config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]

REFUSALS: dict[str, Refused] = {
    "refused": Refused("room", "The room is too small."),
    "not-allowed": NotAllowed("Only a manager can authorise."),
    "moved": MoveNotAllowed("Mo has authorised this already."),
    "altered": Altered("Its bytes were changed."),
    "stale": StaleVersion(None, "Ada changed this at 2:02pm."),
    "taken": Taken("room", "Otto has booked this room."),
}


def refuse(request: HttpRequest, which: str) -> HttpResponse:
    """Refuse as a service would."""
    raise REFUSALS[which]


def missing(request: HttpRequest) -> HttpResponse:
    """Nothing here."""
    raise Http404


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake in the code."""
    raise ZeroDivisionError


def plain(request: HttpRequest) -> HttpResponse:
    """A page that needs a sign-in and takes a form."""
    return HttpResponse("Saved " + request.POST.get("text", ""))


urlpatterns = [
    path("trial/refuse/<slug:which>/", refuse),
    path("trial/missing/", missing),
    path("trial/broken/", broken),
    path("trial/plain/", plain),
    path("demo/mail/", include("config.demomail.urls")),
    *ours.urlpatterns,
]
