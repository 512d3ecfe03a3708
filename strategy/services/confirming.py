"""Reminding whoever asked to telephone business support, until the call is logged (row W21)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime

from outbox.models import Letter
from strategy import letters
from strategy.models import StrategyRequest
from strategy.people import support_team

# Local defaults: the source asks for the call, and says nothing of how often one is reminded.
EVERY = timedelta(hours=2)
FROM, UNTIL = 8, 20  # the hours of the day, in England, in which a request that is not urgent is chased
KEY = "confirm_receipt"


def remind_to_confirm(now: datetime, *, most: int = 100) -> int:
    """Write to whoever asked and has not telephoned, every two hours from the authorisation on.

    Only the reminder that is due now: after an outage nobody gets the missed ones. It ends with the logged
    call, or when the discussion begins. Any number may do it at once: each reminder is written once.
    Returns how many requests were reminded of.
    """
    is_day = FROM <= localtime(now).hour < UNTIL
    rows = StrategyRequest.objects.unconfirmed(now).filter(authorisation__at__lte=now - EVERY)
    rows = rows if is_day else rows.filter(is_urgent=True)
    rows = rows.select_related("authorisation", "case__team", "requester", "carried_by", "on_behalf_of")
    found = {
        f"{KEY}:{one.pk}:{one.authorisation.pk}:{(now - one.authorisation.at) // EVERY}:": one
        for one in rows.select_related(
            "authorisation", "case__team", "requester", "carried_by", "on_behalf_of"
        )
    }
    told = {key for key in found if Letter.objects.filter(key__startswith=key).exists()}
    waiting = [(key, one) for key, one in found.items() if key not in told][:most]
    for key, one in waiting:
        with transaction.atomic():
            letters.confirm_receipt(one, support_team(one.case), key, at=now)
    return len(waiting)
