"""An action is handed over to the meeting that reviews it: to which, when, who leads it (rows G19, H08)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch
from django.utils.timezone import localdate

from accounts.models import User
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.refs import by_name, by_ref
from cases.models import Case
from minutes import events_after as events
from minutes import letters
from minutes.enums import ActionStatus, Forum
from minutes.models import Action, ReviewHandover
from minutes.permissions import after as permissions
from minutes.rules.text import one_line
from minutes.services.reassigning import way_to
from outbox import services as outbox

LATEST = Prefetch("handovers", ReviewHandover.objects.order_by("-pk"), to_attr="told_reviews")
LONGEST = timedelta(days=366)


@transaction.atomic
def hand_to_review(
    action: Action, *, forum: str, meets_on: date, led_by: str, note: str = "", by: User, at: datetime
) -> ReviewHandover:
    """Record that the next review of an action is that meeting's; its owner and its time stay as they are.

    By the owner, the chair or business support, also once it is done: the review looks at what came of it.
    An owner who did not do it themselves is told by letter; a letter about an earlier one that has not gone
    out yet is not sent.
    Raises NotAllowed, MoveNotAllowed when it is struck out or not agreed, Refused at the field.
    """
    Case.objects.lock(action.minutes.discussion.case)
    rows = Action.objects.select_related("minutes__discussion__case", "owner__agency", "owner__user")
    held: Action = rows.select_for_update(of=("self",)).get(pk=action.pk)
    refuse(permissions.refusal_to_act(by, held, at))
    if held.status == ActionStatus.STRUCK or held.agreed_at is None:
        raise MoveNotAllowed(f"Action {held.number} is not one that was agreed and stands.")
    if forum not in Forum.values:
        raise Refused("forum", "Choose which meeting reviews it")
    today = localdate(at)
    if not today - LONGEST <= meets_on <= today + LONGEST:
        raise Refused("meets_on", "This is more than a year away. Check the day")
    leader = one_line(led_by)[:120]
    if not leader:
        raise Refused("led_by", "Enter who leads that meeting")
    handed = ReviewHandover.objects.create(
        action=held, forum=forum, meets_on=meets_on, led_by=leader, note=one_line(note)[:300],
        by_ref=by_ref(by), by_name=by_name(by), at=at,
    )  # fmt: skip
    outbox.cancel(by=by, at=at, why="It was handed over anew", subject=held.subject, kind=letters.TO_REVIEW)
    if not permissions.is_own(by, held.owner):
        letters.action_to_review(handed, *way_to(held, held.owner, at), by=by, at=at)
    data = {"number": held.number, "forum": forum, "on": meets_on.isoformat()}
    audit.record(events.ACTION_TO_REVIEW, held.minutes.discussion.case, subject=held, by=by, at=at, data=data)
    return handed
