"""Telling people of deadlines: whom is written with the sweep; by letter, a few minutes apart."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Team, User
from deadlines.models import Notice
from deadlines.services import Teller
from escalations.chain import PASS_ON, WRITE
from escalations.letters import digest as letters
from outbox import services as outbox

logger = logging.getLogger(__name__)

TASK = "escalations.tasks.send_digests"
QUEUE = "sweeps"
APART = timedelta(minutes=5)
MOST_READERS = 500

# Readers with something untold and no letter in the last minutes, those with a breach first.
READERS = """
SELECT telling.user_id, telling.team_id
FROM escalations_telling telling JOIN deadlines_notice notice ON notice.id = telling.notice_id
WHERE telling.told_at IS NULL AND NOT EXISTS (
  SELECT FROM escalations_telling earlier WHERE earlier.letter_id IS NOT NULL AND earlier.told_at > %(since)s
  AND earlier.user_id IS NOT DISTINCT FROM telling.user_id
  AND earlier.team_id IS NOT DISTINCT FROM telling.team_id
)
GROUP BY telling.user_id, telling.team_id
ORDER BY bool_or(notice.kind = 'breach') DESC, min(notice.due_at)
LIMIT %(limit)s
"""
# One reader at a time, whoever else sends; and how long ago their last letter was written.
MY_TURN = """
SELECT pg_try_advisory_xact_lock(hashtext('escalations:' || %(who)s)) AND NOT EXISTS (
  SELECT FROM escalations_telling telling WHERE letter_id IS NOT NULL AND told_at > %(since)s AND {mine}
)
"""
# What waits for a reader: tellings to go into the letter, and those that are moot, since their clock was met
# or voided meanwhile. Of one clock only the latest notice counts. Only the most urgent are read, however many
# wait.
LOOK = """
WITH waiting AS (
  SELECT telling.id, notice.deadline_id, notice.id AS notice_id, notice.due_at,
    notice.kind = 'breach' AS is_breach, clock.state = 'running' AS is_open
  FROM escalations_telling telling JOIN deadlines_notice notice ON notice.id = telling.notice_id
  JOIN deadlines_deadline clock ON clock.id = notice.deadline_id
  WHERE telling.told_at IS NULL AND {mine}
), latest AS (
  SELECT DISTINCT ON (deadline_id) notice_id, is_breach, due_at FROM waiting WHERE is_open
  ORDER BY deadline_id, notice_id DESC
)
SELECT (SELECT array_agg(id) FROM waiting WHERE is_open),
  (SELECT array_agg(id) FROM waiting WHERE NOT is_open),
  (array_agg(notice_id ORDER BY is_breach DESC, due_at, notice_id))[1:%(most)s],
  count(*) FILTER (WHERE is_breach), count(*) FILTER (WHERE NOT is_breach)
FROM latest
"""
TOLD = "UPDATE escalations_telling SET told_at = %(now)s, letter_id = %(letter)s WHERE id = ANY(%(ids)s)"

TELLER = Teller("telling", WRITE, lambda: outbox.wake(TASK, QUEUE))


def send_digests(now: datetime | None = None, *, limit: int = MOST_READERS) -> int:
    """Write a letter to each reader who waits for one and got none for five minutes; returns how many.

    Most urgent first, one short transaction a reader. What was met or voided meanwhile is not told any more;
    what waits for somebody who has left goes on along the chain. Any number of workers may run at once.
    """
    moment = now or timezone.now()
    written = gone = 0
    with connection.cursor() as cursor:
        cursor.execute(READERS, {"since": moment - APART, "limit": limit})
        readers: Sequence[tuple[int | None, int | None]] = cursor.fetchall()
    for user_id, team_id in readers:
        reader = letters.Reader(
            User.objects.get(pk=user_id) if user_id else None,
            Team.objects.get(pk=team_id) if team_id else None,
        )
        if reader.is_there:
            written += _tell_one(reader, moment)
        else:
            gone += 1
            _pass_on(reader, moment)
    return written + (send_digests(moment, limit=limit) if gone else 0)


@transaction.atomic
def _tell_one(reader: letters.Reader, now: datetime) -> bool:
    mine, words = reader.mine, {"now": now, "since": now - APART, "most": letters.MOST_LINES, **reader.words}
    with connection.cursor() as cursor:
        cursor.execute(MY_TURN.format(mine=mine), words)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(LOOK.format(mine=mine), words)
        told, moot, first, breaches, warnings = cursor.fetchone()
        if moot:
            cursor.execute(TOLD, {"now": now, "letter": None, "ids": moot})
        if not told:
            return False
        found = Notice.objects.select_related("deadline__case", "deadline__owner", "deadline__owner_team")
        named = found.in_bulk(first)
        letter = letters.digest(
            reader, [named[pk] for pk in first], breaches=breaches, warnings=warnings, at=now
        )
        cursor.execute(TOLD, {"now": now, "letter": letter.pk, "ids": told})
    return True


@transaction.atomic
def _pass_on(reader: letters.Reader, now: datetime) -> None:
    """What waits for somebody who has left goes to whom the chain names now."""
    with connection.cursor() as cursor:
        cursor.execute(PASS_ON.format(mine=reader.mine), {"now": now, **reader.words})
