"""To the manager: no time is left within the legal limit."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from attendees.rules.booking import TELEPHONES
from govuk.moments import moment
from outbox.enums import Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.models import StrategyRequest


def no_lawful_time(
    wanted: StrategyRequest, manager: User, limit: datetime, *, by: User, at: datetime
) -> Letter:
    """Tell one manager, once for each limit: what cannot be met, and whom to ring."""
    rules = wanted.protocol.rules
    allowed = {one.value for one in rules.allowed_formats.value} & TELEPHONES
    return queue(
        "no_lawful_time",
        to_email=manager.email,
        to_name=manager.name,
        to_ref=manager,
        context={
            "name": manager.name,
            "reference": wanted.case.reference,
            "by": by.name,
            "by_phone": by.phone,
            "due": moment(limit),
            "passed": limit < at,
            "telephone": bool(allowed) and wanted.is_urgent,
            "link": f"{settings.SITE_URL}{wanted.get_absolute_url()}",
        },
        by=by,
        at=at,
        case=wanted.case,
        subject=wanted.subject,
        key=f"no_lawful_time:{wanted.pk}:{limit.isoformat()}",
        reply_to=wanted.case.team.mailbox,
        urgency=Urgency.URGENT,
    )
