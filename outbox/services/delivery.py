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
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from outbox.enums import Outcome, Status
from outbox.failpoints import reach
from outbox.models import Attempt, Letter
from outbox.rendering import message, render
from outbox.services.settling import Try, expire_leases, park, park_overdue, settle_and_start, tell_owners
from outbox.transport import Answer, Session, UnreachableError

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = 120.0
UNREACHABLE_WAIT = 30.0  # seconds, then spread: post resumes within a minute of the server’s return

CLAIM = """
WITH due AS (
  SELECT id FROM outbox_letter WHERE status IN ('queued', 'deferred') AND next_try_at <= statement_timestamp()
  ORDER BY urgency, next_try_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE outbox_letter SET status = 'claimed', claim = %(claim)s,
  lease_until = clock_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE outbox_letter.id = due.id RETURNING outbox_letter.id
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
    """Take up to `limit` due letters, most urgent first, under a new claim; render those not yet rendered."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"limit": limit, "claim": token, "lease": lease()})
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    if not ids:
        return []
    found = Letter.objects.filter(pk__in=ids).prefetch_related("enclosed")
    letters = list(found.order_by("urgency", "next_try_at", "pk"))
    return _render_new(letters, now)


def lease() -> float:
    """Seconds a claim stands without a sign of life; longer than one conversation with the server."""
    return float(getattr(settings, "OUTBOX_LEASE_SECONDS", LEASE))


def _render_new(letters: list[Letter], now: datetime) -> list[Letter]:
    """Store the bytes before the first try; one that cannot be written is parked and hinders no other."""
    ready, fresh = [], []
    for letter in letters:
        if letter.rendered is None:
            try:
                render(letter, list(letter.enclosed.all()), now)
            except Exception as fault:
                logger.exception("letter %s could not be rendered", letter.pk)
                park(letter, f"The letter could not be written: {type(fault).__name__}")
                continue
            fresh.append(letter)
        ready.append(letter)
    _store(fresh)
    return ready


def _store(letters: list[Letter]) -> None:
    rows = [(one.message_id, bytes(one.rendered or b""), one.rendered_sha256, one.pk) for one in letters]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE outbox_letter SET message_id = %s, rendered = %s, rendered_sha256 = %s WHERE id = %s",
                rows,
            )


def _carry(batch: list[Letter]) -> int:
    reach("claimed")
    last: Try | None = None
    tried = 0
    with Session() as session:
        for place, letter in enumerate(batch):
            try:
                session.open()
            except UnreachableError as fault:
                settle_and_start(last, None, lease())
                _release(batch[place:], str(fault))
                return tried
            number = settle_and_start(last, letter, lease())
            last = None
            if number is None:
                continue
            reach("attempt_written")
            tried += 1
            last = Try(letter, number, _send(session, letter))
            reach("before_settle")
        if last is not None:
            settle_and_start(last, None, lease())
    return tried


def _send(session: Session, letter: Letter) -> Answer:
    """Talk to the mail server, with no transaction open. A fault of ours must not stop the other letters."""
    try:
        content = message(letter)
        try:
            return session.send(letter.to_email, content)
        except UnreachableError:
            # A server may close an idle or a well used connection: once more on a new one.
            session.open()
            return session.send(letter.to_email, content)
    except UnreachableError as fault:
        return Answer(Outcome.TEMPORARY, None, str(fault))
    except Exception as fault:
        logger.exception("letter %s could not be sent", letter.pk)
        return Answer(Outcome.FAULT, None, f"{type(fault).__name__}: {fault}"[:500])


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
            claim=None,
            lease_until=None,
            reason=f"The mail server cannot be reached ({why})"[:500],
        )


def open_tries() -> int:
    """How many tries are under way at this moment, for the health page."""
    return Attempt.objects.filter(finished_at=None).count()
