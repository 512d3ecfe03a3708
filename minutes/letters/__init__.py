"""Letters after a discussion: agree and sign, a copy of the minutes, an action. No child's name in any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from attendees.letters.invitations import mailbox_of
from attendees.models import Attendance, PartnerLink, Professional
from govuk.moments import long_date, moment
from minutes.enums import ActionStatus, OfferAnswer
from minutes.letters.copies import (
    PREFIX,
    copies_found_since,
    copy_bounced,
    copy_of_minutes,
    file_altered,
)
from minutes.models import Action, ActionLog, Minutes, Reassignment, ReviewHandover
from outbox.enums import Policy, Urgency
from outbox.models import Letter
from outbox.services import queue
from strategy.models import Discussion
from strategy.people import support_team

CHASED = "action_chased"
REMINDED = "actions_reminded"
OFFERED = "action_offered"
ANSWERED = "action_answered"
TO_REVIEW = "action_to_review"
TO_AGREE = "record_to_agree"
TO_SIGN = "log_to_sign"
ENQUIRY = "enquiry_put_right"


def record_to_agree(
    log: ActionLog,
    attendance: Attendance,
    link: PartnerLink | None,
    *,
    answered: bool,
    due_at: datetime | None,
    reply_to: str,
    by: User,
    at: datetime,
    signed: bool = False,
    again: bool = False,
) -> Letter:
    """Ask somebody who took part to agree the record and sign the action log; who did either, for the other.

    `again`: also when they had such a letter before.
    """
    due = moment(due_at) if due_at and due_at > at else ""
    more = {"answered": answered, "signed": signed, "due": due}
    letter = _to_sign(TO_AGREE, log, attendance, link, more, reply_to=reply_to, by=by, at=at, again=again)
    return letter


def asked_for_the_rest(
    letter: Letter, minutes: Minutes, done: dict[str, bool], *, by: User | Professional, at: datetime
) -> Letter:
    """A letter that asks for both, written anew once one is done: from the same person, for the other."""
    return queue(
        TO_AGREE,
        to_email=letter.to_email,
        to_name=letter.to_name,
        to_ref=letter.to_ref,
        context={**letter.context, **done},
        by=by,
        at=at,
        case=minutes.discussion.case,
        subject=minutes,
        key=f"{letter.key}:rest",
        reply_to=letter.reply_to,
    )


def log_to_sign(
    log: ActionLog,
    attendance: Attendance,
    link: PartnerLink | None,
    *,
    reply_to: str,
    by: User,
    at: datetime,
) -> Letter:
    """Ask somebody who signed an earlier action log to sign the changed one."""
    return _to_sign(TO_SIGN, log, attendance, link, {}, reply_to=reply_to, by=by, at=at)


def key_of(kind: str, log: ActionLog, attendance: int | str = "") -> str:
    """The key of a letter about an action log, one to each who took part; or its beginning, for all."""
    return f"{kind}:{log.pk}:{attendance}"


def _to_sign(
    kind: str,
    log: ActionLog,
    attendance: Attendance,
    link: PartnerLink | None,
    more: dict[str, Any],
    *,
    reply_to: str,
    by: User,
    at: datetime,
    again: bool = False,
) -> Letter:
    minutes, person = log.minutes, attendance.professional
    discussion = minutes.discussion
    return queue(
        kind,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "to_name": person.name,
            "reference": discussion.case.reference,
            "held_on": long_date(discussion.started_at or discussion.planned_start),
            "link": link.pk if link else None,
            "path": reverse("minutes:round", args=[discussion.pk]),
            "by": by.name,
            "phone": by.phone,
            **more,
        },
        by=by,
        at=at,
        case=discussion.case,
        subject=minutes if kind == TO_AGREE else log,
        key=key_of(kind, log, attendance.pk) + (f":{at.isoformat()}" if again else ""),
        reply_to=reply_to,
    )


def enquiry_put_right(
    discussion: Discussion, lead: User, subject: str, *, is_open: bool, by: User, at: datetime
) -> Letter | None:
    """Tell whoever leads it that a section 47 enquiry was begun, or never was, as a decision was put right.

    Nothing to whoever put it right themselves.
    """
    if lead.pk == by.pk:
        return None
    return queue(
        ENQUIRY,
        to_email=lead.email,
        to_name=lead.name,
        to_ref=lead,
        context={
            "to_name": lead.name,
            "reference": discussion.case.reference,
            "number": discussion.number,
            "is_open": is_open,
            "path": reverse("minutes:read", args=[discussion.pk]),
            "by": by.name,
            "phone": by.phone,
        },
        by=by,
        at=at,
        case=discussion.case,
        subject=subject,
        reply_to=mailbox_of(discussion, by),
        urgency=Urgency.URGENT,
        or_by_hand=True,
    )


def action_chased(action: Action, link: PartnerLink | None, *, by: User, at: datetime) -> Letter:
    """Remind its owner of one action: its number, by when, and where to say what was done."""
    discussion, person = action.minutes.discussion, action.owner
    return queue(
        CHASED,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "to_name": person.name,
            "reference": discussion.case.reference,
            "number": action.number,
            "due": moment(action.expected_at),
            "is_late": action.expected_at < at,
            "link": link.pk if link else None,
            "path": reverse("minutes:partner_actions" if link else "minutes:actions", args=[discussion.pk]),
            "by": by.name,
            "phone": by.phone,
        },
        by=by,
        at=at,
        case=discussion.case,
        subject=action.subject,
        key=f"chased:{action.pk}:{at.isoformat()}",
        reply_to=mailbox_of(discussion, by),
        urgency=Urgency.URGENT if action.expected_at < at else Urgency.NORMAL,
    )


def actions_reminded(
    person: Professional,
    actions: Sequence[tuple[Action, PartnerLink | None]],
    *,
    by: User | None,
    at: datetime,
) -> Letter:
    """Remind one person of all their actions that wait, of one discussion or of several, in one letter.

    Who is rung is whoever reminds, else the business support team. It is not repeated when nobody knows
    whether it arrived: the next one supersedes it.
    """
    first = actions[0][0].minutes.discussion
    cases = {action.minutes.discussion.case_id for action, _ in actions}
    return queue(
        REMINDED,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "to_name": person.name,
            "number": len(actions),
            "is_late": any(action.expected_at < at for action, _ in actions),
            "discussions": _by_discussion(actions, by, at),
        },
        by=by,
        at=at,
        case=first.case if len(cases) == 1 else None,
        subject=person,
        key=f"{REMINDED}:{person.pk}:{at.isoformat()}",
        reply_to=mailbox_of(first, by),
        urgency=Urgency.URGENT if any(one.expected_at < at for one, _ in actions) else Urgency.NORMAL,
        policy=Policy.DROP,
    )


def _by_discussion(
    actions: Sequence[tuple[Action, PartnerLink | None]], by: User | None, at: datetime
) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for action, link in actions:
        discussion = action.minutes.discussion
        rung = by or support_team(discussion.case) or discussion.case.team
        page = "minutes:partner_actions" if link else "minutes:actions"
        about = found.setdefault(
            discussion.pk,
            {
                "reference": discussion.case.reference,
                "link": link.pk if link else None,
                "path": reverse(page, args=[discussion.pk]),
                "by": rung.name,
                "phone": rung.phone,
                "actions": [],
            },
        )
        line = {
            "number": action.number, "due": moment(action.expected_at), "is_late": action.expected_at < at,
        }  # fmt: skip
        about["actions"].append(line)
    return list(found.values())


def action_offered(
    offer: Reassignment, link: PartnerLink | None, path: str, *, by: User | Professional, at: datetime
) -> Letter:
    """Ask somebody whether they take an action on: whose it is, by when, and where to answer."""
    context = {"owner": offer.action.owner.name, "due": moment(offer.action.expected_at)}
    return _of_action(OFFERED, offer, offer.to, context, link, path, by, at)


def action_answered(
    offer: Reassignment,
    owner: Professional,
    link: PartnerLink | None,
    path: str,
    *,
    by: User | Professional,
    at: datetime,
) -> Letter:
    """Tell whoever owned an action until now whether it was accepted; the reason stands on the page."""
    context = {"to": offer.to.name, "is_accepted": offer.answer == OfferAnswer.ACCEPTED}
    return _of_action(ANSWERED, offer, owner, context, link, path, by, at)


def action_to_review(
    handed: ReviewHandover, link: PartnerLink | None, path: str, *, by: User, at: datetime
) -> Letter:
    """Tell its owner which meeting reviews an action now, and when; who leads it stands on the page."""
    context = {
        "is_done": handed.action.status == ActionStatus.DONE,
        "forum": handed.get_forum_display(),
        "meets_on": long_date(handed.meets_on),
    }
    return _of_action(TO_REVIEW, handed, handed.action.owner, context, link, path, by, at)


def _of_action(
    kind: str,
    step: Reassignment | ReviewHandover,
    person: Professional,
    context: dict[str, Any],
    link: PartnerLink | None,
    path: str,
    by: User | Professional,
    at: datetime,
) -> Letter:
    action, discussion = step.action, step.action.minutes.discussion
    return queue(
        kind,
        to_email=person.email,
        to_name=person.name,
        to_ref=person,
        context={
            "to_name": person.name,
            "reference": discussion.case.reference,
            "number": action.number,
            "link": link.pk if link else None,
            "path": path,
            "by": by.name,
            "phone": by.phone,
            **context,
        },
        by=by,
        at=at,
        case=discussion.case,
        subject=action.subject,
        key=f"{kind}:{step.pk}",
        reply_to=mailbox_of(discussion, by if isinstance(by, User) else None),
    )


__all__ = ["PREFIX", "copies_found_since", "copy_bounced", "copy_of_minutes", "file_altered"]
