"""Who finishes, checks, authorises, circulates and files a record, and who may say that an action is done."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import powers, refusal_unless
from accounts.roles import ROLES, Permission
from attendees.models import Professional
from attendees.permissions import is_desk_of
from cases.models import Case
from minutes.enums import ActionStatus
from minutes.models import Action, Minutes, Reassignment
from minutes.permissions.meeting import booking_of, refusal_to_run
from strategy.models import Discussion

Actor = User | Professional
WHO_CHASES = "the chair, business support and the social worker who follows the actions up"


def refusal_to_finish(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Business support, or whoever minuted it, hands the record to the chair (row B13)."""
    return refusal_to_run(user, discussion, at)


def refusal_to_check(user: User, discussion: Discussion, at: datetime) -> str | None:
    """The chair checks and amends; so may another who holds a chair's role in the protocol (B13, B14)."""
    if reason := _without_access(user, discussion.case):
        return reason
    booking = booking_of(discussion)
    roles = discussion.request.protocol.rules.chair_roles.value
    for person in powers(user, at):
        if booking is not None and person.pk == booking.chair_id:
            return None
        if person.may(Permission.AUTHORISE_MINUTES) and person.has_role(*roles):
            return None
    titles = ", ".join(ROLES[role].title.lower() for role in roles)
    chair = f"{booking.chair.name}, who chaired it, or " if booking else ""
    return f"You cannot check or authorise these minutes. This is for {chair}one of: {titles}."


def checks_for(user: User, discussion: Discussion, at: datetime) -> str:
    """For whom somebody who did not chair it stands in when they check it, by name; "" for nobody."""
    booking = booking_of(discussion)
    if booking is not None and booking.chair_id == user.pk:
        return ""
    return " and ".join(one.name for one in powers(user, at) if one != user)


def refusal_to_circulate(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Business support circulates, sends again, hands over and revokes (row W28)."""
    if reason := _without_access(user, discussion.case):
        return reason
    return refusal_unless(user, Permission.CIRCULATE, "circulate minutes", at)


def refusal_to_record_told(user: User, discussion: Discussion, at: datetime) -> str | None:
    """What people tell of the record is written down by who runs or finishes it, and who circulates it."""
    reason = refusal_to_finish(user, discussion, at)
    return reason and refusal_to_circulate(user, discussion, at) and reason


def refusal_to_look_through(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Who runs or finishes the record, or checks it, says what of its draft those who took part may read."""
    reason = refusal_to_finish(user, discussion, at)
    return reason and refusal_to_check(user, discussion, at) and reason


def refusal_to_make_copy(user: User, minutes: Minutes, at: datetime) -> str | None:
    """Business support, the chair or the allocated worker has a copy made, and gives the family theirs."""
    discussion = minutes.discussion
    if (
        minutes.allocated_worker_id == user.pk
        and user.is_active
        and _without_access(user, discussion.case) is None
    ):
        return None
    reason = refusal_to_circulate(user, discussion, at)
    return reason and refusal_to_check(user, discussion, at) and reason


def refusal_to_correct_call(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Who chaired or minuted it, business support, or who checks the record puts right when a call was."""
    reason = refusal_to_run(user, discussion, at)
    return reason and refusal_to_check(user, discussion, at) and reason


def refusal_to_file(user: User, discussion: Discussion, at: datetime) -> str | None:
    """Business support or the chair files the minutes in the case system (row W27)."""
    reason = refusal_to_circulate(user, discussion, at)
    return reason and refusal_to_check(user, discussion, at) and reason


def refusal_to_act(by: Actor, action: Action, at: datetime) -> str | None:
    """Its owner says that an action is done; their agency’s desk, business support or the chair for them."""
    if isinstance(by, Professional):
        return None if action.owner_id == by.pk else "You cannot change somebody else’s action."
    discussion = action.minutes.discussion
    answers_for = is_desk_of(by, action.owner) and not discussion.case.restricted
    if by.is_active and (action.owner.user_id == by.pk or answers_for):
        return None
    if refusal_to_circulate(by, discussion, at) is None or refusal_to_check(by, discussion, at) is None:
        return None
    owner = action.owner.name
    return f"You cannot change this action. It is {owner}’s; business support can record it for them."


def refusal_to_answer(by: Actor, offer: Reassignment, at: datetime) -> str | None:
    """Whoever an action is offered to says yes or no; business support and the chair record it for them."""
    if is_own(by, offer.to):
        return None
    if isinstance(by, Professional):
        return "You cannot answer this: the action is not offered to you."
    discussion = offer.action.minutes.discussion
    if refusal_to_circulate(by, discussion, at) is None or refusal_to_check(by, discussion, at) is None:
        return None
    return f"You cannot answer for {offer.to.name}; business support can record what they say."


def is_own(by: Actor, person: Professional) -> bool:
    """Whether somebody acts for themselves: by their link, or signed in with an account that is open."""
    return person.pk == by.pk if isinstance(by, Professional) else by.is_active and person.user_id == by.pk


def refusal_to_give_time(user: User, action: Action, at: datetime) -> str | None:
    """The chair of its discussion alone gives an action more time, or who acts for them.

    Whoever else checks minutes does it for a chair who has left, or who chaired as the night's worker.
    """
    discussion = action.minutes.discussion
    if reason := _without_access(user, discussion.case):
        return reason
    booking = booking_of(discussion)
    chair = booking.chair if booking else None
    roles = discussion.request.protocol.rules.chair_roles.value
    if chair is None or not chair.is_active or not chair.has_role(*roles):
        return refusal_to_check(user, discussion, at) and _not_the_chair("who may check its minutes")
    if any(person.pk == chair.pk for person in powers(user, at)):
        return None
    return _not_the_chair(f"{chair.name}, who chaired the discussion")


def why_over(action: Action) -> str | None:
    """Why nobody can do anything about an action any longer, or None while it is still to be done."""
    if action.status in (ActionStatus.OPEN, ActionStatus.BLOCKED) and action.agreed_at is not None:
        return None
    return f"Action {action.number} is “{action.get_status_display().lower()}”: nothing is awaited of it."


def refusal_to_chase(user: User, action: Action, at: datetime) -> str | None:
    """The chair reminds an owner, business support, and the social worker who follows it up (row C28)."""
    discussion = action.minutes.discussion
    if user.is_active and follows_up(user, action.minutes):
        return _without_access(user, discussion.case)
    if refusal_to_check(user, discussion, at) is None or refusal_to_circulate(user, discussion, at) is None:
        return None
    return f"You cannot send this reminder. That is for {WHO_CHASES}."


def follows_up(user: User, minutes: Minutes) -> bool:
    """Whether somebody is the social worker who sees to it that its actions are done: the allocated one,
    else whoever asked for the discussion or took that over."""
    discussion = minutes.discussion
    asked = discussion.request.carried_by_id or discussion.request.requester_id
    return user.pk == (minutes.allocated_worker_id or discussion.case.allocated_worker_id or asked)


def refusal_to_read(user: User, minutes: Minutes) -> str | None:
    """Whoever may see the case reads its minutes."""
    return _without_access(user, minutes.discussion.case)


def _not_the_chair(who: str) -> str:
    return f"You cannot give this action more time. That is for {who}: ask them, and say how long you need."


def _without_access(user: User, case: Case) -> str | None:
    if getattr(case, "seen_by", None) == user.pk:
        return (
            None  # this very row was just fetched through `visible_to`; services look again under their lock
        )
    if Case.objects.visible_to(user).filter(pk=case.pk).exists():
        return None
    return "You cannot do this: you have not been given access to its case."
