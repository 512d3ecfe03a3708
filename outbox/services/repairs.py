"""What a person does with a letter that needs one, and what happens when a letter comes back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from audit import events
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused
from audit.refs import ref
from outbox import hooks
from outbox.enums import CAN_RESEND, FAILED, WAITING, Status
from outbox.models import Letter, LetterEnclosure
from outbox.rules import BadAddressError, normalise_address, one_line
from outbox.services.queueing import wake
from outbox.services.settling import park, tell_owners

RESENT = events.register("letter.resent", "Letter sent again")
CORRECTED = events.register("letter.corrected", "Email address of a letter corrected")
BY_HAND = events.register("letter.by_hand", "Letter delivered by hand")
BOUNCED = events.register("letter.bounced", "Letter came back")


@transaction.atomic
def resend(letter: Letter, *, by: Any, at: datetime, important_until: datetime | None = None) -> Letter:
    """Send a letter again that was refused, given up, came back or may not have arrived: same id."""
    held = _lock(letter, CAN_RESEND, "This letter is not waiting for anybody: it cannot be sent again.")
    if not held.to_email:
        raise Refused("email", "There is no email address. Enter one, or say that you delivered it by hand")
    _queue_again(held, at, important_until)
    _note(RESENT, held, by, at)
    return held


@transaction.atomic
def correct_address(
    letter: Letter, to_email: str, *, by: Any, at: datetime, important_until: datetime | None = None
) -> Letter:
    """Put the right address on a letter that could not be delivered, and send it. Raises Refused("email", …).

    The message is written anew with a new id: the headers name the recipient.
    """
    held = _lock(letter, CAN_RESEND, "This letter is not waiting for anybody: its address cannot be changed.")
    try:
        held.to_email = normalise_address(to_email)
    except BadAddressError as fault:
        raise Refused("email", str(fault)) from None
    held.message_id, held.rendered, held.rendered_sha256 = None, None, ""
    _queue_again(held, at, important_until)
    held.may_have_arrived_twice = False
    held.save(update_fields=["may_have_arrived_twice"])
    _note(CORRECTED, held, by, at)
    return held


@transaction.atomic
def readdress(to_ref: Any, to_email: str, *, by: Any, at: datetime) -> int:
    """Letters to somebody that have not left go to their new address; without one a person sees to them.

    Written anew with a new id, as in `correct_address`. Those that take a file along are left: which address
    may have it is their room's to say. Returns how many.
    """
    with_file = LetterEnclosure.objects.exclude(content_type__startswith="text/calendar")
    unsent = Letter.objects.filter(to_ref=ref(to_ref), status__in=WAITING).exclude(to_email=to_email)
    unsent = unsent.exclude(pk__in=with_file.values("letter")).select_for_update().order_by("pk")
    letters = list(unsent)
    for letter in letters:
        letter.to_email = to_email
        letter.message_id, letter.rendered, letter.rendered_sha256 = None, None, ""
        letter.save(update_fields=["to_email", "message_id", "rendered", "rendered_sha256"])
        if not to_email:
            park(letter, "No email address: deliver by hand")
        _note(CORRECTED, letter, by, at)
    return len(letters)


@transaction.atomic
def rewrite(case: Any, *, says: dict[str, Any], instead: dict[str, Any]) -> int:
    """Letters of a case that have not left and whose context holds `says` are written anew with `instead`.

    Also those that wait for a person, who may send them as they are. Returns how many.
    """
    unsent = Letter.objects.for_case(case).filter(status__in=(*WAITING, *FAILED), sent_at=None)
    letters = list(unsent.filter(context__contains=says).select_for_update().order_by("pk"))
    for letter in letters:
        letter.context = {**letter.context, **instead}
        letter.message_id, letter.rendered, letter.rendered_sha256 = None, None, ""
        letter.save(update_fields=["context", "message_id", "rendered", "rendered_sha256"])
    return len(letters)


@transaction.atomic
def deliver_by_hand(letter: Letter, *, by: Any, at: datetime, how: str = "") -> Letter:
    """Record that the letter reached its reader another way; the room it belongs to hears that it arrived."""
    held = _lock(letter, CAN_RESEND, "This letter is not waiting for anybody.")
    held.status, held.sent_at, held.reason = Status.BY_HAND, at, one_line(how)
    held.owner_told = not hooks.for_sent(held.kind)
    held.save()
    transaction.on_commit(tell_owners, robust=True)
    _note(BY_HAND, held, by, at)
    return held


@transaction.atomic
def record_bounce(message_id: str, recipient: str, *, detail: str, at: datetime) -> Letter | None:
    """A letter came back after the mail server took it: a person must look. None when it is not one of ours.

    Only our own random Message-ID together with its recipient counts, so that a forged bounce finds none; and
    the worst that a true one does is to ask for a person.
    """
    try:
        address = normalise_address(recipient)
    except BadAddressError:
        return None
    held = Letter.objects.select_for_update().filter(message_id=message_id.strip(), to_email=address).first()
    if held is None or held.status not in (Status.SENT, Status.MAY_HAVE_ARRIVED):
        return None
    park(held, f"Came back: {one_line(detail)}")
    transaction.on_commit(tell_owners, robust=True)
    _note(BOUNCED, held, None, at)
    return held


def _lock(letter: Letter, statuses: tuple[str, ...], sentence: str) -> Letter:
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    if held.status not in statuses:
        raise MoveNotAllowed(sentence)
    return held


def _note(event: str, letter: Letter, by: Any, at: datetime) -> None:
    data = {"kind": letter.kind, "to": letter.to_ref}
    audit.record(event, letter.case_ref, subject=letter, by=by, at=at, data=data)


def _queue_again(letter: Letter, at: datetime, important_until: datetime | None) -> None:
    letter.may_have_arrived_twice |= letter.status == Status.MAY_HAVE_ARRIVED
    letter.status, letter.reason = Status.QUEUED, ""
    letter.next_try_at, letter.queued_at = at, at
    letter.failures, letter.sent_at, letter.withdrawn_at = 0, None, None
    if important_until is not None or (letter.important_until is not None and letter.important_until <= at):
        letter.important_until = important_until
    letter.save()
    wake()
