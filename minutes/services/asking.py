"""Asking those who took part to agree the record and to sign the action log, each by a letter (W26, W27)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import User
from attendees.enums import TAKES_PART
from attendees.letters.invitations import mailbox_of
from attendees.models import Attendance, Invitation, PartnerLink, Professional, Signature
from attendees.services.links import is_staff, make_link
from audit import services as audit
from audit.refs import ref
from minutes import events, letters
from minutes.models import ActionLog, Minutes
from minutes.services import turns
from outbox import services as outbox
from outbox.enums import Status
from outbox.models import Letter
from outbox.rules import BadAddressError, normalise_address

NO_ADDRESS = "No e-mail address that reaches them"
NO_LINK = "Was not invited, so has no link"
ANSWERED, SIGNED = "They had answered before it left", "They had signed before it left"


def ask_to_agree(record: Minutes, log: ActionLog, *, by: User, at: datetime) -> None:
    """The round is open: each who took part has one letter; who answered at the end is asked to sign alone.

    Called as the discussion is closed, within its transaction. Whoever no letter reaches is left to business
    support, and never keeps a discussion from being closed.
    """
    answered = set(record.agreements.values_list("attendance", flat=True))
    due_at = turns.round_due(record)
    reply_to = mailbox_of(record.discussion, by)
    asked = list(_reached(took_part(record), record, at))
    for one, link in asked:
        letters.record_to_agree(
            log, one, link, answered=one.pk in answered, due_at=due_at, reply_to=reply_to, by=by, at=at
        )
    _tell(record, log, [one for one, _ in asked], by, at)


def ask_to_sign_again(record: Minutes, log: ActionLog, former: ActionLog, *, by: User, at: datetime) -> None:
    """A changed action made a new log: whoever signed the former one is asked to sign this.

    One letter a log. A letter about the former log that has not left is taken back, and its reader is asked
    of this one instead; who had not signed at all has been asked, and finds the new log by the same link.
    """
    signed = set(Signature.objects.filter(document=former.document).values_list("attendance", flat=True))
    begin = letters.key_of(letters.TO_SIGN, former)
    unsent = Letter.objects.filter(key__startswith=begin, sent_at=None).exclude(status=Status.CANCELLED)
    keys = unsent.values_list("key", flat=True)
    wanted = signed | {int(str(key).removeprefix(begin)) for key in keys}
    if not wanted:
        return
    outbox.cancel(by=by, at=at, why="The action log was changed again", key_prefix=begin)
    reply_to = mailbox_of(record.discussion, by)
    asked = list(_reached((one for one in took_part(record) if one.pk in wanted), record, at))
    for one, link in asked:
        letters.log_to_sign(log, one, link, reply_to=reply_to, by=by, at=at)
    _tell(record, log, [one for one, _ in asked], by, at)


def ask_one(record: Minutes, attendance: Attendance, *, by: User, at: datetime) -> None:
    """Somebody was there after all: one letter, to agree the record and to sign; who answered, to sign alone.

    Called with the record locked. Whoever no letter reaches is left to business support.
    """
    log = record.action_logs.order_by("-number").first()
    row = next((one for one in took_part(record) if one.pk == attendance.pk), None)
    if log is None or row is None:
        return
    for one, link in _reached([row], record, at):
        done = _done(record, log, one)
        if not all(done.values()):
            due_at, reply_to = turns.round_due(record), mailbox_of(record.discussion, by)
            letters.record_to_agree(
                log, one, link, **done, due_at=due_at, reply_to=reply_to, by=by, at=at, again=True
            )
            _tell(record, log, [one], by, at)


def stop_asking(record: Minutes, attendance: Attendance, *, why: str, by: User, at: datetime) -> None:
    """Take back every letter to somebody that asks them to agree or to sign and has not left."""
    for kind in (letters.TO_AGREE, letters.TO_SIGN):
        _take_back(record, attendance, kind, why, by, at)


def note_done(record: Minutes, attendance: Attendance, *, by: User | Professional, at: datetime) -> None:
    """Somebody has answered or signed: nobody is asked by a letter that leaves later to do it again.

    A letter that asks for both, when one is done, is written anew and asks for the other. Called with the
    record locked, whenever somebody answers or signs. One that is with the mail server cannot be stopped.
    """
    log = record.action_logs.order_by("-number").first()
    if log is None:
        return
    done = _done(record, log, attendance)
    if done["signed"]:
        _take_back(record, attendance, letters.TO_SIGN, SIGNED, by, at)
    for letter in _unsent(record, attendance, letters.TO_AGREE):
        if {name: letter.context.get(name, False) for name in done} != done:
            _take_back(record, attendance, letters.TO_AGREE, SIGNED if done["signed"] else ANSWERED, by, at)
            if not all(done.values()):
                letters.asked_for_the_rest(letter, record, done, by=by, at=at)
            break


def _done(record: Minutes, log: ActionLog, attendance: Attendance) -> dict[str, bool]:
    """What somebody has done of what the letters ask for."""
    return {
        "answered": record.agreements.filter(attendance=attendance).exists(),
        "signed": Signature.objects.filter(attendance=attendance, document=log.document).exists(),
    }


def _unsent(record: Minutes, attendance: Attendance, kind: str) -> list[Letter]:
    """Letters of one kind about this record to one person that have not left."""
    of_kind = Letter.objects.filter(kind=kind, to_ref=ref(attendance.professional), sent_at=None)
    subjects = [ref(record), *[ref(one) for one in record.action_logs.all()]]
    return list(of_kind.filter(subject_ref__in=subjects).exclude(status=Status.CANCELLED).order_by("-pk"))


def _take_back(
    record: Minutes, attendance: Attendance, kind: str, why: str, by: User | Professional, at: datetime
) -> None:
    for letter in _unsent(record, attendance, kind):
        to_ref, subject = letter.to_ref, letter.subject_ref
        outbox.cancel(by=by, at=at, why=why, kind=kind, to_ref=to_ref, subject=subject)


def took_part(record: Minutes) -> list[Attendance]:
    """Those who agree the record and sign, in the order they were recorded, in one statement.

    Each says whether their invitation stands (`is_invited`): a link opens for nobody else.
    """
    asked = Invitation.objects.filter(
        discussion=record.discussion_id, professional=OuterRef("professional"), withdrawn_at=None
    )
    rows = Attendance.objects.filter(discussion=record.discussion_id, mode__in=TAKES_PART)
    rows = rows.annotate(is_invited=Exists(asked))
    return list(rows.select_related("professional__agency", "professional__user").order_by("pk"))


def why_not_by_letter(attendance: Any) -> str:
    """Why no letter leads one of `took_part` to the record: business support asks them. Else nothing."""
    person = attendance.professional
    try:
        normalise_address(person.email)
    except BadAddressError:
        return NO_ADDRESS
    if is_staff(person) or (attendance.is_invited and person.is_active):
        return ""
    return NO_LINK


def _reached(
    people: Iterable[Attendance], record: Minutes, at: datetime
) -> Iterator[tuple[Attendance, PartnerLink | None]]:
    for one in people:
        if not why_not_by_letter(one):
            yield one, make_link(one.professional, record.discussion, at=at)


def _tell(record: Minutes, log: ActionLog, asked: list[Attendance], by: User, at: datetime) -> None:
    if asked:
        data = {"log": log.number, "attendance": [one.pk for one in asked]}
        audit.record(events.ASKED, record.discussion.case, subject=record, by=by, at=at, data=data)
