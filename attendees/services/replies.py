"""Replies to invitations: by the person, or recorded for them after a call."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from attendees import events, permissions
from attendees.enums import Reply
from attendees.models import Invitation, Professional, StatedTime
from attendees.services.availability import Window, state_own_times
from attendees.services.deputies import correct_seniority
from attendees.services.directory import check_address
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from outbox.rules import one_line
from strategy.enums import DiscussionStatus

BY_LINK = "By link and one-time code"
SIGNED_IN = "Signed in"
FOR_AGENCY = "Signed in, {name} of the agency’s desk"


@transaction.atomic
def reply_to_invitation(
    invitation: Invitation,
    *,
    answer: str,
    by: User | Professional,
    at: datetime,
    reason: str = "",
    deputy_name: str = "",
    deputy_job_role: str = "",
    deputy_email: str = "",
    deputy_phone: str = "",
    deputy_can_decide: bool = False,
    how: str = "",
    times: Sequence[Window] | None = None,
) -> Invitation:
    """Say whether somebody comes, does not come and why, or sends a deputy with role and seniority (rows
    C14, G06).

    By the professional, or by business support for them with `how` they said so. A later answer replaces the
    earlier one, which stays in the ledger. `times` are those at which they could or could not come, for the
    finder of times (row W21); None leaves what was said before. Raises NotAllowed, MoveNotAllowed, Refused at
    a field.
    """
    asked: Invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("discussion__case", "professional__agency")
        .get(pk=invitation.pk)
    )
    refuse(permissions.refusal_to_answer(by, asked, at))
    check_open(asked)
    if answer not in (Reply.COMING, Reply.NOT_COMING, Reply.DEPUTY):
        raise Refused("answer", "Choose whether you are coming")
    if answer == Reply.NOT_COMING and not reason.strip():
        raise Refused("reason", "Say why, so that the chair can decide what to do")
    for_somebody = is_for_somebody(asked.professional, by)
    if for_somebody and not how.strip():
        raise Refused("how", "Say how they told you, for instance by telephone")
    asked.deputy_name = asked.deputy_job_role = asked.deputy_email = asked.deputy_phone = ""
    asked.deputy_can_decide = False
    if answer == Reply.DEPUTY:
        asked.deputy_name = _needed(deputy_name, "deputy_name", "Enter the deputy’s name")
        asked.deputy_job_role = _needed(deputy_job_role, "deputy_job_role", "Enter the deputy’s role")
        asked.deputy_email = _deputy_address(deputy_email)
        asked.deputy_phone = one_line(deputy_phone)[:40]
        asked.deputy_can_decide = deputy_can_decide
        correct_seniority(asked)
    asked.reply, asked.reply_reason = answer, one_line(reason)[:300]
    asked.replied_at, asked.replied_by_ref = at, f"{by._meta.model_name}:{by.pk}"
    asked.reply_how = one_line(how)[:120] or own_way(asked.professional, by)
    asked.save()
    if times is not None and (times or stated_by(asked).exists()):
        state_own_times(asked, times, how=asked.reply_how, by=by, at=at)
    event = events.REPLY_RECORDED if for_somebody else events.REPLIED
    data = {"reply": answer, "professional": asked.professional_id, "how": asked.reply_how}
    audit.record(event, asked.discussion.case, subject=asked, by=by, at=at, data=data)
    return asked


def stated_by(asked: Invitation) -> QuerySet[StatedTime]:
    """When whoever is asked said that they can or cannot come."""
    found: QuerySet[StatedTime] = StatedTime.objects.filter(
        request=asked.discussion.request_id, professional=asked.professional_id
    )
    return found


def check_open(asked: Invitation) -> None:
    """Raise MoveNotAllowed when the invitation or its discussion no longer waits for an answer."""
    if asked.withdrawn_at is not None:
        raise MoveNotAllowed("This invitation was taken back. You need not reply.")
    if asked.discussion.status not in (DiscussionStatus.PLANNED, DiscussionStatus.STARTED):
        state = DiscussionStatus(asked.discussion.status).label.lower()
        raise MoveNotAllowed(f"This discussion is “{state}” now. You need not reply.")


def is_for_somebody(professional: Professional, by: User | Professional) -> bool:
    """Whether somebody else types what the professional said; the desk of an agency speaks for itself."""
    return (
        isinstance(by, User)
        and professional.user_id != by.pk
        and not permissions.is_desk_of(by, professional)
        and not is_colleague(professional, by)
    )


def is_colleague(professional: Professional, by: User | Professional) -> bool:
    """Whether somebody else of the professional's own agency, which is none of the authority's, answers."""
    own = by if isinstance(by, Professional) else getattr(by, "professional", None)
    if own is None or own.pk == professional.pk or professional.agency.is_authority:
        return False
    return bool(own.agency_id == professional.agency_id)


def own_way(professional: Professional, by: User | Professional) -> str:
    """How somebody answers who is not recorded for: by link, signed in, or as the desk of the agency."""
    if isinstance(by, Professional):
        return BY_LINK
    is_desk = permissions.is_desk_of(by, professional) and professional.user_id != by.pk
    return FOR_AGENCY.format(name=by.name) if is_desk else SIGNED_IN


def _needed(text: str, field: str, sentence: str) -> str:
    tidy = one_line(text)
    if not tidy:
        raise Refused(field, sentence)
    return tidy[:120]


def _deputy_address(text: str) -> str:
    try:
        return check_address(text)
    except Refused as fault:
        raise Refused("deputy_email", fault.sentence) from None
