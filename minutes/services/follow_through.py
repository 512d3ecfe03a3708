"""An action is done when its owner says what was done; until then its clock runs (rows C28, G15)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from attendees.models import Professional
from attendees.services.files import Upload, make_ready
from audit import services as audit
from audit.errors import Refused, refuse
from audit.refs import by_ref
from cases.models import Case, Child
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.moments import moment
from minutes import events_after as events
from minutes import workflow
from minutes.enums import About, ActionStatus
from minutes.models import Action, Arrangement, Reassignment
from minutes.permissions import after as permissions
from minutes.rules.text import one_line
from minutes.rules.told import LONGEST, LONGEST_SAID
from minutes.services import turns
from minutes.services.evidence import keep_evidence
from minutes.services.reassigning import end_offer
from strategy.hooks import Running

Actor = User | Professional


def not_yet_seen(action: Action) -> Child | None:
    """The child whom this action is to see, while nobody has recorded that they were: that is another page,
    with another clock (row W33)."""
    about = Arrangement.objects.filter(action=action, about=About.CHILD).select_related("child").first()
    if about is None:
        return None
    subject = f"child:{about.child_id}"
    runs = Deadline.objects.running().filter(subject=subject, duty=Duty.CHILD_SEEN).exists()
    return about.child if runs else None


@transaction.atomic
def complete_action(
    action: Action,
    *,
    what_was_done: str,
    done_at: datetime,
    by: Actor,
    at: datetime,
    evidence: str = "",
    evidence_file: Upload | None = None,
    told_how: str = "",
) -> Action:
    """Its owner, or business support for them, says what was done, when and what shows it.

    Who is not its owner says how they know (`told_how`). One file may show it, under the rules of those that
    agencies send; it is looked into before anything is locked. The action's clock is met at that moment.
    Raises NotAllowed, MoveNotAllowed, Refused at `what_was_done`, `evidence`, `evidence_file`, `done_at` or
    `told_how`.
    """
    ready = make_ready([evidence_file] if evidence_file else [], "evidence_file")
    held = _locked(action, by, at)
    workflow.ACTION.check_move(held.status, ActionStatus.DONE)
    if not what_was_done.strip():
        raise Refused("what_was_done", "Say what was done")
    for field, text in (("what_was_done", what_was_done), ("evidence", evidence)):
        if len(text.strip()) > LONGEST_SAID:
            raise Refused(field, f"Use {LONGEST_SAID:,} characters or fewer: nothing of it is kept cut off")
    if done_at > at:
        raise Refused("done_at", "This time is in the future")
    if held.agreed_at is not None and done_at < held.agreed_at.replace(second=0, microsecond=0):
        raise Refused("done_at", "This is before the action was agreed")
    held.told_how = _how_known(held, told_how, by)
    held.status, held.done_at, held.done_by_ref = ActionStatus.DONE, done_at, by_ref(by)
    held.what_was_done, held.blocked_reason = what_was_done.strip(), ""
    held.evidence = evidence.strip()
    held.save()
    for one in ready:
        keep_evidence(held, one, by=by, at=at)
    turns.meet_action(held, by=by, at=done_at)
    end_offer(held, by=by, at=at)
    _record(events.ACTION_DONE, held, by, at)
    return held


@transaction.atomic
def block_action(action: Action, *, reason: str, by: Actor, at: datetime, told_how: str = "") -> Action:
    """Its owner says what keeps it from being done; the clock runs on. Raises as `complete_action`."""
    held = _locked(action, by, at)
    workflow.ACTION.check_move(held.status, ActionStatus.BLOCKED)
    why = " ".join(reason.split())
    if not why:
        raise Refused("reason", "Say what keeps this action from being done")
    if len(why) > 300:
        raise Refused("reason", "Use 300 characters or fewer")
    held.told_how = _how_known(held, told_how, by)
    held.status, held.blocked_reason = ActionStatus.BLOCKED, why
    held.save(update_fields=["status", "blocked_reason", "told_how"])
    _record(events.ACTION_BLOCKED, held, by, at)
    return held


@transaction.atomic
def take_up_action(action: Action, *, by: Actor, at: datetime) -> Action:
    """What blocked the action is gone."""
    held = _locked(action, by, at)
    workflow.ACTION.check_move(held.status, ActionStatus.OPEN)
    held.status, held.blocked_reason, held.told_how = ActionStatus.OPEN, "", ""
    held.save(update_fields=["status", "blocked_reason", "told_how"])
    _record(events.ACTION_TAKEN_UP, held, by, at)
    return held


def still_owes(person: Professional) -> str:
    """Why somebody cannot leave the directory: actions that would belong to nobody, or wait for their answer.

    "" for none.
    """
    open_ = Action.objects.filter(status__in=[ActionStatus.OPEN, ActionStatus.BLOCKED])
    asked = Q(pk__in=Reassignment.objects.waiting().filter(to=person).values("action"))
    theirs = open_.filter(Q(owner=person, agreed_at__isnull=False) | asked)
    cases = sorted(set(theirs.values_list("minutes__discussion__case__reference", flat=True)))
    if not cases:
        return ""
    return (
        f"{person.name} still has actions to do, or to answer for, in {' and '.join(cases)}. "
        "Have them marked as done there, or given to somebody else, first."
    )


def still_to_do_for(child: Child) -> list[Running]:
    """The agreed actions for a child that are not done, each with its owner and where they stand."""
    left = Action.objects.left().filter(child=child).select_related("owner", "minutes__discussion__case")
    return [
        Running(
            f"Action {one.number} of discussion {one.minutes.discussion.number} is not done "
            f"({one.owner.name}, by {moment(one.expected_at)})",
            reverse("worklist:actions", args=[one.minutes.discussion.case.reference]),
            "Go to the actions",
        )
        for one in left
    ]


def _how_known(action: Action, told_how: str, by: Actor) -> str:
    if permissions.is_own(by, action.owner):
        return ""
    how = one_line(told_how)
    if not how:
        raise Refused("told_how", f"Say how you know, such as that {action.owner.name} telephoned")
    if len(how) > LONGEST:
        raise Refused("told_how", f"Use {LONGEST} characters or fewer")
    return how


def _locked(action: Action, by: Actor, at: datetime) -> Action:
    Case.objects.lock(action.minutes.discussion.case)
    rows = Action.objects.select_related("minutes__discussion__case", "owner__agency", "owner__user")
    held: Action = rows.select_for_update(of=("self",)).get(pk=action.pk)
    refuse(permissions.refusal_to_act(by, held, at))
    if held.agreed_at is None:
        raise Refused(None, "This action is not agreed yet.")
    return held


def _record(event: str, action: Action, by: Actor, at: datetime) -> None:
    data: dict[str, object] = {"number": action.number}
    if action.told_how:
        data["told_how"] = action.told_how
    audit.record(event, action.minutes.discussion.case, subject=action, by=by, at=at, data=data)
