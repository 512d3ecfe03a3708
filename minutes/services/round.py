"""The round after the end: each attendee agrees, proposes a correction or objects, by link or signed in
(W26)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.enums import TAKES_PART
from attendees.models import Attendance, Professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from audit.refs import by_ref
from minutes import events
from minutes.enums import Answer, MinutesStatus
from minutes.models import Agreement, Minutes
from minutes.rules.text import clean
from minutes.services.record import changed, lock_record

OPEN = frozenset(
    {MinutesStatus.AGREED, MinutesStatus.WITH_CHAIR, MinutesStatus.AUTHORISED, MinutesStatus.CIRCULATED}
)


@transaction.atomic
def answer_record(
    minutes: Minutes,
    attendance: Attendance,
    answer: str,
    *,
    text: str = "",
    by: User | Professional,
    at: datetime,
) -> Agreement:
    """An attendee says what they think of the record; said again it replaces, and waits for the chair anew.

    Nothing of it holds circulation up. Raises NotAllowed, MoveNotAllowed, Refused at `answer` or `text`.
    """
    record = lock_record(minutes)
    mine = (
        by.pk == attendance.professional_id
        if isinstance(by, Professional)
        else (by.is_active and attendance.professional.user_id == by.pk)
    )
    refuse(None if mine else "You cannot answer for somebody else.")
    if attendance.discussion_id != record.discussion_id or attendance.mode not in TAKES_PART:
        raise Refused(None, "Only those who took part agree the record.")
    if record.status not in OPEN:
        raise MoveNotAllowed("The record can be agreed when the discussion has ended.")
    if answer not in Answer.values:
        raise Refused("answer", "Choose whether you agree, propose a correction or object")
    words = clean(text)
    if answer != Answer.AGREES and not words:
        raise Refused(
            "text", "Say what should be put right" if answer == Answer.CORRECTS else "Say what you object to"
        )
    said, _ = Agreement.objects.update_or_create(
        minutes=record,
        attendance=attendance,
        defaults={
            "answer": answer,
            "text": "" if answer == Answer.AGREES else words,
            "resolution": "",
            "accepted": None,
            "resolved_by": None,
            "resolved_at": None,
            "recorded_by_ref": by_ref(by),
            "at": at,
        },
    )
    changed(record)
    data = {"attendance": attendance.pk, "answer": answer}
    audit.record(events.AGREEMENT_RECORDED, record.discussion.case, subject=said, by=by, at=at, data=data)
    return said
