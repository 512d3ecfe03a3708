"""The sweep: finds the clocks of which somebody must now be told, each once, however many sweep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import events, refs
from deadlines.models import SweepRun

WARNED = events.register("deadline.warned", "Deadline coming up: told")
BREACHED = events.register("deadline.breached", "Deadline passed: told")
logger = logging.getLogger(__name__)
BATCH = 1000
NAME = "deadlines"
LATE_AFTER = timedelta(minutes=5)
Lower = tuple[str, int]
START: Lower = ("-infinity", 0)

# One statement a batch. The rows are claimed through the partial index and skipped when another sweeper
# holds them; the next telling is computed from the stored moments, so that after an outage only the latest
# one is told; the insert is the compare-and-set: what was told before is not told again.
MARK = """
WITH claimed AS (
  SELECT id, next_tell_at AS was_at, due_at, half_at, fifth_at, last_day_at, breached_at
  FROM deadlines_deadline
  WHERE next_tell_at <= %(now)s AND (next_tell_at, id) > (%(lower)s::timestamptz, %(lower_id)s)
  ORDER BY next_tell_at, id
  LIMIT %(batch)s
  FOR UPDATE SKIP LOCKED
), computed AS (
  SELECT claimed.*, due_at < %(now)s AS is_late,
    least(
      CASE WHEN half_at > %(now)s THEN half_at END,
      CASE WHEN fifth_at > %(now)s THEN fifth_at END,
      CASE WHEN last_day_at > %(now)s THEN last_day_at END,
      CASE WHEN due_at >= %(now)s THEN due_at + interval '1 microsecond' END
    ) AS next_at,
    greatest(
      CASE WHEN half_at <= %(now)s THEN half_at END,
      CASE WHEN fifth_at <= %(now)s THEN fifth_at END,
      CASE WHEN last_day_at <= %(now)s THEN last_day_at END
    ) AS latest_at
  FROM claimed
), marked AS (
  UPDATE deadlines_deadline AS clock
  SET breached_at = CASE WHEN computed.is_late THEN computed.due_at ELSE computed.breached_at END,
    next_tell_at = computed.next_at,
    next_kind = CASE computed.next_at
      WHEN computed.last_day_at THEN 'last_day'
      WHEN computed.fifth_at THEN 'fifth'
      WHEN computed.half_at THEN 'half'
      ELSE CASE WHEN computed.next_at IS NULL THEN '' ELSE 'breach' END END
  FROM computed
  WHERE clock.id = computed.id
  RETURNING clock.id, clock.case_id, clock.subject, clock.duty, clock.owner_id, clock.owner_team_id,
    clock.due_at,
    CASE WHEN computed.is_late THEN 'breach'
      WHEN computed.latest_at = computed.last_day_at THEN 'last_day'
      WHEN computed.latest_at = computed.fifth_at THEN 'fifth'
      ELSE 'half' END AS kind
), noticed AS (
  INSERT INTO deadlines_notice (deadline_id, kind, due_at, created_at)
  SELECT id, kind, due_at, clock_timestamp() FROM marked ORDER BY due_at
  ON CONFLICT (deadline_id, kind, due_at) DO NOTHING
  RETURNING id AS notice_id, deadline_id, kind
), told AS (
  SELECT noticed.notice_id, marked.*, its.reference AS case_ref, its.team_id AS case_team_id
  FROM noticed JOIN marked ON marked.id = noticed.deadline_id
  CROSS JOIN LATERAL (SELECT reference, team_id FROM cases_case WHERE id = marked.case_id OFFSET 0) AS its
)"""

# The ledger's lock is taken by the last part of the statement and held only until the commit that follows.
SEAL = """
SELECT (SELECT count(*) FROM claimed), (SELECT count(*) FROM told), last.was_at, last.id,
  (SELECT audit_append(jsonb_agg(jsonb_build_object(
      'event', CASE kind WHEN 'breach' THEN %(breached)s ELSE %(warned)s END::text, 'is_read', false,
      'case_ref', case_ref, 'subject', 'deadline:' || told.id, 'by_ref', %(by_ref)s::text,
      'by_name', %(by_name)s::text, 'occurred_at', CASE kind WHEN 'breach' THEN due_at ELSE %(now)s END,
      'data', jsonb_build_object('duty', duty, 'of', subject, 'kind', kind)
    ) ORDER BY due_at, told.id))
  FROM told)
FROM (SELECT 1) AS one
LEFT JOIN (SELECT was_at, id FROM claimed ORDER BY was_at DESC, id DESC LIMIT 1) AS last ON true
"""


@dataclass(frozen=True, slots=True)
class Teller:
    """What a higher room writes with each batch, and what it does once the batch is committed.

    `sql` is one data-modifying query over `told (notice_id, id, kind, due_at, case_id, case_team_id,
    owner_id, owner_team_id, …)`, a row a notice that has just come up; `afterwards` is called inside the
    transaction.
    """

    name: str
    sql: str
    afterwards: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Done:
    """What one batch came to, and the last clock it looked at."""

    claimed: int
    told: int
    upper: Lower | None


_tellers: list[Teller] = []
_first: list[Callable[[datetime], object]] = []


def register_first(act: Callable[[datetime], object]) -> None:
    """Have `act(now)` done before each sweep looks: what a limit settles by itself is then no breach."""
    if act not in _first:
        _first.append(act)


def register_teller(teller: Teller) -> Teller:
    """Have `teller` write with each batch, in the same statement as the marks and the notices."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def statement() -> str:
    """The one statement of a batch: mark, notice, the tellers' rows, seal."""
    return MARK + "".join(f", {one.name} AS ({one.sql})" for one in _tellers) + SEAL


def sweep(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """Find every clock that entered a warning window or went past due, have it told; return how many.

    0. Let rooms settle what a passed limit settles by itself; a fault there never stops the sweep.
    1. Claim up to `batch` clocks whose next telling has come, skipping those another sweeper holds.
    2. In the same statement mark them, breaches with the moment they were due, write a notice for each and
       who is told of it, and seal the ledger; commit.
    3. Go on from where the batch ended until nothing is due; an outage of any length is thus caught up.
    4. Write down that this sweep reached its end.
    """
    moment = now or timezone.now()
    _settle(moment)
    told, lower = 0, START
    while lower is not START or _is_any_due(moment):
        done = _batch(moment, lower, batch)
        told += done.told
        if done.claimed < batch or done.upper is None:
            break
        lower = done.upper
    _finished(told)
    return told


def _settle(now: datetime) -> None:
    for act in _first:
        try:
            act(now)
        except Exception:
            logger.exception("what goes before the sweep failed; the sweep goes on")


def sweep_is_late(now: datetime) -> bool:
    """Whether no sweep has reached its end for five minutes: pages then say so."""
    last = SweepRun.objects.filter(name=NAME).values_list("finished_at", flat=True).first()
    return is_late(last, now)


def is_late(finished_at: datetime | None, now: datetime) -> bool:
    """The same of a heartbeat that was already read."""
    return finished_at is None or now - finished_at > LATE_AFTER


def _is_any_due(now: datetime) -> bool:
    """A glance at the index: planning the one statement takes longer than most sweeps need."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM deadlines_deadline WHERE next_tell_at <= %s)", [now])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _batch(now: datetime, lower: Lower, batch: int) -> _Done:
    words: dict[str, Any] = {
        "now": now,
        "lower": lower[0],
        "lower_id": lower[1],
        "batch": batch,
        "warned": WARNED,
        "breached": BREACHED,
        "by_ref": refs.by_ref(None),
        "by_name": refs.by_name(None),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(), words)
        claimed, told, upper, upper_id, _ = cursor.fetchone()
    if told:
        for teller in _tellers:
            teller.afterwards()
    return _Done(claimed, told, None if upper is None else (upper.isoformat(), upper_id))


def _finished(told: int) -> None:
    """By the database's own clock; two sweepers never move it back.

    The commit does not wait for the disk: a heartbeat that a crash takes back is made again a minute later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH unwaited AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)) "
            "INSERT INTO deadlines_sweeprun (name, finished_at, told) "
            "SELECT %s, clock_timestamp(), %s FROM unwaited "
            "ON CONFLICT (name) DO UPDATE SET finished_at = greatest(deadlines_sweeprun.finished_at, "
            "excluded.finished_at), told = excluded.told",
            [NAME, told],
        )
