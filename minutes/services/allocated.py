"""The allocated social worker and their number, first on the minutes (row B12); the case becomes theirs."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from attendees.enums import TAKES_PART
from audit import services as audit
from audit.errors import Refused, refuse
from cases.models import Case
from minutes import events
from minutes.models import Minutes
from minutes.permissions import meeting as permissions
from minutes.rules.text import one_line
from minutes.services.record import changed, lock_record
from strategy import letters
from strategy.services import allocating


@transaction.atomic
def name_allocated_worker(minutes: Minutes, worker: User, number: str, *, by: User, at: datetime) -> Minutes:
    """Name the allocated social worker with the number everybody is given.

    1. Lock the case, then the record; may this person. 2. The number is one; the case may be opened to them.
    3. Write it. After the end the case becomes theirs at once, before it at the end (`take_on`).
    Raises NotAllowed, Refused at `worker` or `number`.
    """
    case = Case.objects.lock(minutes.discussion.case)
    record = lock_record(minutes)
    refuse(permissions.refusal_to_write(by, record, at))
    number = one_line(number)
    if not 5 <= len(number) <= 40 or not any(letter.isdigit() for letter in number):
        raise Refused("number", "Enter a telephone number, such as 01632 960123")
    if not allocating.may_be_let_in(case, worker):
        raise Refused("worker", allocating.sentence_of_restricted(case, worker))
    record.allocated_worker, record.allocated_number = worker, number
    record.save(update_fields=["allocated_worker", "allocated_number"])
    changed(record)
    data: dict[str, Any] = {"worker": worker.pk}
    audit.record(events.ALLOCATED, case, subject=record, by=by, at=at, data=data)
    if record.discussion.ended_at is not None:
        take_on(record, case, by=by, at=at)
    return record


def take_on(record: Minutes, case: Case, *, by: User, at: datetime) -> None:
    """What was agreed at the end: the named worker has the case, which is locked.

    Who did not take part is told by letter. Nothing where nobody is named, or the case is theirs already.
    One who was restricted from it meanwhile, or whose account was closed, is left to the page of what has no
    named person.
    """
    worker = record.allocated_worker
    if worker is None or worker.pk == case.allocated_worker_id or not worker.is_active:
        return
    if not allocating.may_be_let_in(case, worker):
        return
    data = {"worker": worker.pk, "before": case.allocated_worker_id}
    allocating.name_worker(case, worker, why="Named in the strategy discussion", by=by, at=at)
    audit.record(events.TOOK_ON, case, subject=record, by=by, at=at, data=data)
    was_there = record.discussion.attendance.filter(professional__user=worker, mode__in=TAKES_PART)
    if worker.pk != by.pk and not was_there.exists():
        letters.allocated(case, worker, agreed=True, by=by, at=at)
