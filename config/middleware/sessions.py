"""Sessions end after half an hour's quiet and after twelve hours; text typed meanwhile is not lost."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from config.resend import page_to_send_again

STARTED = "signed_in_at"
SEEN = "last_seen_at"
NOTE_EVERY = 60  # seconds: one write a minute is enough to know who is still there


class SessionLimits:
    """Sign out who was quiet for `SESSION_IDLE` or has been in for `SESSION_LONGEST`.

    Requests that a page makes by itself (`X-Background: 1`) do not count as somebody being there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = int(timezone.now().timestamp())
            if has_ended(request.session, now):
                logout(request)
            elif "X-Background" not in request.headers:
                note_presence(request.session, now)
        return self.get_response(request)


def has_ended(session: SessionBase, now: int) -> bool:
    """Whether the session has been quiet or open for too long."""
    quiet = now - int(session.get(SEEN, now))
    age = now - int(session.get(STARTED, now))
    return quiet > settings.SESSION_IDLE.total_seconds() or age > settings.SESSION_LONGEST.total_seconds()


def note_presence(session: SessionBase, now: int) -> None:
    """Remember when the person was last there, at most once a minute."""
    if STARTED not in session:
        session[STARTED] = now
    if now - int(session.get(SEEN, 0)) >= NOTE_EVERY:
        session[SEEN] = now


class KeepTypedText:
    """A form sent after signing out gets its text back, instead of a sign-in page that swallowed it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer 401 with the text when somebody signed out posts to a page that needs a sign-in."""
        needs_sign_in = getattr(view, "login_required", True)
        if request.method != "POST" or request.user.is_authenticated or not needs_sign_in:
            return None
        return page_to_send_again(request, template="errors/signed_out.html", status=401)
