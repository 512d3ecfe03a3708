"""The letter to whoever took something over: how much, from whom, and where it is; nothing of a child."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from outbox import services as outbox
from outbox.models import Letter


def handed_over(person: User, taker: User, number: int, *, by: User, at: datetime) -> Letter:
    """To the colleague who takes over."""
    context = {
        "name": taker.name,
        "person": person.name,
        "things": f"{number} thing{'' if number == 1 else 's'}",
        "by": by.name,
        "address": f"{settings.SITE_URL}/",
    }
    return outbox.queue(
        "handed_over",
        to_email=taker.email,
        to_name=taker.name,
        to_ref=taker,
        context=context,
        subject=person,
        by=by,
        at=at,
    )
