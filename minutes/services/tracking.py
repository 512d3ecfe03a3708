"""An action that nobody does is chased, and the chair alone gives it more time (rows C28, G15)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from attendees.models import Professional
from attendees.services.links import is_staff, make_link
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.services import recompute
from minutes import events_after as events
from minutes import letters
from minutes.models import Action
from minutes.permissions import after as permissions
from minutes.rules.actions import problems
from minutes.services.actions import answer_for
from minutes.services.reminding import send
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


@dataclass(slots=True)
class Chased:
    """What one press came to: who was written to, and by name who was not, with the reason."""

    told: list[str] = field(default_factory=list)
    not_told: list[str] = field(default_factory=list)


@transaction.atomic
def chase_late(actions: Iterable[Action], *, by: User, at: datetime) -> Chased:
    """Remind, in one press, every owner of these actions that are late: one letter names all of theirs.

    What was done meanwhile is passed over. Who has no address, was reminded within the hour, or may not be
    reminded by this person is named in the answer; nobody is written to twice. Raises nothing.
    """
    numbers = [one.pk for one in actions]
    late = Action.objects.left().filter(pk__in=numbers, wanted_at__lt=at)
    cases = Case.objects.filter(pk__in=late.values("minutes__discussion__case"))
    for case in cases.order_by("pk"):
        Case.objects.lock(case)
    related = ("minutes__discussion__case__team", "minutes__discussion__request__protocol")
    rows = late.select_related(*related, "owner__agency", "owner__user").select_for_update(of=("self",))
    theirs: dict[Professional, list[Action]] = {}
    for action in rows.order_by("owner__name", "owner", "minutes", "number"):
        theirs.setdefault(action.owner, []).append(action)
    done, refused = Chased(), _Refusals(by, at)
    for owner, held in theirs.items():
        allowed = [one for one in held if not refused.of(one)]
        fresh = [one for one in allowed if one.chased_at is None or at - one.chased_at >= NOT_AGAIN_WITHIN]
        if why := _why_not(owner, allowed, fresh, by):
            done.not_told.append(why)
        else:
            send(owner, fresh, by=by, at=at)
            done.told.append(owner.name)
    return done


@dataclass(slots=True)
class _Refusals:
    """Whether somebody may remind of an action, asked once for each discussion."""

    by: User
    at: datetime
    known: dict[int, str | None] = field(default_factory=dict)

    def of(self, action: Action) -> str | None:
        number = action.minutes.discussion_id
        if number not in self.known:
            self.known[number] = permissions.refusal_to_chase(self.by, action, self.at)
        return self.known[number]


def _why_not(owner: Professional, allowed: list[Action], fresh: list[Action], by: User) -> str:
    """Why nothing is sent to them, by name; "" when a letter goes."""
    if owner.user_id == by.pk:
        return f"{owner.name}: that is you"
    if not allowed:
        return f"{owner.name}: this reminder is for {permissions.WHO_CHASES}"
    if not owner.email:
        on = f" on {owner.phone}" if owner.phone else ""
        return f"{owner.name} has no email address: telephone them{on}"
    return "" if fresh else f"{owner.name} was reminded less than an hour ago"


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
    held.extended_to, held.extended_why, held.extended_by, held.extended_at = due_at, why[:300], by, at
    held.save(update_fields=["extended_to", "extended_why", "extended_by", "extended_at"])
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
    if reason := permissions.why_over(action):
        raise MoveNotAllowed(reason)
