"""What is answered beside a child's decision, and the action that a medical becomes (rows H13, G08, C31)."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from attendees.models import Professional
from audit.errors import Refused
from cases.models import Child
from minutes.enums import ActionKind, ActionOrigin, ActionStatus
from minutes.models import Action, Minutes
from minutes.rules import decisions as rules
from minutes.rules.text import clean, one_line
from minutes.services.actions import Task, edit_action, put_action, strike_action
from strategy.enums import PlanAfter, Told
from strategy.models import Decision

DONE = "The assessment is marked as done in the action log: it was needed, and when and by whom stand there"


@dataclass(frozen=True, slots=True)
class Medical:
    """Whether the child needs a medical assessment, on health's advice; a yes says what, where and when.

    Of a discussion that is entered afterwards, `owner_name` may say who of those typed in sees to it.
    """

    needed: str
    why: str
    kind: str = ""
    place: str = ""
    at: datetime | None = None
    owner: Professional | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers; one that is empty is not given yet."""

    plan: str = ""
    under_pressure: str = ""
    pressure_note: str = ""
    medical: Medical | None = None
    legal_reason: str | None = None  # None where it was not asked


def check(said: Answers) -> None:
    """Raise Refused at the field where an answer that was given cannot stand."""
    if said.plan and said.plan not in PlanAfter.values:
        raise Refused("plan", "Choose which plan takes the risks over")
    if said.under_pressure and said.under_pressure not in Told.values:
        raise Refused("under_pressure", "Choose whether the child is under pressure")
    if told := said.medical:
        found = rules.medical_problems(
            needed=told.needed,
            why=told.why,
            kind=told.kind,
            place=told.place,
            at=told.at,
            has_owner=told.owner is not None,
        )
        for field, sentence in found.items():
            raise Refused(field, sentence)


def write(decision: Decision, said: Answers) -> None:
    """Put the answers into the decision; the caller saves it."""
    if said.legal_reason is not None:
        decision.legal_reason = clean(said.legal_reason)
    decision.plan, decision.under_pressure = said.plan, said.under_pressure
    decision.pressure_note = one_line(said.pressure_note)[:500]
    told = said.medical
    decision.medical = told.needed if told else ""
    decision.medical_why = clean(told.why) if told else ""
    is_needed = told is not None and told.needed == rules.YES
    decision.medical_kind = one_line(told.kind)[:120] if told and is_needed else ""
    decision.medical_place = one_line(told.place)[:200] if told and is_needed else ""


def keep_medical(
    record: Minutes,
    child: Child,
    told: Medical | None,
    *,
    by: User,
    at: datetime,
    since: datetime | None = None,
) -> None:
    """A medical that is needed is an action, and never typed twice; one that is not needed is struck out.

    One that is done stands as it is. `since`: from when on it may be due, where that is before `at`.
    """
    action = medical_action(record, child)
    if told is None or told.needed != rules.YES:
        if action is not None and action.status == ActionStatus.DONE:
            raise Refused("medical", DONE)
        if action is not None:
            reason = "No medical assessment is needed after all"
            strike_action(action, reason, by=by, at=at, with_part=True)
        return
    task = Task(
        text=f"{one_line(told.kind)} for {child.name}, at {one_line(told.place)}",
        owner=told.owner,
        due_at=told.at,
        child=child,
        how_known="What was found is on the case record",
        origin=ActionOrigin.MEDICAL,
        kind=ActionKind.EXAMINATION,
    )
    fields = {"owner": "medical_owner", "due_at": "medical_at"}
    if action is None:
        put_action(record, task, by=by, at=at, since=since, fields=fields)
    elif not _is_same(action, task):
        if action.status == ActionStatus.DONE:
            raise Refused("medical", DONE)
        task = replace(task, how_known=action.how_known, forum=action.forum)
        edit_action(action, task, by=by, at=at, since=since, fields=fields, with_part=True)


def medical_action(record: Minutes, child: Child) -> Action | None:
    """The action of the child's medical assessment, if one was decided and not struck out."""
    made = Action.objects.filter(minutes=record, child=child, origin=ActionOrigin.MEDICAL)
    found: Action | None = made.exclude(status=ActionStatus.STRUCK).order_by("-pk").first()
    return found


def _is_same(action: Action, task: Task) -> bool:
    """Whether the action says so already; a form tells minutes."""
    due = [one.replace(second=0, microsecond=0) if one else None for one in (action.due_at, task.due_at)]
    return (action.text, action.owner, due[0]) == (clean(task.text), task.owner, due[1])
