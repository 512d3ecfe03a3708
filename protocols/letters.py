"""The letter about a procedure: its review date has passed."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from govuk.moments import plain_date
from outbox.models import Letter
from outbox.services import queue
from protocols.models import LocalProtocol

KIND = "protocol_past_review"


def past_review(version: LocalProtocol, owner: User, *, at: datetime) -> bool:
    """Tell one owner, once for a version; whether a letter was written now."""
    key = f"{KIND}:{version.pk}:{owner.pk}"
    if version.review_on is None or Letter.objects.filter(key=key).exists():
        return False
    queue(
        KIND,
        to_email=owner.email,
        to_name=owner.name,
        to_ref=owner,
        context={
            "name": owner.name,
            "title": version.title,
            "version": version.version,
            "review_on": plain_date(version.review_on),
            "link": f"{settings.SITE_URL}{reverse('protocols:protocol', args=[version.pk])}",
        },
        by=None,
        at=at,
        subject=f"protocol:{version.pk}",
        key=key,
    )
    return True
