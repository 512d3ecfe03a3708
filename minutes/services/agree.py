"""Agreed at the end and signed: what attendees say, the frozen action log, signatures of it (W26, W27)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from attendees.enums import TAKES_PART, SignatureMethod
from attendees.models import Attendance, Professional, Signature
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from minutes import events
from minutes.canonical import hash_of, is_unchanged
from minutes.enums import ActionStatus, Answer, MinutesStatus
from minutes.models import Action, ActionLog, Agreement, Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.text import clean, one_line
from minutes.services import asking, file, turns
from minutes.services.record import changed, lock_record
from minutes.services.said import put_answer

FORMAT = "threshold-action-log/1"


@transaction.atomic
def record_agreement(
    minutes: Minutes, attendance: Attendance, answer: str, *, text: str = "", by: User, at: datetime
) -> Agreement:
    """Record at the end that somebody agrees, or objects and why (rows W26, G16).

    Said again it counts instead, and what was said before is kept.

    Raises NotAllowed, MoveNotAllowed, Refused at `answer` or `text`.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_run(by, record.discussion, at))
    if record.status not in (MinutesStatus.LIVE, MinutesStatus.AGREED):
        raise MoveNotAllowed("What people say of the record is recorded at the end of the discussion.")
    if attendance.discussion_id != record.discussion_id:
        raise Refused(None, "This person was not at the discussion.")
    if answer not in (Answer.AGREES, Answer.OBJECTS):
        raise Refused("answer", f"Choose whether {attendance.name} agrees or objects")
    text = clean(text)
    if answer == Answer.OBJECTS and not text:
        raise Refused("text", f"Say what {attendance.name} objects to")
    said = put_answer(record, attendance, answer, text, by=by, at=at)
    changed(record)
    turns.settle_round(record, by=by)
    data = {"attendance": attendance.pk, "answer": answer}
    audit.record(events.AGREEMENT_RECORDED, record.discussion.case, subject=said, by=by, at=at, data=data)
    return said


# --- The action log, frozen ---------------------------------------------------------


def freeze_action_log(record: Minutes, *, by: User, at: datetime) -> ActionLog:
    """Freeze the action log as it stands, with its hash: what signatures are of. Nothing new, no new log.

    Whoever signed the former log is asked by letter to sign the new one.

    Called within the transaction that changed it, with the record locked.
    """
    content = log_content(record)
    digest = hash_of(content)
    last: ActionLog | None = record.action_logs.order_by("-number").first()
    if last is not None and last.sha256 == digest:
        return last
    number = last.number + 1 if last else 1
    log: ActionLog = record.action_logs.create(number=number, content=content, sha256=digest, by=by, at=at)
    data = {"number": number, "sha256": digest}
    audit.record(events.ACTION_LOG_FROZEN, record.discussion.case, subject=log, by=by, at=at, data=data)
    if last is not None:
        asking.ask_to_sign_again(record, log, last, by=by, at=at)
    return log


def log_content(record: Minutes) -> dict[str, Any]:
    """The action log as plain data; moments as ISO text in UTC, so that the same log has the same hash."""
    discussion = record.discussion
    actions = record.actions.select_related("owner__agency", "agreed_owner__agency", "child")
    return {
        "format": FORMAT,
        "case": discussion.case.reference,
        "discussion": discussion.number,
        "actions": [_action(one) for one in actions.order_by("number")],
    }


def _action(action: Action) -> dict[str, Any]:
    struck = action.status == ActionStatus.STRUCK
    return {
        "number": action.number,
        "text": action.text,
        "child": action.child.name if action.child else "",
        "owner": action.signed_owner.name,
        "agency": action.signed_owner.agency.name,
        "due_at": action.due_at.isoformat(),
        "how_known": action.how_known,
        "forum": action.get_forum_display(),
        "struck_reason": action.struck_reason if struck else "",
    }


# --- Signing ---------------------------------------------------------


@transaction.atomic
def sign(
    attendance: Attendance,
    log: ActionLog,
    *,
    method: str,
    by: User | Professional,
    at: datetime,
    how: str = "",
) -> Signature:
    """An attendee signs the action log: by their own link or account, on the room's screen, or as told.

    1. Lock record and attendance. People sign for themselves; whoever runs the meeting witnesses the rest.
    2. Only those who took part, only the latest log, only if its words are those that were hashed (P15).
    3. Write the signature of the exact bytes; a second one of the same log is refused. A letter that asks
       for it and has not left is taken back. Tell the ledger.
    """
    lock_record(log.minutes)  # first: the log is not frozen anew while it is signed
    row: Attendance = Attendance.objects.lock(attendance)
    refuse(permissions.refusal_to_sign(by, row, at))
    _check_log(row, log)
    own = method == SignatureMethod.OWN
    if own and isinstance(by, User) and row.professional.user_id != by.pk:
        raise Refused("method", f"Only {row.name} can sign for themselves")
    if method not in SignatureMethod.values or (not own and isinstance(by, Professional)):
        raise Refused("method", "Choose how it was signed")
    how = one_line(how)[:200]
    if method == SignatureMethod.RECORDED and not how:
        raise Refused("how", f"Say how {row.name} told you, such as by telephone at 4pm")
    witness = None if own or isinstance(by, Professional) else by
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                attendance=row,
                document=log.document,
                document_hash=log.sha256,
                method=method,
                how=how,
                witness=witness,
                at=at,
            )
    except IntegrityError:
        raise Taken(None, f"{row.name} has already signed this action log.") from None
    changed(log.minutes)
    asking.note_done(log.minutes, row, by=by, at=at)
    file.note_signed(log, by=by, at=at)
    data = {"attendance": row.pk, "log": log.number, "sha256": log.sha256, "method": method}
    audit.record(events.SIGNED, row.discussion.case, subject=signature, by=by, at=at, data=data)
    return signature


def _check_log(row: Attendance, log: ActionLog) -> None:
    if log.minutes.discussion_id != row.discussion_id:
        raise Refused(None, "This action log is of another discussion.")
    if row.mode not in TAKES_PART:
        raise Refused(None, f"{row.name} did not take part, and so has nothing to sign.")
    latest = ActionLog.objects.filter(minutes=log.minutes).order_by("-number").first()
    if latest != log:
        raise MoveNotAllowed("The action log was changed since. Read the new one, then sign that.")
    if not is_unchanged(log.content, log.sha256):
        raise MoveNotAllowed(
            "This action log is not as it was frozen. Tell your administrator; do not sign it."
        )
