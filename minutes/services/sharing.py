"""What the family is told: the chair weighs the risk and decides (rows C25, G12)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from audit import services as audit
from audit.errors import Refused, StaleVersion, refuse
from minutes import events
from minutes.enums import ActionOrigin, ActionStatus, FamilyIsTold
from minutes.models import Action, FamilySharing, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.text import clean
from minutes.services.actions import Task, edit_action, put_action, strike_action
from minutes.services.record import changed, lock_record

TELL, ASK_AGAIN = "Tell the family what was decided to share", "Decide anew what the family is told"


@dataclass(frozen=True, slots=True)
class Told:
    """What is decided. `owner` tells the family by `due_at`; while it waits, decides anew by then."""

    told: str
    reason: str
    what: str = ""
    owner: Professional | None = None
    due_at: datetime | None = None


@transaction.atomic
def decide_sharing(
    minutes: Minutes, said: Told, *, by: User, at: datetime, version: int | None = None
) -> FamilySharing:
    """Record whether the family is told, or change it; telling, or deciding anew, becomes an action.

    Only who runs the meeting. Raises NotAllowed, StaleVersion, Refused at `told`, `reason`, `what`, `owner`
    or `due_at`.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    refuse(permissions.refusal_to_run(by, record.discussion, at))
    _check(said)
    kept = FamilySharing.objects.filter(minutes=record).select_related("action").first()
    if kept is not None and version is not None and version != kept.version:
        raise StaleVersion(None, "Somebody changed this decision while you were writing. Both are shown.")
    kept = kept or FamilySharing(minutes=record, version=0)
    kept.action = _keep_action(record, kept.action, said, by, at)
    kept.told, kept.reason, kept.what = said.told, clean(said.reason), clean(said.what)
    kept.until = said.due_at if said.told == FamilyIsTold.DELAY else None
    kept.by, kept.at, kept.version = by, at, kept.version + 1
    kept.save()
    changed(record)
    data = {"told": said.told}
    audit.record(events.SHARING_DECIDED, record.discussion.case, subject=kept, by=by, at=at, data=data)
    return kept


def _check(said: Told) -> None:
    if said.told not in FamilyIsTold.values:
        raise Refused("told", "Choose whether the family is told")
    if not said.reason.strip():
        raise Refused("reason", "Say what risk was weighed, and why this is decided")
    if said.told == FamilyIsTold.SHARE and not said.what.strip():
        raise Refused("what", "Say what the family may be told, and what not")
    if said.told != FamilyIsTold.WITHHOLD:
        if said.owner is None:
            raise Refused("owner", "Choose who sees to it")
        if said.due_at is None:
            raise Refused("due_at", "Enter by when")


def _keep_action(record: Minutes, action: Action | None, said: Told, by: User, at: datetime) -> Action | None:
    is_open = action is not None and action.status in (ActionStatus.OPEN, ActionStatus.BLOCKED)
    if said.told == FamilyIsTold.WITHHOLD:
        if action is not None and is_open:
            strike_action(action, "The family is not told", by=by, at=at, with_part=True)
        return None
    text = TELL if said.told == FamilyIsTold.SHARE else ASK_AGAIN
    how_known = "The case record says what was told, to whom and when"
    task = Task(text, said.owner, said.due_at, how_known=how_known, origin=ActionOrigin.SHARING)
    # typed after the end, they may have been told meanwhile
    since = record.discussion.ended_at if said.told == FamilyIsTold.SHARE else None
    if action is not None and is_open:
        return edit_action(action, task, by=by, at=at, since=since, with_part=True)
    return put_action(record, task, by=by, at=at, since=since)
