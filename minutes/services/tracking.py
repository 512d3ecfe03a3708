"""An action that nobody does is chased, and the chair alone gives it more time (rows C28, G15)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from attendees.services.links import is_staff, make_link
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import recompute
from minutes import events_after as events
from minutes import letters
from minutes.enums import ActionStatus
from minutes.models import Action
from minutes.permissions import after as permissions
from minutes.rules.actions import problems
from minutes.services.actions import answer_for
from outbox import services as outbox

NOT_AGAIN_WITHIN = timedelta(hours=1)  # the chair and business support must not remind twice


@transaction.atomic
def chase_action(action: Action, *, by: User, at: datetime) -> Action:
    """Remind the owner by letter: a link and the action's number, and nothing about the children.

    Raises NotAllowed; MoveNotAllowed when it is done; Refused when there is no address, or a reminder has
    just gone.
    """
    held = _locked(action)
    refuse(permissions.refusal_to_chase(by, held, at))
    _check_open(held)
    if not held.owner.email:
        raise Refused(None, f"{held.owner.name} has no email address. Telephone them on {held.owner.phone}.")
    if held.chased_at is not None and at - held.chased_at < NOT_AGAIN_WITHIN:
        raise Refused(None, f"{held.owner.name} was reminded less than an hour ago. Telephone them.")
    discussion = held.minutes.discussion
    outbox.cancel(by=by, at=at, why="A newer reminder was sent", subject=held.subject, kind=letters.CHASED)
    link = None if is_staff(held.owner) else make_link(held.owner, discussion, at=at)
    held.chased_at = at
    held.save(update_fields=["chased_at"])
    letters.action_chased(held, link, by=by, at=at)
    audit.record(
        events.ACTION_CHASED, discussion.case, subject=held, by=by, at=at, data={"number": held.number}
    )
    return held


@transaction.atomic
def give_time(action: Action, *, due_at: datetime | None, reason: str, by: User, at: datetime) -> Action:
    """The chair lets an action take longer, with the reason; what was agreed and signed stays as it is.

    Raises NotAllowed, MoveNotAllowed when it is done, Refused at `due_at` or `reason`.
    """
    held = _locked(action)
    refuse(permissions.refusal_to_give_time(by, held, at))
    _check_open(held)
    if wrong := problems(text="-", has_owner=True, due_at=due_at, now=at).get("due_at"):
        raise Refused("due_at", wrong)
    assert due_at is not None
    if due_at <= held.expected_at:
        raise Refused("due_at", "This is not later than now. To want it sooner, speak to its owner")
    why = " ".join(reason.split())
    if not why:
        raise Refused("reason", "Say why it may take longer")
    was = held.expected_at
    held.extended_to, held.extended_why, held.extended_by = due_at, why[:300], by
    held.save(update_fields=["extended_to", "extended_why", "extended_by"])
    for clock in Deadline.objects.running().of(held.subject, Duty.ACTION):
        recompute(clock, answer=answer_for(held, held.minutes), by=by, at=at, manager_reason=why)
    data = {"number": held.number, "was": was.isoformat(), "due": due_at.isoformat(), "reason": why}
    audit.record(events.ACTION_EXTENDED, held.minutes.discussion.case, subject=held, by=by, at=at, data=data)
    return held


def _locked(action: Action) -> Action:
    Case.objects.lock(action.minutes.discussion.case)
    rows = Action.objects.select_related("minutes__discussion__case", "owner__agency", "owner__user")
    held: Action = rows.select_for_update(of=("self",)).get(pk=action.pk)
    return held


def _check_open(action: Action) -> None:
    if action.status not in (ActionStatus.OPEN, ActionStatus.BLOCKED) or action.agreed_at is None:
        raise MoveNotAllowed(
            f"Action {action.number} is “{action.get_status_display().lower()}”: nothing is awaited of it."
        )
