"""Reminding agencies of the information they were asked for: those who have not answered, and nobody else
(row W23)."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from attendees import events, letters, permissions
from attendees.models import InformationRequest, Invitation
from attendees.rules.reminding import reminder_since
from attendees.services.links import make_link
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from outbox import services as outbox
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

NOT_AGAIN_WITHIN = timedelta(minutes=15)  # two people at business support must not remind twice
logger = logging.getLogger(__name__)


@transaction.atomic
def chase(discussion: Discussion, *, by: User, at: datetime) -> list[InformationRequest]:
    """Send a reminder to every agency that has not answered; who has no address is to be telephoned.

    Raises NotAllowed, MoveNotAllowed when the discussion is over, Refused when there is nobody to write to or
    they were reminded a moment ago.
    """
    case = Case.objects.lock(discussion.case)
    discussion = Discussion.objects.lock(discussion)
    refuse(permissions.refusal_to_book(by, case, at))
    if discussion.status not in (DiscussionStatus.PLANNED, DiscussionStatus.STARTED):
        raise MoveNotAllowed("This discussion is over: nothing is awaited any more.")
    waiting = [one for one in still_waiting(discussion) if one.professional.email]
    fresh = [one for one in waiting if one.chased_at is None or at - one.chased_at >= NOT_AGAIN_WITHIN]
    if not fresh:
        sentence = (
            "They were reminded less than 15 minutes ago. Telephone them if it is urgent."
            if waiting
            else "Nobody who has not answered has an email address. Telephone them."
        )
        raise Refused(None, sentence)
    _remind(fresh, discussion, by, at)
    return fresh


def remind_of_information(now: datetime) -> int:
    """Remind those who have not answered, once before it is due and once after, until it is to begin.

    A reminder that business support sent counts. After an outage nobody gets the missed ones. Any number may
    do it at once. Returns how many were reminded; a fault with one discussion stops no other.
    """
    found = Discussion.objects.filter(pk__in=InformationRequest.objects.to_remind(now).values("discussion"))
    told = 0
    for discussion in found.select_related("case__team").order_by("pk"):
        try:
            told += _remind_all(discussion, now)
        except Exception:
            logger.exception("reminding of discussion %s failed; the others go on", discussion.pk)
    return told


@transaction.atomic
def _remind_all(discussion: Discussion, now: datetime) -> int:
    """Looked at again under the lock: another sweep, or a person, may have reminded them meanwhile."""
    Case.objects.lock(discussion.case)
    held = Discussion.objects.lock(discussion)
    if held.status != DiscussionStatus.PLANNED or held.planned_start <= now:
        return 0
    fresh = [one for one in still_waiting(held) if one.professional.email and _is_wanted(one, now)]
    if fresh:
        _remind(fresh, held, None, now)
    return len(fresh)


def _is_wanted(asked: InformationRequest, now: datetime) -> bool:
    since = reminder_since(asked.asked_at, asked.due_at, now)
    return since is not None and (asked.chased_at is None or asked.chased_at < since)


def _remind(
    waiting: Sequence[InformationRequest], discussion: Discussion, by: User | None, at: datetime
) -> None:
    for asked in waiting:
        asked.discussion = discussion
        asked.chased_at, asked.chased_times = at, asked.chased_times + 1
        asked.save(update_fields=["chased_at", "chased_times"])
        outbox.cancel(
            by=by, at=at, why="A newer reminder was sent", subject=asked.subject, kind="information_chased"
        )
        link = make_link(asked.professional, discussion, at=at)
        letters.information_chased(asked, discussion, link, by=by, at=at)
    data = {"professionals": [one.professional_id for one in waiting]}
    audit.record(events.INFORMATION_CHASED, discussion.case, subject=discussion, by=by, at=at, data=data)


def still_waiting(discussion: Discussion) -> list[InformationRequest]:
    """Those asked that are still invited and have not answered in any way, the soonest due first.

    Whose deputy is invited is asked no more: the deputy is.
    """
    invited = Invitation.objects.filter(discussion=discussion).still_asked().values("professional")
    rows = InformationRequest.objects.filter(
        discussion=discussion, answered_at=None, professional__in=invited, professional__is_active=True
    )
    return list(rows.select_related("professional__agency", "professional__user").order_by("due_at", "pk"))
