"""What becomes of a letter after a try, after a doubt, after its time: all that ends a claim is here."""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

from outbox import hooks
from outbox.enums import FAILED, WAITING, Outcome, Policy, Status
from outbox.models import Attempt, Letter
from outbox.rules import DEFAULT_PATIENCE, MOST_FAILURES, wait_before
from outbox.transport import Answer

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 500

# The way of nearly every letter: what ended and what begins in one statement, which is one commit. That the
# row of the next letter is found and locked under its claim is the test that the claim still stands.
SETTLE_AND_START = b"""
WITH tried AS (
  UPDATE outbox_attempt SET finished_at = clock_timestamp(), outcome = 'sent', code = $4::smallint,
    detail = $5
  WHERE letter_id = $1::bigint AND number = $2::int
), settled AS (
  UPDATE outbox_letter SET status = 'sent', sent_at = clock_timestamp(), reason = '', claim = NULL,
    lease_until = NULL, owner_told = $6::bool
  WHERE id = $1::bigint AND status = 'claimed' AND claim = $3::uuid AND attempt_number = $2::int
  RETURNING id
), mine AS (
  SELECT id, attempt_number, may_have_arrived_twice FROM outbox_letter
  WHERE id = $7::bigint AND status = 'claimed' AND claim = $8::uuid FOR NO KEY UPDATE
), started AS (
  INSERT INTO outbox_attempt (letter_id, number, started_at, may_have_arrived_twice)
  SELECT id, attempt_number, clock_timestamp(), may_have_arrived_twice FROM mine RETURNING number
)
SELECT (SELECT id FROM settled), (SELECT number FROM started)
"""
PLAN = b"outbox_settle_and_start"
_planned: "WeakSet[psycopg.Connection[Any]]" = WeakSet()


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was made and is not settled yet."""

    letter: Letter
    number: int
    answer: Answer


def clock() -> datetime:
    """The database's clock now: leases and waits of all workers run by one clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


class Turn:
    """What the last try came to and the try of the next letter, being written down in one commit.

    The database works while the caller asks the mail server for the next letter: `number` waits for it.
    Nothing may use the connection between the two.
    """

    def __init__(self, last: Try | None, letter: Letter | None) -> None:
        """Send the statement. A try that was not simply taken by the mail server is settled first."""
        if last is not None and last.answer.outcome != Outcome.SENT:
            with transaction.atomic():
                if not _settle(last.letter, last.number, last.answer):
                    _too_late(last)
            last = None
        self._last = last
        ended: list[Any] = [None, None, None, None, "", True]
        if last is not None:
            ended = [last.letter.pk, last.number, last.letter.claim, last.answer.code, last.answer.detail]
            ended.append(not hooks.for_sent(last.letter.kind))
        words = [*ended, letter and letter.pk, letter and letter.claim]
        with connection.wrap_database_errors:
            self._line = _line()
            self._line.send_query_prepared(PLAN, [None if word is None else _bytes(word) for word in words])

    def number(self) -> int | None:
        """The number of the try that was begun; None when the letter is no longer ours, or there is none.

        A try whose lease ran out is written down but moves nothing: another worker has that letter, and its
        try is marked as possibly the second copy. Raises OperationalError when the database is gone: then
        nothing is known to be written.
        """
        settled, started = self._answer()
        if self._last is not None and settled is None:
            _too_late(self._last)
        return None if started is None else int(started)

    def _answer(self) -> tuple[bytes | None, bytes | None]:
        answers = []
        with connection.wrap_database_errors:
            while (one := self._line.get_result()) is not None:
                answers.append(one)
            if not answers or answers[-1].status != ExecStatus.TUPLES_OK:
                raise psycopg.OperationalError(self._line.get_error_message())
        return answers[-1].get_value(0, 0), answers[-1].get_value(0, 1)


def _bytes(word: Any) -> bytes:
    return str(word).replace("\0", "").encode()


def _line() -> PGconn:
    """Our connection to the database, on which the statement has been planned: once for all letters."""
    connection.ensure_connection()
    line: psycopg.Connection[Any] = connection.connection
    if line not in _planned:
        line.pgconn.prepare(PLAN, SETTLE_AND_START)
        _planned.add(line)
    return line.pgconn


def settle_and_start(last: Try | None, letter: Letter | None) -> int | None:
    """Write down what the last try came to and begin a try for `letter`; returns as `Turn.number`."""
    return Turn(last, letter).number()


def _too_late(last: Try) -> None:
    logger.warning(
        "letter %s: try %s ended after its lease (%s)", last.letter.pk, last.number, last.answer.outcome
    )


def _settle(letter: Letter, number: int, answer: Answer) -> bool:
    """The row is locked first, so that a cancellation at the same moment is seen."""
    now = clock()
    held = Letter.objects.select_for_update().get(pk=letter.pk)
    Attempt.objects.filter(letter=held, number=number).update(
        finished_at=now, outcome=answer.outcome, code=answer.code, detail=answer.detail
    )
    if held.status != Status.CLAIMED or held.claim != letter.claim or held.attempt_number != number:
        return False
    why = " ".join(str(part) for part in (answer.code, answer.detail) if part)
    if answer.outcome == Outcome.PERMANENT:
        _end(held, status=Status.BOUNCED, reason=why, owner_told=not hooks.for_bounced(held.kind))
    elif answer.outcome == Outcome.IN_DOUBT:
        doubt(held, answer.detail, now)
    elif held.withdrawn_at:
        _end(held, status=Status.CANCELLED)
    else:
        _try_again(held, answer, why, now)
    return True


def _try_again(letter: Letter, answer: Answer, why: str, now: datetime) -> None:
    """A refusal for now is nobody's failure and is tried while it matters; our own faults count."""
    failures = letter.failures + (answer.outcome == Outcome.FAULT)
    if failures >= MOST_FAILURES:
        park(letter, f"Failed {failures} times: {why}", failures=failures)
        return
    wait = wait_before(letter.attempt_number, random.random())
    _end(letter, status=Status.DEFERRED, next_try_at=now + wait, failures=failures, reason=why)


def doubt(letter: Letter, why: str, now: datetime) -> None:
    """Nobody knows whether it arrived: minutes go again with the same id, reminders are left."""
    failures = letter.failures + 1
    if letter.policy == Policy.DROP:
        _end(letter, status=Status.MAY_HAVE_ARRIVED, reason=f"Broke off, may have arrived: {why}")
    elif letter.withdrawn_at:
        _end(letter, status=Status.CANCELLED, reason=f"Taken back, but may have arrived: {why}")
    elif failures >= MOST_FAILURES:
        reason = f"Broke off {failures} times, may have arrived: {why}"
        park(letter, reason, failures=failures, may_have_arrived_twice=True)
    else:
        wait = wait_before(failures, random.random()) if failures > 1 else timedelta(0)
        again = {"next_try_at": now + wait, "failures": failures, "may_have_arrived_twice": True}
        _end(letter, status=Status.DEFERRED, reason=f"May have arrived twice: {why}", **again)


def park(letter: Letter, why: str, **more: Any) -> None:
    """Leave this letter to a person; the room it belongs to will hear."""
    _end(
        letter, status=Status.NEEDS_PERSON, reason=why, owner_told=not hooks.for_bounced(letter.kind), **more
    )


def _end(letter: Letter, **fields: Any) -> None:
    """Give the claim back with these fields, on the row and on the object in hand."""
    fields = {"claim": None, "lease_until": None, **fields}
    if "reason" in fields:
        fields["reason"] = fields["reason"][:1000]
    Letter.objects.filter(pk=letter.pk).update(**fields)
    for name, value in fields.items():
        setattr(letter, name, value)


@transaction.atomic
def expire_leases() -> int:
    """Look at claims whose worker gave no sign of life: a try under way is in doubt, others wait again."""
    gone = Letter.objects.filter(status=Status.CLAIMED, lease_until__lt=Now())
    letters = list(gone.select_for_update(skip_locked=True).order_by("pk")[:MOST_AT_ONCE])
    if not letters:
        return 0
    now = clock()
    opened = Attempt.objects.filter(letter__in=letters, finished_at=None)
    under_way = {(one.letter_id, one.number): one for one in opened}
    for letter in letters:
        attempt = under_way.get((letter.pk, letter.attempt_number))
        if attempt is None:
            status = Status.CANCELLED if letter.withdrawn_at else Status.DEFERRED
            _end(letter, status=status, next_try_at=now, attempt_number=letter.attempt_number - 1)
            continue
        Attempt.objects.filter(pk=attempt.pk).update(
            finished_at=now, outcome=Outcome.IN_DOUBT, detail="The worker gave no more sign of life"
        )
        doubt(letter, "the worker stopped while the letter was being sent", now)
    return len(letters)


@transaction.atomic
def park_overdue() -> int:
    """Letters whose time has passed are left to a person: an invitation to yesterday helps nobody."""
    late = Q(important_until__lt=Now()) | Q(important_until=None, queued_at__lt=Now() - DEFAULT_PATIENCE)
    overdue = Letter.objects.filter(late, status__in=WAITING).select_for_update(skip_locked=True)
    letters = list(overdue.order_by("pk")[:MOST_AT_ONCE])
    for letter in letters:
        park(letter, f"Not delivered while it mattered. {letter.reason}".strip())
    return len(letters)


def tell_owners() -> int:
    """Tell the rooms what became of their letters; returns how many letters they heard of.

    One transaction a letter, the room's own locks first, as in its services; a letter that somebody else is
    telling about at this moment is left to them, and a room that fails is told again the next time.
    """
    untold = Letter.objects.filter(owner_told=False).order_by("pk").values_list("pk", flat=True)
    return sum(_tell(number) for number in untold[:MOST_AT_ONCE])


def _tell(number: int) -> bool:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_try_advisory_xact_lock(hashtext('outbox.tell'), %s)", [number % 2**31]
                )
                if not cursor.fetchone()[0]:
                    return False
            letter = Letter.objects.filter(pk=number, owner_told=False).first()
            if letter is None:
                return False
            failed = letter.status in FAILED
            for hook in hooks.for_bounced(letter.kind) if failed else hooks.for_sent(letter.kind):
                hook(letter, letter.sent_at if letter.sent_at and not failed else clock())
            # Only this news was told: should the letter have moved on meanwhile, the next is still to tell.
            Letter.objects.filter(pk=number, status=letter.status).update(owner_told=True)
    except Exception:
        logger.exception("the hook for letter %s failed", number)
        return False
    return True
