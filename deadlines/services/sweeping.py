"""The sweep: finds the clocks of which somebody must now be told, each once, however many sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit import events
from audit.services import Note, record_many
from deadlines.models import SweepRun

WARNED = events.register("deadline.warned", "Deadline coming up: told")
BREACHED = events.register("deadline.breached", "Deadline passed: told")
BATCH = 1000
NAME = "deadlines"
LATE_AFTER = timedelta(minutes=5)

# One statement a batch. The rows are claimed through the partial index and skipped when another sweeper
# holds them; the next telling is computed from the stored moments, so that after an outage only the latest
# one is told; the insert is the compare-and-set: what was told before is not told again.
MARK = """
WITH claimed AS (
  SELECT id, next_tell_at AS was_at, due_at, half_at, fifth_at, last_day_at, breached_at
  FROM deadlines_deadline
  WHERE next_tell_at <= %(now)s AND next_tell_at >= %(lower)s
  ORDER BY next_tell_at
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
  RETURNING clock.id, clock.case_id, clock.subject, clock.duty, clock.verb, clock.owner_id,
    clock.owner_team_id, clock.met_at, clock.due_at, clock.starts_at, clock.limit, computed.was_at,
    CASE WHEN computed.is_late THEN 'breach'
      WHEN computed.latest_at = computed.last_day_at THEN 'last_day'
      WHEN computed.latest_at = computed.fifth_at THEN 'fifth'
      ELSE 'half' END AS kind
), noticed AS (
  INSERT INTO deadlines_notice (deadline_id, kind, due_at, created_at)
  SELECT id, kind, due_at, clock_timestamp() FROM marked ORDER BY due_at
  ON CONFLICT (deadline_id, kind, due_at) DO NOTHING
  RETURNING id AS notice_id, deadline_id, kind
)
SELECT marked.id, marked.was_at, noticed.notice_id, marked.kind, marked.due_at, marked.case_id,
  (SELECT reference FROM cases_case WHERE cases_case.id = marked.case_id) AS case_reference,
  marked.subject, marked.duty, marked.verb, marked.owner_id, marked.owner_team_id, marked.met_at
FROM marked LEFT JOIN noticed ON noticed.deadline_id = marked.id AND noticed.kind = marked.kind
ORDER BY marked.due_at, marked.id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One notice that has just come up: what a teller needs to find out whom to tell, and what.

    `met_at` is set when it was met late before any sweep found the breach.
    """

    notice_id: int
    deadline_id: int
    kind: str
    due_at: datetime
    case_id: int
    case_reference: str
    subject: str
    duty: str
    verb: str
    owner_id: int | None
    owner_team_id: int | None
    met_at: datetime | None


Teller = Callable[[list[Told], datetime], None]
_tellers: list[Teller] = []


def register_teller(teller: Teller) -> Teller:
    """Have `teller(notices, now)` called once a batch, inside its transaction; also a decorator."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def sweep(now: datetime | None = None, *, batch: int = BATCH) -> int:
    """Find every clock that entered a warning window or went past due, have it told; return how many.

    1. Claim up to `batch` clocks whose next telling has come, skipping those another sweeper holds.
    2. Mark them, breaches with the moment they were due, and write a notice for each, in one statement.
    3. Let the tellers of the higher rooms write their letters, then seal the ledger; commit.
    4. Go on from where the batch ended until nothing is due; an outage of any length is thus caught up.
    5. Write down that this sweep reached its end.
    """
    moment = now or timezone.now()
    told, lower = 0, "-infinity"
    while True:
        with transaction.atomic():
            notices, claimed, upper = _mark(moment, lower, batch)
            _tell(notices, moment)
        told += len(notices)
        if claimed < batch or upper is None:
            break
        lower = upper.isoformat()
    _finished(told)
    return told


def sweep_is_late(now: datetime) -> bool:
    """Whether no sweep has reached its end for five minutes: pages then say so."""
    last = SweepRun.objects.filter(name=NAME).values_list("finished_at", flat=True).first()
    return is_late(last, now)


def is_late(finished_at: datetime | None, now: datetime) -> bool:
    """The same of a heartbeat that was already read."""
    return finished_at is None or now - finished_at > LATE_AFTER


def _mark(now: datetime, lower: str, batch: int) -> tuple[list[Told], int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"now": now, "lower": lower, "batch": batch})
        rows = cursor.fetchall()
    notices = [Told(row[2], row[0], *row[3:]) for row in rows if row[2] is not None]
    return notices, len(rows), max((row[1] for row in rows), default=None)


def _tell(notices: list[Told], now: datetime) -> None:
    if not notices:
        return
    for teller in _tellers:
        teller(notices, now)
    record_many(
        Note(
            BREACHED if one.kind == "breach" else WARNED,
            one.case_reference,
            f"deadline:{one.deadline_id}",
            None,
            one.due_at if one.kind == "breach" else now,
            {"duty": one.duty, "of": one.subject, "kind": one.kind},
        )
        for one in notices
    )


def _finished(told: int) -> None:
    """By the database's own clock; two sweepers never move it back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO deadlines_sweeprun (name, finished_at, told) VALUES (%s, clock_timestamp(), %s) "
            "ON CONFLICT (name) DO UPDATE SET finished_at = greatest(deadlines_sweeprun.finished_at, "
            "excluded.finished_at), told = excluded.told",
            [NAME, told],
        )
