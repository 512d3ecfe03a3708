"""Who may book, invite, answer for others and keep the directory: each function gives the reason, or None."""

from datetime import datetime

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from attendees.models import InformationRequest, Invitation, Professional
from cases.models import Case
from strategy.models import StrategyRequest
from strategy.permissions import refusal_to_see

Actor = User | Professional


def refusal_to_book(user: User, case: Case, at: datetime) -> str | None:
    """Business support books, moves and cancels discussions of cases they were given."""
    return refusal_to_see(user, case) or lacks_power_to_book(user, at)


def lacks_power_to_book(user: User, at: datetime) -> str | None:
    """The same for a page that was fetched through the person's access already."""
    return refusal_unless(user, Permission.BOOK, "book strategy discussions", at)


def refusal_to_state_times(user: User, wanted: StrategyRequest, case: Case, at: datetime) -> str | None:
    """When people can come is written down by whoever asked for the discussion, or by business support."""
    return refusal_to_see(user, case) or lacks_power_to_state_times(user, wanted, at)


def lacks_power_to_state_times(user: User, wanted: StrategyRequest, at: datetime) -> str | None:
    """The same for a page that was fetched through the person's access already."""
    if user.is_active and user.pk in wanted.asked_by_ids:
        return None
    return refusal_unless(user, Permission.BOOK, "write down when people can come", at)


def refusal_to_record_for(user: User, case: Case, at: datetime) -> str | None:
    """Replies and information told by telephone are typed in by those who book."""
    what = "record a reply or information for somebody else"
    return refusal_to_see(user, case) or refusal_unless(user, Permission.BOOK, what, at)


def refusal_to_answer(by: Actor, asked: Invitation | InformationRequest, at: datetime) -> str | None:
    """A person answers for themselves, or tells what their agency knows for a colleague; business support may
    record it for them."""
    if isinstance(by, Professional):
        mine = asked.professional_id == by.pk or answers_for_colleague(by, asked)
    else:
        mine = by.is_active and asked.professional.user_id == by.pk
        mine = mine or (is_desk_of(by, asked.professional) and not asked.discussion.case.restricted)
        mine = mine or (by.is_active and answers_for_colleague(getattr(by, "professional", None), asked))
    if mine:
        return None
    if isinstance(by, Professional):
        return "You cannot answer for somebody else."
    return refusal_to_record_for(by, asked.discussion.case, at)


def answers_for_colleague(by: Professional | None, asked: Invitation | InformationRequest) -> bool:
    """Whether somebody of the same agency, invited to the same discussion, tells what a colleague was asked.

    An agency is asked once for what it knows (row W22); whether they come each says for themselves.
    """
    if by is None or isinstance(asked, Invitation) or asked.professional.agency.is_authority:
        return False
    if by.agency_id != asked.professional.agency_id:
        return False  # nor does anybody in whose place a deputy is invited
    invited = Invitation.objects.filter(discussion=asked.discussion_id, professional=by)
    return invited.still_asked().exists()


def refusal_to_take_over(by: Actor, asked: Invitation) -> str | None:
    """Whoever entered by the link of a shared mailbox says which colleague deals with it."""
    if not isinstance(by, Professional) or asked.professional_id != by.pk:
        return "Only whoever reads the shared mailbox can say who takes over what came to it."
    if not asked.professional.is_shared:
        return "You are asked by your own name, so there is nothing to take over."
    return None


def is_desk_of(user: User, professional: Professional) -> bool:
    """Whether this person answers for the professional's agency: the desk of a partner, never of the
    council."""
    return (
        user.may(Permission.ANSWER_FOR_AGENCY)
        and user.agency_id is not None
        and user.agency_id == professional.agency_id
        and not professional.agency.is_authority
    )


def refusal_to_keep_desk(user: User) -> str | None:
    """The desk of a partner agency; colleagues without it find what is asked of themselves."""
    if user.may(Permission.ANSWER_FOR_AGENCY) and user.agency is not None and not user.agency.is_authority:
        return None
    return (
        "This page is for the safeguarding desk of a partner agency. What is asked of you yourself is under "
        "“My discussions”."
    )


def refusal_to_keep_directory(user: User, at: datetime) -> str | None:
    """Professionals are added by those who ask for, book and record discussions."""
    for permission in (
        Permission.BOOK,
        Permission.REQUEST_DISCUSSION,
        Permission.MINUTE,
        Permission.ADMINISTER,
    ):
        reason = refusal_unless(user, permission, "add a professional to the directory", at)
        if reason is None:
            return None
    return reason


def refusal_to_keep_lists(user: User, at: datetime) -> str | None:
    """Pasting lists, taking people off and merging entries is for business support and administrators."""
    if user.may(Permission.ADMINISTER):
        return None
    return refusal_unless(user, Permission.BOOK, "keep the directory as a whole", at)
