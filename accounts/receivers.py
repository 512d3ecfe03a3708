"""Signing in, out and failing to are written to the ledger; the signals are Django's and allauth's own."""

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts import events
from accounts.models import User
from audit.services import record


@receiver(user_logged_in)
def note_sign_in(sender: Any, user: User, **_: Any) -> None:
    """One entry for each session that begins."""
    _note(events.SIGNED_IN, user)


@receiver(user_logged_out)
def note_sign_out(sender: Any, user: User | None, **_: Any) -> None:
    """One entry for each session that is ended, by the person or by the clock."""
    if user is not None:
        _note(events.SIGNED_OUT, user)


@receiver(user_login_failed)
def note_failure(sender: Any, credentials: dict[str, Any], **_: Any) -> None:
    """One entry for each failed try; an unknown address is counted, never kept."""
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    known = User.objects.filter(email=typed).first()
    with transaction.atomic():
        record(
            events.SIGN_IN_FAILED,
            subject=known or "",
            by=None,
            at=timezone.now(),
            data={"known": known is not None},
        )


@receiver(authenticator_added)
def note_second_factor_added(sender: Any, user: User, **_: Any) -> None:
    """A second factor was set up."""
    _note(events.SECOND_FACTOR_ADDED, user)


@receiver(authenticator_removed)
def note_second_factor_removed(sender: Any, user: User, **_: Any) -> None:
    """A second factor was taken away."""
    _note(events.SECOND_FACTOR_REMOVED, user)


def _note(event: str, user: User) -> None:
    with transaction.atomic():
        record(event, subject=user, by=user, at=timezone.now())
