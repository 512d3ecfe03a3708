"""Owners who have no account are reminded by the sweep: all their actions that wait in one letter (C28, G15).

Whoever has an account is told by the deadlines' own digest. Managers and heads of service hear of a late
action once, from its clock; nothing here writes to them.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from attendees.rules.reminding import latest_morning, reminder_since
from attendees.services.links import is_staff, make_link
from audit import services as audit
from cases.models import Case
from deadlines.working_days import england
from minutes import events_after as events
from minutes import letters
from minutes.models import Action
from outbox import services as outbox

A_LETTER_EACH = timedelta(hours=1)  # actions that fall due one after the other do not make a letter each
logger = logging.getLogger(__name__)


def remind_of_actions(now: datetime) -> int:
    """Remind each owner without an account of what is due soon or late; returns how many letters.

    Each action at most once before it is due, once when it has passed, and once on each working day while it
    stays open; a reminder that a person sent counts. After an outage nobody gets the missed ones. Any number
    may do it at once; a fault with one owner stops no other.
    """
    morning = latest_morning(now, england())
    owners = set(Action.objects.to_remind(now, morning).values_list("owner", flat=True))
    written = 0
    for owner in sorted(owners):
        try:
            written += _remind(owner, now, morning)
        except Exception:
            logger.exception("reminding professional %s failed; the others go on", owner)
    return written


@transaction.atomic
def _remind(owner: int, now: datetime, morning: datetime) -> bool:
    """Looked at again with cases and actions locked: a sweep or a person may have been first."""
    waiting = Action.objects.to_remind(now, morning).filter(owner=owner)
    numbers = set(waiting.values_list("minutes__discussion__case", flat=True))
    for case in Case.objects.filter(pk__in=numbers).order_by("pk"):
        Case.objects.lock(case)
    related = ("minutes__discussion__case__team", "owner__agency", "owner__user")
    held = waiting.filter(minutes__discussion__case__in=numbers).select_related(*related)
    found = [
        action
        for action in held.select_for_update(of=("self",)).order_by("minutes", "number")
        if _is_wanted(action, now, morning)
    ]
    lately = Action.objects.filter(owner=owner, chased_at__gt=now - A_LETTER_EACH)
    if not found or lately.exists():
        return False
    send(found[0].owner, found, by=None, at=now)
    return True


def send(person: Professional, actions: Sequence[Action], *, by: User | None, at: datetime) -> None:
    """Write the letter and that each action was chased; the caller's transaction holds them locked."""
    outbox.cancel(by=by, at=at, why="A newer reminder was sent", to_ref=person, kind=letters.REMINDED)
    told = [
        (action, None if is_staff(person) else make_link(person, action.minutes.discussion, at=at))
        for action in actions
    ]
    Action.objects.filter(pk__in=[one.pk for one in actions]).update(chased_at=at)
    letters.actions_reminded(person, told, by=by, at=at)
    for action in actions:
        case, data = action.minutes.discussion.case, {"number": action.number}
        audit.record(events.ACTION_CHASED, case, subject=action, by=by, at=at, data=data)


def _is_wanted(action: Action, now: datetime, morning: datetime) -> bool:
    assert action.agreed_at is not None
    since = reminder_since(action.agreed_at, action.expected_at, now, morning)
    return since is not None and (action.chased_at is None or action.chased_at < since)
