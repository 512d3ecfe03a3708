"""What is done with one copy: handed over, sent again, sent elsewhere, revoked, opened, acknowledged."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.models import User
from attendees.models import Invitation, Professional
from attendees.services.directory import correct_professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from minutes import events_after as events
from minutes.enums import RecipientStatus, Way
from minutes.models import Recipient
from minutes.permissions import after as permissions
from minutes.rules.text import one_line
from minutes.rules.told import problems
from minutes.services import corrections, printing, recheck, turns
from minutes.services.circulate import locked_copy, send_copy, settle
from minutes.services.recipients import way_for
from outbox import services as outbox
from outbox.enums import FAILED
from outbox.transport import enforces_tls

S = RecipientStatus


@transaction.atomic
def record_handed(
    recipient: Recipient,
    *,
    how: str,
    handed_at: datetime,
    by: User,
    at: datetime,
    accepted: Mapping[str, str] | None = None,
) -> Recipient:
    """Record that somebody was handed a printed copy: by whom, when and how. An unsent letter is taken back.

    What was found in it since the minutes were circulated is let through with a reason. Raises NotAllowed,
    MoveNotAllowed, Refused at `how`, `handed_at` or `accept_…`.
    """
    copy = _for_support(recipient, by, at)
    if copy.status in (S.HANDED, S.REVOKED):
        raise MoveNotAllowed(f"This copy is “{copy.get_status_display().lower()}” already.")
    if not how.strip():
        raise Refused("how", "Say where and how the copy was handed over")
    if handed_at > at:
        raise Refused("handed_at", "This time is in the future")
    if handed_at < copy.circulation.at.replace(second=0, microsecond=0):
        raise Refused("handed_at", "This time is before the minutes were circulated")
    let = recheck.let_copy_through(copy.rendition, accepted)
    _take_letter_back(copy, by, at, "A copy was handed over")
    copy.status, copy.way, copy.dispatched_at = S.HANDED, Way.BY_HAND, handed_at
    copy.handed_by, copy.handed_how = by, " ".join(how.split())[:200]
    copy.save()
    settle(copy.circulation)
    _record(events.COPY_HANDED, copy, by, at, let_through=let)
    return copy


@transaction.atomic
def send_again(
    recipient: Recipient,
    *,
    by: User,
    at: datetime,
    email: str = "",
    accepted: Mapping[str, str] | None = None,
) -> Recipient:
    """Send a copy that did not arrive once more, to a corrected address when one is given.

    Also one that left and did not reach its reader, as they say: the clock runs on until it has left again.
    With a new address the way is decided anew: a domain that is not listed gets a link. What was found in it
    since the minutes were circulated is let through with a reason. Raises NotAllowed, MoveNotAllowed, Refused
    at `email` or `accept_…`.
    """
    copy = _for_support(recipient, by, at)
    if later := corrections.later_version(copy.circulation.version):
        raise MoveNotAllowed(f"Version {later} took its place: circulate that, to whom this one was to go.")
    has_left = copy.status == S.SENT
    if copy.status not in (S.BOUNCED, S.NEEDS_PERSON, S.TO_HAND, S.SENT) or copy.revoked_at:
        raise MoveNotAllowed("This copy is not waiting for anybody: it cannot be sent again.")
    person = copy.professional
    if email.strip() and email.strip().lower() != person.email:
        person = correct_professional(
            person, job_role=person.job_role, phone=person.phone, email=email, by=by, at=at
        )
    copy.professional = Professional.objects.select_related("agency", "user").get(pk=person.pk)
    is_invited = Invitation.objects.filter(
        professional=copy.professional,
        discussion=copy.circulation.version.minutes.discussion_id,
        withdrawn_at=None,
    ).exists()
    copy.way, copy.why = way_for(copy.professional, secure=enforces_tls(), invited=is_invited)
    if copy.way == Way.BY_HAND:
        raise Refused("email", f"{copy.why}.")
    let = recheck.let_copy_through(copy.rendition, accepted)
    copy.status, copy.dispatched_at = S.QUEUED, None
    copy.save()
    if copy.letter is not None and copy.letter.status in FAILED:
        outbox.cancel(by=by, at=at, why="Sent again", subject=f"recipient:{copy.pk}")
    send_copy(copy, by=by, at=at)
    if has_left:
        reason = f"The copy for {copy.professional.name} is sent again"
        turns.reopen_circulation(copy.circulation.version.minutes.discussion, reason=reason, at=at)
    printing.release_letters(printing.ask_for(copy.circulation.version, copy.rendition.cut))
    settle(copy.circulation)
    _record(events.COPY_RESENT, copy, by, at, let_through=let)
    return copy


@transaction.atomic
def revoke(recipient: Recipient, *, reason: str, by: User, at: datetime) -> Recipient:
    """Take a copy back: an unsent letter is cancelled, and the minutes no longer open for this reader.

    What was attached to an e-mail that has left cannot be called back, and the page says so.
    """
    copy = _for_support(recipient, by, at)
    if copy.revoked_at is not None:
        raise MoveNotAllowed("This copy is revoked already.")
    why = " ".join(reason.split())
    if not why:
        raise Refused("reason", "Say why this copy is revoked")
    _take_letter_back(copy, by, at, "The copy was revoked")
    copy.status, copy.revoked_at, copy.revoked_by, copy.revoked_reason = S.REVOKED, at, by, why[:300]
    copy.save()
    settle(copy.circulation)
    _record(events.COPY_REVOKED, copy, by, at, reason=why)
    return copy


@transaction.atomic
def acknowledge(recipient: Recipient, *, by: User | Professional, at: datetime) -> Recipient:
    """The reader says that they have the minutes; saying it twice changes nothing."""
    copy = locked_copy(recipient)
    mine = (
        by.pk == copy.professional_id if isinstance(by, Professional) else by.pk == copy.professional.user_id
    )
    refuse(None if mine else "You cannot acknowledge somebody else’s copy.")
    if copy.revoked_at is not None:
        raise MoveNotAllowed("This copy was revoked.")
    if copy.acknowledged_at is None:
        copy.acknowledged_at = at
        copy.opened_at = copy.opened_at or at
        copy.save(update_fields=["acknowledged_at", "opened_at"])
        _record(events.COPY_ACKNOWLEDGED, copy, by, at)
    return copy


@transaction.atomic
def record_acknowledged(
    recipient: Recipient, *, how: str, told_at: datetime, by: User, at: datetime
) -> Recipient:
    """A reader told somebody that they have the minutes, who writes it down: how, when, and to whom.

    Raises NotAllowed; MoveNotAllowed when it has not gone, is revoked or acknowledged; Refused at `how` or
    `told_at`.
    """
    copy = _for_support(recipient, by, at)
    if copy.professional.user_id == by.pk:
        raise Refused(None, "This is your own copy: say on the page of the minutes that you have it.")
    if copy.revoked_at is not None:
        raise MoveNotAllowed("This copy was revoked.")
    if copy.acknowledged_at is not None:
        raise MoveNotAllowed(f"{copy.professional.name} has acknowledged this copy already.")
    if copy.dispatched_at is None:
        raise MoveNotAllowed("This copy has not gone yet. If they were handed one, record that first.")
    how, name = one_line(how), copy.professional.name
    since, since_words = copy.dispatched_at, "their copy went"
    for field, sentence in problems(
        how=how, told_at=told_at, name=name, since=since, since_words=since_words, now=at
    ).items():
        raise Refused(field, sentence)
    copy.acknowledged_at, copy.acknowledged_how, copy.acknowledged_to = told_at, how, by
    copy.save(update_fields=["acknowledged_at", "acknowledged_how", "acknowledged_to"])
    _record(events.COPY_ACKNOWLEDGED, copy, by, told_at, how=how)
    return copy


def mark_opened(recipient: Recipient, *, at: datetime, downloaded: bool = False) -> None:
    """Keep when a reader was first shown the minutes, and first fetched them; the page tells the ledger."""
    fields = {"opened_at": Coalesce("opened_at", Value(at))}
    if downloaded:
        fields["downloaded_at"] = Coalesce("downloaded_at", Value(at))
    Recipient.objects.filter(pk=recipient.pk).update(**fields)


def _for_support(recipient: Recipient, by: User, at: datetime) -> Recipient:
    copy = locked_copy(recipient)
    refuse(permissions.refusal_to_circulate(by, copy.circulation.version.minutes.discussion, at))
    return copy


def _take_letter_back(copy: Recipient, by: User, at: datetime, why: str) -> None:
    outbox.cancel(by=by, at=at, why=why, subject=f"recipient:{copy.pk}")


def _record(
    event: str, copy: Recipient, by: User | Professional, at: datetime, **data: str | list[str]
) -> None:
    case = copy.circulation.version.minutes.discussion.case
    told = {"to": f"professional:{copy.professional_id}", "way": copy.way, **data}
    audit.record(event, case, subject=copy, by=by, at=at, data=told)
