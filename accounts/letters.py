"""Letters about accounts. None carries a password or a key: the reader asks for that on the sign-in page."""

from datetime import datetime

from django.conf import settings

from accounts.models import ActingFor, User
from govuk.moments import moment
from outbox import services as outbox
from outbox.models import Letter


def account_opened(person: User, *, by: User, at: datetime) -> Letter:
    """To somebody who got an account, or whose account is open again: how to choose a password."""
    context = {
        "name": person.name,
        "roles": person.role_titles,
        "email": person.email,
        "address": f"{settings.SITE_URL}/account/password/reset/",
        "by": by.name,
    }
    return _send("account_opened", person, context, subject=person, by=by, at=at)


def deputy_named(acting: ActingFor, *, by: User, at: datetime) -> None:
    """To the deputy, and to whoever is away unless they did it themselves."""
    for person, kind in ((acting.deputy, "deputy_named"), (acting.absent, "deputy_arranged")):
        if person.pk != by.pk:
            _send(kind, person, _facts(acting, by), subject=acting, by=by, at=at)


def deputy_ended(acting: ActingFor, *, by: User, at: datetime) -> None:
    """To both, except whoever ended it; what was not sent yet about the arrangement is taken back."""
    outbox.cancel(subject=acting, by=by, at=at, why="Ended before it was sent")
    for person in (acting.deputy, acting.absent):
        if person.pk != by.pk and person.is_active:
            _send("deputy_ended", person, _facts(acting, by), subject=acting, by=by, at=at)


def _facts(acting: ActingFor, by: User) -> dict[str, str]:
    return {
        "deputy": acting.deputy.name,
        "absent": acting.absent.name,
        "starts_at": moment(acting.starts_at),
        "ends_at": moment(acting.ends_at),
        "by": by.name,
        "address": f"{settings.SITE_URL}/",
    }


def _send(
    kind: str, to: User, context: dict[str, str], *, subject: User | ActingFor, by: User, at: datetime
) -> Letter:
    return outbox.queue(
        kind,
        to_email=to.email,
        to_name=to.name,
        to_ref=to,
        context=context,
        subject=subject,
        by=by,
        at=at,
    )
