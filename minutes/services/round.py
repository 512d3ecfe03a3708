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
from deadlines import services as deadlines
from deadlines.models import Deadline
from minutes import events
from minutes.enums import Answer, MinutesStatus
from minutes.models import Agreement, Minutes
from minutes.rules.text import clean
from minutes.services import turns
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
    turns.settle_round(record, by=by)
    audit.record(events.AGREEMENT_RECORDED, record.discussion.case, subject=said, by=by, at=at, data=data)
    return said


def record_silence(now: datetime, *, most: int = 100) -> int:
    """End every round whose time has passed; whoever had not answered by then was silent. Returns how many.

    Called by each sweep before it looks, so that silence is no breach. Any number may do it at once: the
    record is locked, one that was ended is not ended again, and one that somebody holds waits a minute.
    """
    passed = Deadline.objects.running().filter(duty=turns.AGREE_RECORD, due_at__lt=now)
    subjects = passed.order_by("due_at", "pk").values_list("subject", flat=True)[:most]
    return sum(_end_round(int(subject.partition(":")[2]), now) for subject in subjects)


@transaction.atomic
def _end_round(pk: int, now: datetime) -> bool:
    free = Minutes.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    record = free.select_related("discussion__case").filter(pk=pk).first()
    clock = turns.round_clock(record) if record is not None else None
    if record is None or clock is None or clock.due_at is None or clock.due_at >= now:
        return False
    silent = turns.silent_people(record)
    record.round_ended_at = clock.due_at
    record.save(update_fields=["round_ended_at"])
    changed(record)
    deadlines.meet(clock, by=None, at=clock.due_at)
    data = {"silent": [one.pk for one in silent]}
    case = record.discussion.case
    audit.record(events.SILENCE_RECORDED, case, subject=record, by=None, at=clock.due_at, data=data)
    return True
