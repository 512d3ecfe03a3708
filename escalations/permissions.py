"""Who may raise, answer, move up, resolve and withdraw an escalation: each gives the reason, or None."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import may_as, refusal_unless
from accounts.roles import Permission
from attendees.models import Professional
from cases.models import Case
from escalations.models import Escalation
from escalations.people import Actor, is_partner, is_party, knows
from protocols.rules.settings import Protocol
from strategy.permissions import refusal_to_see

CLOSED = "This account or entry is closed."


def refusal_to_raise(by: Actor, case: Case, rules: Protocol, at: datetime) -> str | None:
    """Staff who may see the case; partners who took part, were invited or referred, where the procedure lets
    them (X17, H15)."""
    if not by.is_active:
        return CLOSED
    if is_partner(by):
        if getattr(case, "followed_by", None) != by and not knows(by, case):
            return (
                "You cannot escalate this: you were not asked to a discussion of this case, nor referred it."
            )
        setting = rules.partners_may_escalate
        if setting.value:
            return None
        return (
            f"The local procedure does not let partners escalate here ({setting.source}). "
            "Telephone the team manager, who can raise it."
        )
    assert isinstance(by, User)
    return _without_access(by, case) or lacks_power(by, "raise an escalation", at)


def lacks_power(user: User, what: str, at: datetime) -> str | None:
    """The power alone, for a page that was fetched through the person's access already."""
    return refusal_unless(user, Permission.ESCALATE, what, at)


def refusal_to_follow(by: Actor, escalation: Escalation) -> str | None:
    """Staff who may see the case; of partners only the two agencies' people who know of the case."""
    if not by.is_active:
        return CLOSED
    if not is_partner(by):
        assert isinstance(by, User)
        return _without_access(by, escalation.case)
    if getattr(escalation.case, "followed_by", None) == by or _raised(by, escalation):
        return None
    parties = (escalation.raising_agency_id, escalation.against_id)
    if any(is_party(by, agency) for agency in parties) and knows(by, escalation.case):
        return None
    return "This escalation is between other agencies."


def refusal_to_answer(by: Actor, escalation: Escalation, at: datetime) -> str | None:
    """The agency it was raised with answers; for a partner who telephoned, staff write it down."""
    if reason := refusal_to_follow(by, escalation):
        return reason
    if is_partner(by):
        return (
            None
            if is_party(by, escalation.against_id)
            else f"You cannot answer this: it was raised with {escalation.against}."
        )
    assert isinstance(by, User)
    return lacks_power(by, "record an answer", at)


def refusal_to_carry_on(by: Actor, escalation: Escalation, at: datetime) -> str | None:
    """The raising agency resolves it or moves it up; so may the owner of the rung and a head of service."""
    if reason := refusal_to_follow(by, escalation):
        return reason
    if is_partner(by):
        return None if is_party(by, escalation.raising_agency_id) else _not_yours(escalation)
    assert isinstance(by, User)
    if reason := lacks_power(by, "move an escalation up or resolve it", at):
        return reason
    if is_party(by, escalation.raising_agency_id) or may_as(by, Permission.OVERSEE, at) is not None:
        return None
    if escalation.stages.ongoing().filter(owner=by).exists():
        return None
    return _not_yours(escalation)


def refusal_to_withdraw(by: Actor, escalation: Escalation, at: datetime) -> str | None:
    """Only the raising agency takes back what it asked."""
    if reason := refusal_to_follow(by, escalation):
        return reason
    if not is_party(by, escalation.raising_agency_id):
        return f"Only {escalation.raising_agency} can withdraw this escalation."
    return None if is_partner(by) else lacks_power(by, "withdraw an escalation", at)  # type: ignore[arg-type]


def refusal_to_oversee(user: User) -> str | None:
    """The overview of the whole service is for whoever answers for it."""
    if user.may(Permission.OVERSEE):
        return None
    return "The overview of escalations is for heads of service."


def refusal_to_list(user: User, at: datetime) -> str | None:
    """The list is for staff who raise or answer escalations, and for those who only read."""
    if is_partner(user):
        return "This list is the council’s. Yours is under “Referrals and escalations”."
    if user.may(Permission.READ_ALL_CASES):
        return None
    return lacks_power(user, "read the list of escalations", at)


def may_list(user: User) -> bool:
    """Whether the navigation leads to the list: partners have pages of their own."""
    if user.is_partner:
        return False
    return user.may(Permission.ESCALATE) or user.may(Permission.READ_ALL_CASES)


def _without_access(user: User, case: Case) -> str | None:
    if getattr(case, "seen_by", None) == user.pk:
        return (
            None  # this very row was just fetched through `visible_to`; services look again under their lock
        )
    return refusal_to_see(user, case)


def _raised(by: Actor, escalation: Escalation) -> bool:
    if isinstance(by, Professional):
        return escalation.raised_by_id == by.pk
    return escalation.raised_by.user_id == by.pk


def _not_yours(escalation: Escalation) -> str:
    return (
        f"This is for {escalation.raising_agency}, who raised it, the owner of the rung, "
        "and heads of service."
    )
