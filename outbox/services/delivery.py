"""Carrying the post: claim a batch, write the try down, talk to the mail server, settle what came of it.

1. Leases that ran out are looked at: a try that was under way is in doubt, the others simply wait again.
2. A batch is claimed with `SKIP LOCKED`, rendered and committed, so that any number of workers may run.
3. For each letter its try is written and committed *before* the mail server is spoken to, with no transaction
   open meanwhile.
4. The answer is settled by a conditional update only the claim holder can make. Settling one letter
   and starting the next share a commit: at most one letter is in doubt when a worker is killed.
5. The rooms that own the letters are told, each in a transaction of its own.
"""

import logging
import random
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from outbox.enums import Outcome, Status
from outbox.failpoints import reach
from outbox.models import Letter
from outbox.rendering import message, render
from outbox.services.settling import (
    Try,
    Turn,
    clock,
    expire_leases,
    park,
    park_overdue,
    settle_and_start,
    tell_owners,
)
from outbox.transport import Answer, Session, UnreachableError

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = 120.0
UNREACHABLE_WAIT = 30.0  # seconds, then spread: post resumes within a minute of the server’s return

CLAIM = """
UPDATE outbox_letter SET status = 'claimed', claim = %s, attempt_number = %s, message_id = %s, rendered = %s,
  rendered_sha256 = %s, lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s
"""


def deliver_due(limit: int = BATCH) -> int:
    """Carry up to `limit` letters that are due; returns how many were tried. Safe to run many at once.

    Does nothing while `settings.OUTBOX_HELD` is set: a restored copy must not send old letters again.
    """
    if getattr(settings, "OUTBOX_HELD", False):
        return 0
    expire_leases()
    park_overdue()
    batch = claim(limit)
    try:
        return _carry(batch) if batch else 0
    finally:
        tell_owners()


@transaction.atomic
def claim(limit: int) -> list[Letter]:
    """Take up to `limit` due letters, most urgent first, under a new claim; write those not yet written.

    The bytes are stored before the first try; a letter that cannot be written is parked and hinders no other.
    """
    due = Letter.objects.due().select_for_update(skip_locked=True).prefetch_related("enclosed")
    letters = list(due[:limit])
    if not letters:
        return []
    now = clock()
    ready = [letter for letter in letters if _written(letter, now)]
    token, seconds = uuid.uuid4(), lease()
    for letter in ready:
        letter.claim, letter.status = token, Status.CLAIMED
        letter.attempt_number += 1  # of the try to come
    rows: list[tuple[Any, ...]] = [
        (token, one.attempt_number, one.message_id, one.rendered, one.rendered_sha256, seconds, one.pk)
        for one in ready
    ]
    with connection.cursor() as cursor:
        cursor.executemany(CLAIM, rows)
    return ready


def lease() -> float:
    """Seconds a claim stands without a sign of life; longer than one conversation with the server."""
    return float(getattr(settings, "OUTBOX_LEASE_SECONDS", LEASE))


def _written(letter: Letter, now: datetime) -> bool:
    if letter.rendered is not None:
        return True
    try:
        render(letter, list(letter.enclosed.all()), now)
    except Exception as fault:
        logger.exception("letter %s could not be rendered", letter.pk)
        park(letter, f"The letter could not be written: {type(fault).__name__}")
        return False
    return True


def _carry(batch: list[Letter]) -> int:
    reach("claimed")
    last: Try | None = None
    tried = 0
    renewed = time.monotonic()
    with Session() as session:
        for place, letter in enumerate(batch):
            try:
                session.open()
            except UnreachableError as fault:
                settle_and_start(last, None)
                _release(batch[place:], str(fault))
                return tried
            if time.monotonic() - renewed > lease() / 6:
                _renew(batch[0].claim)
                renewed = time.monotonic()
            last = _try(session, last, letter)
            tried += last is not None
        settle_and_start(last, None)
    return tried


def _renew(claim: uuid.UUID | None) -> None:
    """Let the lease of what is left of the batch begin anew: each conversation has nearly a whole one."""
    held = Letter.objects.filter(status=Status.CLAIMED, claim=claim)
    held.update(lease_until=Now() + timedelta(seconds=lease()))


def _try(session: Session, last: Try | None, letter: Letter) -> Try | None:
    """Settle the last try and make the next; None when the letter is no longer ours.

    The mail server is asked while the database commits, and has the message only when that is done.
    """
    content = _content(letter)
    turn = Turn(last, letter)
    try:
        refusal = content if isinstance(content, Answer) else _offer(session, letter, content)
        number = turn.number()
    except BaseException:
        session.close()
        connection.close()  # the answer may still be on its way there: nobody else should read it
        raise
    if number is None:
        session.close()
        return None
    reach("attempt_written")
    reach("before_data")
    made = Try(letter, number, refusal or session.finish())
    reach("before_settle")
    return made


def _content(letter: Letter) -> bytes | Answer:
    """The message; a fault of ours must not stop the other letters."""
    try:
        return message(letter)
    except Exception as fault:
        logger.exception("letter %s could not be sent", letter.pk)
        return Answer(Outcome.FAULT, None, f"{type(fault).__name__}: {fault}"[:500])


def _offer(session: Session, letter: Letter, content: bytes) -> Answer | None:
    """Ask the mail server; a line that is closed is opened once more, as servers close idle or used ones."""
    for last_time in (False, True):
        try:
            session.open()
            return session.offer(letter.to_email, content)
        except UnreachableError as fault:
            if last_time:
                return Answer(Outcome.TEMPORARY, None, str(fault))
        except Exception as fault:
            logger.exception("letter %s could not be sent", letter.pk)
            return Answer(Outcome.FAULT, None, f"{type(fault).__name__}: {fault}"[:500])
    return None


@transaction.atomic
def _release(letters: list[Letter], why: str) -> None:
    """No server answered: the letters wait again, and none of them is to blame."""
    logger.warning("no mail server: %s; %s letters wait", why, len(letters))
    longest = getattr(settings, "OUTBOX_UNREACHABLE_SECONDS", UNREACHABLE_WAIT)
    wait = timedelta(seconds=longest * (0.5 + random.random()))
    for letter in letters:
        Letter.objects.filter(pk=letter.pk, status=Status.CLAIMED, claim=letter.claim).update(
            status=Status.DEFERRED,
            next_try_at=Now() + wait,
            attempt_number=F("attempt_number") - 1,
            claim=None,
            lease_until=None,
            reason=f"The mail server cannot be reached ({why})"[:500],
        )
