"""Aims 4 and 5 of speed: the minute sweep beside a bare UPDATE and insert over the same rows, in one run.

    script/bench sweep [--rows 1000000] [--due 100000] [--json]

1. N open clocks are filled in sets, skewed as life is: a third belongs to one coordinator, most limits end at
   the same second of the day. D of them are past due.
2. The floor: one UPDATE of those due and one outbox row each, once before and once after the sweep.
3. The sweep as the worker runs it: committed batches with notice, tellings and a sealed ledger row each,
   while another connection waits for the first notice and writes the first letter.
4. The same sweep while a long read holds an old snapshot; then the sweep with nothing due, after a vacuum.
"""

import argparse
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from script.drills.outbox import own_database, set_up

TARGET = (
    "the sweep of the most rows at most 3 times a bare UPDATE and insert, also beside a long read; 1.25 "
    "times its own cost at a tenth of the rows; idle 5 ms; memory flat (32 MiB); "
    "first notice within 2 s, most urgent first"
)
MOST_TIMES, MOST_GROWTH, MOST_IDLE_MS, MOST_FIRST, MOST_MIB = 3.0, 1.25, 5.0, 2.0, 32
SIZES = (10_000, 100_000, 1_000_000)
OFFICERS, TEAMS, A_CASE = 400, 20, 8

CASES = """
INSERT INTO cases_case (id, reference, status, restricted, known_before, team_id, worker_safety, created_at)
SELECT n, 'B-' || n, 'open', false, false, 1 + floor(%(teams)s * power(random(), 3))::int, '', now()
FROM generate_series(1, %(cases)s) n ON CONFLICT DO NOTHING
"""
# A third is one coordinator's; the rest falls off from busy officers to those with few. D of N are due.
CLOCKS = """
INSERT INTO deadlines_deadline (id, case_id, subject, duty, verb, owner_id, starts_at, due_at, gate, "limit",
  is_provisional, because, source, candidates, protocol_slug, state, met_by_ref, void_reason, late_reason,
  late_accepted_by, half_at, fifth_at, next_tell_at, next_kind, created_at)
SELECT n, 1 + n / %(a_case)s, 'discussion:' || n, 'circulate_minutes', 'Circulate',
  CASE WHEN random() < 0.33 THEN 30 ELSE 31 + floor((%(officers)s - 31) * power(random(), 2))::int END,
  due - interval '2 days', due, '', 'working_days(1)', false,
  'The minutes must be circulated within 1 working day of the end of the discussion.', 'W28', '[]', 'wirral',
  'running', '', '', '', '', due - interval '1 day', due - interval '10 hours',
  CASE WHEN due < now() THEN due + interval '1 microsecond' ELSE due - interval '1 day' END,
  CASE WHEN due < now() THEN 'breach' ELSE 'half' END, now()
FROM (
  SELECT n, CASE WHEN place > %(due)s THEN now() + interval '3 days' + random() * interval '40 days'
    WHEN random() < 0.6 THEN date_trunc('day', now()) - interval '1 second'
    ELSE now() - interval '1 minute' - random() * interval '2 days' END AS due
  FROM (SELECT n, row_number() OVER (ORDER BY random()) AS place FROM generate_series(1, %(rows)s) n) shuffled
) told ORDER BY n
"""
BARE = """
WITH late AS (
  UPDATE deadlines_deadline SET breached_at = due_at, next_tell_at = NULL, next_kind = ''
  WHERE state = 'running' AND due_at < now() RETURNING id, case_id, owner_id
)
INSERT INTO outbox_letter (kind, to_email, to_ref, subject_ref, case_ref)
SELECT 'deadlines_digest', 'someone@ambleford.example', 'user:' || owner_id, 'deadline:' || id, case_id::text
FROM late
"""
AGAIN = (
    "TRUNCATE escalations_telling, deadlines_notice",
    "DELETE FROM outbox_letter",
    "UPDATE deadlines_deadline SET breached_at = NULL, next_tell_at = due_at + interval '1 microsecond', "
    "next_kind = 'breach' WHERE due_at < now()",
    "VACUUM ANALYZE deadlines_deadline",
    "VACUUM ANALYZE outbox_letter",
    "VACUUM ANALYZE audit_entry",
)


def run(*statements: str, **words: Any) -> None:
    """Statements one after another, each committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, words or None)


def people() -> None:
    """One authority with a head of service, managers, and officers in teams."""
    from accounts.models import Agency, Team, User

    council = Agency.objects.create(name="Ambleford Council", kind="social_care", is_authority=True)
    officers = [
        User(
            pk=n, email=f"p{n}@ambleford.example", name=f"Person {n}", agency=council, roles=["social_worker"]
        )
        for n in range(1, OFFICERS + 1)
    ]
    officers[0].roles = ["head_of_service"]
    User.objects.bulk_create(officers)
    teams = [Team(pk=n, name=f"Team {n}", agency=council, manager=officers[n]) for n in range(1, TEAMS + 1)]
    Team.objects.bulk_create(teams)
    for officer in officers:
        officer.teams.add(teams[officer.pk % TEAMS])


def fill(rows: int, due: int) -> None:
    """Begin again with so many clocks, so many of them past due."""
    run("TRUNCATE escalations_telling, deadlines_notice, deadlines_deadline")
    words = {"officers": OFFICERS, "teams": TEAMS, "a_case": A_CASE, "rows": rows, "due": due}
    run(CASES, CLOCKS, cases=rows // A_CASE + 1, **words)
    run("VACUUM ANALYZE")


def seconds(act: Callable[[], Any]) -> float:
    """How long it takes; everything is as after a vacuum before, so that each turn meets the same table."""
    run(*AGAIN)
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def swept(due: int) -> Callable[[], None]:
    """A sweep that must find exactly so many."""
    from deadlines.services import sweep

    def act() -> None:
        found = sweep()
        assert found == due, f"told {found} of {due}"

    return act


@contextmanager
def long_read() -> Iterator[None]:
    """Another connection whose snapshot was taken before anything was marked."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"]) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM deadlines_deadline")
        yield
        reader.rollback()


class FirstTold(threading.Thread):
    """A worker beside the sweep: when the first notice can be read, and when the first letter is written."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.began = time.perf_counter()
        self.notice = self.letter = float("inf")

    def run(self) -> None:
        """Look every few milliseconds for at most half a minute."""
        from django.db import connection

        from deadlines.models import Notice
        from escalations.services import send_digests

        while not Notice.objects.exists() and time.perf_counter() - self.began < 30:
            time.sleep(0.005)
        self.notice = time.perf_counter() - self.began
        if send_digests(limit=1):
            self.letter = time.perf_counter() - self.began
        connection.close()


def first_told(due: int) -> dict[str, Any]:
    """Seconds until the first notice and letter of a backlog, and whether the longest overdue came first."""
    run(*AGAIN)
    watch = FirstTold()
    watch.start()
    swept(due)()
    watch.join(60)
    return {
        "first_notice_s": round(watch.notice, 2),
        "first_letter_s": round(watch.letter, 2),
        "most_urgent_first": is_urgent_first(),
    }


def is_urgent_first() -> bool:
    """Whether notices were written in the order of their due moments."""
    from deadlines.models import Notice

    due = list(Notice.objects.order_by("pk").values_list("due_at", flat=True))
    return due == sorted(due)


def idle_ms() -> float:
    """The sweep when nothing is due, after a vacuum: the median of twenty."""
    from deadlines.services import sweep

    run("VACUUM ANALYZE deadlines_deadline")
    turns = []
    for _ in range(20):
        started = time.perf_counter()
        assert sweep() == 0
        turns.append(time.perf_counter() - started)
    return round(statistics.median(turns) * 1000, 2)


def resident_mib() -> float:
    """What this process holds in memory now."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(rows: int, due: int, few: int) -> dict[str, Any]:
    """One size, all in one run, so that the ratios hold."""
    from django.db import connection

    fill(rows, due)
    seconds(lambda: swept(due)())  # plans, caches and the allocator warm
    memory = resident_mib()
    before = seconds(lambda: run(BARE))
    sweep = seconds(swept(due))
    middle = seconds(lambda: run(BARE))
    run(*AGAIN)
    with long_read():
        started = time.perf_counter()
        swept(due)()
        beside = time.perf_counter() - started
    after = seconds(lambda: run(BARE))
    grown = resident_mib() - memory
    found: dict[str, Any] = {
        "rows": rows,
        "due": due,
        "bare_s": round((before + middle) / 2, 3),
        "sweep_s": round(sweep, 3),
    }
    found["times"] = round(sweep / ((before + middle) / 2), 2)
    found["times_beside_read"] = round(beside / ((middle + after) / 2), 2)
    found |= first_told(due)
    found |= {"idle_ms": idle_ms(), "grown_mib": round(grown, 1)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*)::float / greatest(%s, 1) FROM escalations_telling", [due])
        found["tellings_each"] = round(cursor.fetchone()[0], 1)
    found["equal_due_s"] = round(equal_due(few), 3) if due >= few else None
    return found


def misses(table: list[dict[str, Any]], growth: float | None) -> list[str]:
    """What is not reached, in words."""
    found = []
    for row in table:
        # The ratio is promised of the largest size; a few thousand rows take less than the run's own noise.
        ratios = {"times": MOST_TIMES, "times_beside_read": MOST_TIMES} if row is table[-1] else {}
        limits = ratios | {
            "idle_ms": MOST_IDLE_MS,
            "first_notice_s": MOST_FIRST,
            "first_letter_s": MOST_FIRST,
            "grown_mib": MOST_MIB,
        }
        found += [
            f"{row['rows']}: {name} {row[name]} > {most}" for name, most in limits.items() if row[name] > most
        ]
        found += [] if row["most_urgent_first"] else [f"{row['rows']}: not the most urgent first"]
    if growth is not None and growth > MOST_GROWTH:
        found.append(f"growth {growth} > {MOST_GROWTH}")
    return found


def equal_due(few: int) -> float:
    """Seconds of a sweep of only so many of those due: the best of three."""
    turns = []
    for _ in range(3):
        run(*AGAIN)
        run(
            "UPDATE deadlines_deadline SET next_tell_at = NULL, next_kind = '' WHERE due_at < now() AND id "
            "NOT IN (SELECT id FROM deadlines_deadline WHERE due_at < now() ORDER BY hashint8(id) "
            "LIMIT %(few)s)",
            few=few,
        )
        run("VACUUM ANALYZE deadlines_deadline")
        started = time.perf_counter()
        swept(few)()
        turns.append(time.perf_counter() - started)
    return min(turns)


def main() -> int:
    """Measure and print; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=None, help="default: a tenth of the rows")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    due = wanted.due if wanted.due is not None else wanted.rows // 10
    if not 0 < due <= wanted.rows:
        parser.error("--due must be between 1 and --rows")
    with own_database() as database:
        os.environ |= {"DATABASE_URL": database, "LOG_LEVEL": "ERROR", "STATEMENT_TIMEOUT": "0"}
        set_up()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        settings.DEBUG = False  # else Django keeps every statement
        call_command("migrate", verbosity=0)
        people()
        sizes = sorted({size for size in SIZES if size < wanted.rows} | {wanted.rows})
        few = max(due // 10, 1)
        table = [measure(size, max(due * size // wanted.rows, 1), few) for size in sizes]
        growth = round(table[-1]["equal_due_s"] / table[-2]["equal_due_s"], 2) if len(table) > 1 else None
        connection.close()
    for name in table[0]:
        print(f"{name:<20}" + "".join(f"{row[name]!s:>12}" for row in table))
    print(f"{'growth':<20}{growth!s:>12}   load {os.getloadavg()[0]:.1f}")
    missed = misses(table, growth)
    for line in missed:
        print("Not reached:", line)
    if wanted.json:
        figures = {"table": table, "growth": growth, "load": round(os.getloadavg()[0], 1)}
        done = {
            "name": "sweep",
            "tried": wanted.rows,
            "figures": figures,
            "target": TARGET,
            "met": not missed,
        }
        print(json.dumps(done))
    else:
        print(f"Target: {TARGET}: {'NOT MET' if missed else 'met'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
