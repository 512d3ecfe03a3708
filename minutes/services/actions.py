"""Actions, live: added, changed, put in order and struck; their clocks run from the close on (W25, G13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Max, PositiveSmallIntegerField, Value, When

from accounts.models import User
from attendees.models import Professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Child
from deadlines import services as deadlines
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.answers import Answer
from minutes import events
from minutes.enums import ActionKind, ActionOrigin, ActionStatus, Forum, MinutesStatus
from minutes.models import Action, FamilySharing, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules import actions as rules
from minutes.rules.text import clean, one_line
from minutes.services import turns
from minutes.services.agree import freeze_action_log
from minutes.services.reassigning import end_offer
from minutes.services.record import changed, lock_record, rules_of
from minutes.workflow import ACTION

BEFORE_THE_END = frozenset({MinutesStatus.OPENED, MinutesStatus.LIVE})


@dataclass(frozen=True, slots=True)
class Task:
    """Who does what by when, how we will know, and where it is reviewed."""

    text: str
    owner: Professional | None
    due_at: datetime | None
    child: Child | None = None
    how_known: str = ""
    forum: str = Forum.SUPERVISION
    origin: str = ActionOrigin.TYPED
    details: Mapping[str, str] = field(default_factory=dict)
    kind: str = ActionKind.ORDINARY


@transaction.atomic
def add_action(minutes: Minutes, task: Task, *, by: User, at: datetime) -> Action:
    """Add an action. Raises NotAllowed; Refused at `text`, `owner` or `due_at` when one cannot stand."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    return put_action(record, task, by=by, at=at, since=agreed_since(record))


def agreed_since(record: Minutes) -> datetime | None:
    """From when on an action of this record may be due: its end, or its start while it is held.

    A discussion that was minuted on paper is typed in afterwards, with actions that are due already.
    """
    return record.discussion.ended_at or record.discussion.started_at


@dataclass(frozen=True, slots=True)
class Sharing:
    """A row of the sharing plan: who tells whom what, how and when, the family included (row B11)."""

    what: str
    to_whom: str
    how: str
    owner: Professional | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Information still needed: what, from whom, how it is got, by whom and by when (row C18)."""

    what: str
    from_whom: str
    how: str
    owner: Professional | None
    due_at: datetime | None


@transaction.atomic
def plan_to_share(minutes: Minutes, row: Sharing, *, by: User, at: datetime) -> Action:
    """Add a row of the sharing plan, which is an action from then on. Raises NotAllowed, Refused."""
    return add_action(minutes, _planned(row), by=by, at=at)


@transaction.atomic
def ask_for_information(minutes: Minutes, row: Wanted, *, by: User, at: datetime) -> Action:
    """Add information still needed, which is an action from then on. Raises NotAllowed, Refused."""
    return add_action(minutes, _planned(row), by=by, at=at)


@transaction.atomic
def change_plan(
    action: Action, row: Sharing | Wanted, *, by: User, at: datetime, version: int | None = None
) -> Action:
    """Change a row of a plan; the action follows, and keeps where it is reviewed. Raises as `edit_action`."""
    task = replace(_planned(row), how_known=action.how_known, forum=action.forum, child=action.child)
    return edit_action(action, task, by=by, at=at, version=version)


def _planned(row: Sharing | Wanted) -> Task:
    """What a row of a plan is to be done."""
    if isinstance(row, Sharing):
        details = _said({"what": row.what, "to_whom": row.to_whom}, {"how": row.how})
        text, origin = rules.sharing_text(**details), ActionOrigin.SHARING
    else:
        details = _said({"what": row.what, "from_whom": row.from_whom}, {"how": row.how})
        text, origin = rules.information_text(**details), ActionOrigin.INFORMATION
    return Task(text, row.owner, row.due_at, how_known="Noted on the case", origin=origin, details=details)


def put_action(
    record: Minutes, task: Task, *, by: User, at: datetime, since: datetime | None = None,
    fields: Mapping[str, str] | None = None,
) -> Action:  # fmt: skip
    """Add an action to a record that the caller holds locked; `fields` renames the fields of a refusal.

    `since`: when it was agreed, where it is only typed `at` that moment; it may be due from then on.
    """
    _check(task, since or at, fields or {})
    last = record.actions.aggregate(last=Max("number"))["last"] or 0
    action = Action.objects.create(minutes=record, number=last + 1, **_values(task), origin=task.origin)
    changed(record)
    audit.record(
        events.ACTION_ADDED, record.discussion.case, subject=action, by=by, at=at, data=_data(action)
    )
    _after_the_end(record, [action], by, at, since)
    return action


@transaction.atomic
def edit_action(
    action: Action, task: Task, *, by: User, at: datetime, version: int | None = None,
    since: datetime | None = None, fields: Mapping[str, str] | None = None, with_part: bool = False,
) -> Action:  # fmt: skip
    """Change an open action; `since` as in `put_action`.

    `with_part`: the part of the record that it came from is changed in the same breath. Without, an action of
    an arrangement or a decision is refused: it would say one thing and the record another.

    Raises StaleVersion when somebody changed it meanwhile, Refused, MoveNotAllowed, NotAllowed.
    """
    record = lock_record(action.minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    kept: Action = Action.objects.lock(action)
    _check_open(kept)
    if not with_part and (part := part_of(kept)):
        raise MoveNotAllowed(rules.CHANGED_WITH[part])
    if version is not None and version != kept.version:
        raise Refused(None, "Somebody changed this action while you were writing. Look at it again.")
    _check(task, since or agreed_since(record) or at, fields or {}, unless_due=kept.due_at)
    if task.owner is not None and task.owner.pk != kept.owner_id:
        kept.agreed_owner = None  # whose it is, is agreed anew
        end_offer(kept, by=by, at=at)
    for name, value in _values(task).items():
        setattr(kept, name, value)
    kept.version += 1
    kept.save()
    changed(record)
    audit.record(events.ACTION_EDITED, record.discussion.case, subject=kept, by=by, at=at, data=_data(kept))
    _after_the_end(record, [kept], by, at)
    return kept


@transaction.atomic
def reorder_actions(minutes: Minutes, order: Sequence[int], *, by: User, at: datetime) -> Minutes:
    """Number the actions anew, in the order of these ids, until the discussion ends and they are signed."""
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    if record.status not in BEFORE_THE_END:
        raise MoveNotAllowed("The action log is being signed: its numbers stay as they are.")
    known = set(record.actions.values_list("pk", flat=True))
    if set(order) != known or len(order) != len(known):
        raise Refused(None, "Somebody added or struck an action meanwhile. Look at the list again.")
    places = [When(pk=pk, then=Value(number)) for number, pk in enumerate(order, 1)]
    if places:
        number = Case(*places, default=F("number"), output_field=PositiveSmallIntegerField())
        record.actions.update(number=number)
    changed(record)
    audit.record(events.ACTIONS_REORDERED, record.discussion.case, subject=record, by=by, at=at)
    return record


@transaction.atomic
def strike_action(action: Action, reason: str, *, by: User, at: datetime, with_part: bool = False) -> Action:
    """Strike an action out; it stays in the log with the reason. Its clock no longer runs.

    What it came from follows: a visit is arranged no more. An action of a decision is struck only
    `with_part`, by the decision. Raises NotAllowed, MoveNotAllowed, Refused at `reason`.
    """
    record = lock_record(action.minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    kept: Action = Action.objects.lock(action)
    if not with_part and (part := part_of(kept)) in rules.STRUCK_WITH:
        raise MoveNotAllowed(rules.STRUCK_WITH[part])
    ACTION.check_move(kept.status, ActionStatus.STRUCK)
    reason = one_line(reason)
    if not reason:
        raise Refused("reason", "Say why it is struck out")
    if len(reason) > 300:
        raise Refused("reason", "Use 300 characters or fewer")
    kept.status, kept.struck_reason, kept.version = ActionStatus.STRUCK, reason, kept.version + 1
    kept.save(update_fields=["status", "struck_reason", "version"])
    end_offer(kept, by=by, at=at)
    changed(record)
    audit.record(
        events.ACTION_STRUCK, record.discussion.case, subject=kept, by=by, at=at, data={"why": reason}
    )
    for clock in Deadline.objects.running().of(kept.subject, Duty.ACTION):
        deadlines.void(clock, reason=f"Struck out: {reason}", by=by, at=at)
    _after_the_end(record, [], by, at)
    return kept


def open_action_clocks(
    record: Minutes, *, by: User, at: datetime, actions: Sequence[Action] | None = None
) -> None:
    """Start a clock for each open action, or bring it in line; whose turn it is, is its owner's."""
    if actions is None:
        actions = list(record.actions.filter(status=ActionStatus.OPEN).select_related("owner__user"))
    for action in actions:
        owner, verb = turns.turn_of(action, record)
        deadlines.open_clock(
            case=record.discussion.case,
            subject=action.subject,
            answer=answer_for(action, record),
            by=by,
            at=at,
            owner=owner,
            verb=verb,
            protocol=rules_of(record.discussion),
            may_lengthen=True,
        )


# --- Beats that several of them share ---------------------------------------------------------


def _after_the_end(
    record: Minutes, actions: list[Action], by: User, at: datetime, since: datetime | None = None
) -> None:
    """Once agreed, a changed action is agreed anew: another log to sign, and its clock follows."""
    if record.status in BEFORE_THE_END:
        return
    for action in actions:
        if action.agreed_at is None:
            action.agreed_at = since or at
            action.save(update_fields=["agreed_at"])
    freeze_action_log(record, by=by, at=at)
    open_action_clocks(record, by=by, at=at, actions=actions)


def answer_for(action: Action, record: Minutes) -> Answer:
    """By when an action is to be done, as its clock keeps it."""
    return Answer(
        duty=Duty.ACTION,
        starts_at=action.agreed_at or record.agreed_at or action.due_at,
        due_at=action.expected_at,
        limit=None,
        because="The chair gave more time: " + action.extended_why
        if action.extended_to
        else "The discussion agreed that this is done by then.",
        source=f"Action {action.number} of the action log",
    )


def _check(task: Task, at: datetime, fields: Mapping[str, str], unless_due: datetime | None = None) -> None:
    # To the minute: "by 5pm" typed in that minute is not yet the past; a due moment that stays may be past.
    now = at.replace(second=0, microsecond=0)
    if unless_due is not None and task.due_at == unless_due:
        now = min(now, unless_due)
    found = rules.problems(
        text=clean(task.text), has_owner=task.owner is not None, due_at=task.due_at, now=now
    )
    for name, sentence in found.items():
        raise Refused(fields.get(name, name), sentence)
    if task.kind not in ActionKind.values:
        raise Refused("kind", "Choose what kind of action it is")
    if task.forum not in Forum.values:
        raise Refused("forum", "Choose where it is reviewed")


def part_of(action: Action) -> str:
    """Which part of the record says the same as this action and is changed with it, if one does."""
    if action.origin in (ActionOrigin.LAMING, ActionOrigin.MEDICAL):
        return action.origin
    is_family = action.origin == ActionOrigin.SHARING and not action.details
    if is_family and FamilySharing.objects.filter(action=action).exists():
        return rules.FAMILY
    return ""


def _check_open(action: Action) -> None:
    if action.status not in (ActionStatus.OPEN, ActionStatus.BLOCKED):
        raise MoveNotAllowed(f"This action is “{action.get_status_display().lower()}” and cannot be changed.")


def _values(task: Task) -> dict[str, Any]:
    return {
        "text": clean(task.text),
        "owner": task.owner,
        "due_at": task.due_at,
        "child": task.child,
        "how_known": one_line(task.how_known)[:300],
        "forum": task.forum,
        "details": dict(task.details),
        "kind": task.kind,
    }


def _said(needed: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    tidy = {name: one_line(text)[:1000] for name, text in (needed | more).items()}
    sentences = {
        "what": "Say what",
        "to_whom": "Say who is told: a person or an agency",
        "from_whom": "Say who knows it: a person or an agency",
    }
    for name in needed:
        if not tidy[name]:
            raise Refused(name, sentences[name])
    return tidy


def _data(action: Action) -> dict[str, Any]:
    return {
        "number": action.number,
        "owner": action.owner_id,
        "due": action.due_at.isoformat(),
        "origin": action.origin,
    }


__all__ = [
    "Sharing",
    "Task",
    "Wanted",
    "add_action",
    "agreed_since",
    "answer_for",
    "ask_for_information",
    "change_plan",
    "edit_action",
    "open_action_clocks",
    "part_of",
    "plan_to_share",
    "put_action",
    "reorder_actions",
    "strike_action",
]
