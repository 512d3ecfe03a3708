"""The round after the end: each attendee agrees, proposes a correction or objects, by link or signed in
(W26)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.enums import TAKES_PART
from attendees.models import Attendance, Professional
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, refuse
from deadlines import services as deadlines
from deadlines.models import Deadline
from govuk.moments import moment
from minutes import events
from minutes.enums import Answer, MinutesStatus
from minutes.models import Agreement, Minutes
from minutes.permissions import after as permissions
from minutes.rules.passages import Passage
from minutes.rules.text import clean, one_line
from minutes.rules.told import problems
from minutes.services import turns
from minutes.services.record import changed, lock_record
from minutes.services.said import put_answer

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
    about: Passage | None = None,
    by: User | Professional,
    at: datetime,
) -> Agreement:
    """An attendee says what they think of the record; said again it waits for the chair anew.

    `about`: the passage that a correction is about, as they read it. What was said before is kept. Nothing
    of it holds circulation up. Raises NotAllowed, MoveNotAllowed, Refused at `answer` or `text`.
    """
    record = lock_record(minutes)
    mine = (
        by.pk == attendance.professional_id
        if isinstance(by, Professional)
        else (by.is_active and attendance.professional.user_id == by.pk)
    )
    refuse(None if mine else "You cannot answer for somebody else.")
    words = _words(record, attendance, answer, text)
    about = about if answer == Answer.CORRECTS else None
    return _recorded(record, put_answer(record, attendance, answer, words, about=about, by=by, at=at), by, at)


@transaction.atomic
def record_answer(
    minutes: Minutes,
    attendance: Attendance,
    answer: str,
    *,
    how: str,
    told_at: datetime,
    by: User,
    at: datetime,
    text: str = "",
    about: Passage | None = None,
) -> Agreement:
    """What an attendee told somebody of the record, who writes it down for them: how, when, and to whom.

    As good as their own answer, and said to be told. Raises NotAllowed, MoveNotAllowed, Refused at `answer`,
    `text`, `how` or `told_at`; also when they have answered since.
    """
    record = lock_record(minutes)
    refuse(permissions.refusal_to_record_told(by, record.discussion, at))
    if attendance.professional.user_id == by.pk:
        raise Refused(None, "You took part yourself: say on your own page what you think of the record.")
    words = _words(record, attendance, answer, text)
    former = Agreement.objects.filter(minutes=record, attendance=attendance).first()
    since, since_words = record.discussion.ended_at or at, "the discussion ended"
    if former is not None and former.at > since:
        since, since_words = former.at, f"what {attendance.name} said last, on {moment(former.at)}"
    how = one_line(how)
    wrong = problems(
        how=how, told_at=told_at, name=attendance.name, since=since, since_words=since_words, now=at
    )
    for field, sentence in wrong.items():
        raise Refused(field, sentence)
    about = about if answer == Answer.CORRECTS else None
    said = put_answer(record, attendance, answer, words, about=about, how=how, told_to=by, by=by, at=told_at)
    return _recorded(record, said, by, told_at, told=True)


def record_silence(now: datetime, *, most: int = 100) -> int:
    """End every round whose time has passed; whoever had not answered by then was silent. Returns how many.

    Called by each sweep before it looks, so that silence is no breach. Any number may do it at once: the
    record is locked, one that was ended is not ended again, and one that somebody holds waits a minute.
    """
    passed = Deadline.objects.running().filter(duty=turns.AGREE_RECORD, due_at__lt=now)
    subjects = passed.order_by("due_at", "pk").values_list("subject", flat=True)[:most]
    return sum(_end_round(int(subject.partition(":")[2]), now) for subject in subjects)


def _words(record: Minutes, attendance: Attendance, answer: str, text: str) -> str:
    """The words of an answer that can stand; none for who agrees. Raises MoveNotAllowed, Refused."""
    if attendance.discussion_id != record.discussion_id or attendance.mode not in TAKES_PART:
        raise Refused(None, "Only those who took part agree the record.")
    if record.status not in OPEN:
        raise MoveNotAllowed("The record can be agreed when the discussion has ended.")
    if answer not in Answer.values:
        raise Refused("answer", "Choose whether they agree, propose a correction or object")
    words = clean(text)
    if answer != Answer.AGREES and not words:
        wanted = "should be put right" if answer == Answer.CORRECTS else "is objected to"
        raise Refused("text", f"Say what {wanted}")
    return "" if answer == Answer.AGREES else words


def _recorded(
    record: Minutes, said: Agreement, by: User | Professional, at: datetime, **more: bool
) -> Agreement:
    changed(record)
    turns.settle_round(record, by=by)
    data = {"attendance": said.attendance_id, "answer": said.answer, **more}
    data |= {"passage": said.passage} if said.passage else {}
    audit.record(events.AGREEMENT_RECORDED, record.discussion.case, subject=said, by=by, at=at, data=data)
    return said


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
