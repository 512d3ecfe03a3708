"""P9: so many people press Book for one room in one hour at once; one has it, the others are told who.

    script/drill booking [--people 200] [--processes 8] [--json]

1. As many families' requests are authorised, each to be booked by somebody.
2. The bookers are threads of several processes, each with a connection of its own; all wait for one moment.
3. What each was told, and what the database holds, is compared: one booking, one set of invitations.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from script.drills.outbox import own_database, set_up

TARGET = "one booked, all others told who has it and until when, 0 doubles, 0 faults"
ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = "bookers processes booked told waited in vain faults bookings invited discussions   slowest"


@dataclass
class Outcome:
    """What came of one rush."""

    people: int
    processes: int
    booked: int = 0
    told: int = 0
    gave_up: int = 0  # waited too long for the room's lock: told to try again
    faults: list[str] = field(default_factory=list)
    bookings: int = 0
    discussions: int = 0
    invited: int = 0
    slowest: float = 0

    @property
    def met(self) -> bool:
        """Whether the promise was kept."""
        whole = self.booked == self.bookings == self.discussions == self.invited == 1
        return whole and self.told == self.people - 1 and not self.faults

    def row(self) -> str:
        """A line of the table."""
        return (
            f"{self.people:>7} {self.processes:>9} {self.booked:>6} {self.told:>4} {self.gave_up:>14}"
            f" {len(self.faults):>6} {self.bookings:>8} {self.invited:>7} {self.discussions:>11}"
            f" {self.slowest:>8.1f} s"
        )


def rush(people: int, processes: int, database: str) -> Outcome:
    """Authorise so many requests, let all be booked at one moment, and compare."""
    from strategy.models import Booking, Discussion
    from tests.builders.booking import a_room
    from tests.builders.requests import an_authorised_request
    from tests.people import cast

    town = cast()
    room = a_room("The one room", opens_at=None, closes_at=None)
    requests = [an_authorised_request(town).pk for _ in range(people)]
    starts = (datetime.now(UTC) + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    go = time.time() + 8 + people / 40  # every process is up by then
    facts = {"room": room.pk, "starts": starts.isoformat(), "go": go, "by": town.bea.pk, "chair": town.mo.pk}
    environment = os.environ | {"DATABASE_URL": database, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "CRITICAL"}
    words = [sys.executable, "-m", "script.drills.booking", "--worker"]
    running = [
        subprocess.Popen(
            [*words, json.dumps(facts | {"requests": requests[number::processes]})],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    outcome = Outcome(people, processes)
    for process in running:
        said, _ = process.communicate(timeout=300)
        for kind, sentence, seconds in json.loads(said):
            count(outcome, kind, sentence, seconds)
    at_once = Booking.objects.filter(place=room, cancelled_at=None)
    outcome.bookings = at_once.count()
    outcome.discussions = Discussion.objects.count()
    outcome.invited = Discussion.objects.filter(invitations__isnull=False).distinct().count()
    return outcome


def count(outcome: Outcome, kind: str, sentence: str, seconds: float) -> None:
    """Put one booker's answer where it belongs."""
    outcome.slowest = max(outcome.slowest, seconds)
    if kind == "booked":
        outcome.booked += 1
    elif kind == "told" and "The one room is already booked from" in sentence and "by Bea Bright" in sentence:
        outcome.told += 1
    elif kind == "gave up":
        outcome.gave_up += 1
    else:
        outcome.faults.append(f"{kind}: {sentence}")


def work(facts: dict[str, Any]) -> list[tuple[str, str, float]]:
    """One process: a thread and a connection for each of its bookers."""
    from accounts.models import User
    from attendees.models import Professional

    people = {key: User.objects.get(pk=facts[key]) for key in ("by", "chair")}
    invited = list(Professional.objects.filter(user=None).select_related("agency"))
    with ThreadPoolExecutor(len(facts["requests"])) as pool:
        asked = [pool.submit(book, pk, facts, people, invited) for pk in facts["requests"]]
        return [one.result() for one in asked]


def book(pk: int, facts: dict[str, Any], people: Any, invited: Sequence[Any]) -> tuple[str, str, float]:
    """Book at the appointed moment; what came of it, and how long it took."""
    from django.db import OperationalError, connection

    from attendees.services.booking import book_and_invite
    from audit.errors import Taken
    from strategy.models import Place, StrategyRequest

    request, room = StrategyRequest.objects.get(pk=pk), Place.objects.get(pk=facts["room"])
    starts = datetime.fromisoformat(facts["starts"])
    time.sleep(max(facts["go"] - time.time(), 0))
    began = time.monotonic()
    try:
        book_and_invite(
            request,
            format="face_to_face",
            place=room,
            start=starts,
            end=starts + timedelta(hours=1),
            chair=people["chair"],
            minute_taker=people["by"],
            professionals=invited,
            late_reason="A drill",
            by=people["by"],
            at=datetime.now(UTC),
        )
        kind, sentence = "booked", ""
    except Taken as taken:
        kind, sentence = "told", taken.sentence
    except OperationalError as fault:
        waited = type(fault.__cause__).__name__ == "LockNotAvailable"
        kind, sentence = ("gave up", "") if waited else ("fault", str(fault))
    except Exception as fault:
        kind, sentence = "fault", f"{type(fault).__name__}: {fault}"
    finally:
        connection.close()
    return kind, sentence, time.monotonic() - began


def main() -> int:
    """Run the drill and print what came of it; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.worker:
        set_up()
        print(json.dumps(work(json.loads(wanted.worker))))
        return 0
    with own_database() as database:
        os.environ["DATABASE_URL"] = database
        set_up()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        outcome = rush(wanted.people, wanted.processes, database)
        connection.close()
    print(HEAD, outcome.row(), sep="\n")
    for fault, number in Counter(outcome.faults).most_common(5):
        print(f"{number} x {fault[:300]}")
    if wanted.json:
        figures = {
            "booked": outcome.booked,
            "told": outcome.told,
            "waited_in_vain": outcome.gave_up,
            "faults": len(outcome.faults),
            "bookings": outcome.bookings,
            "slowest_seconds": round(outcome.slowest, 1),
        }
        done = {"name": "booking", "tried": outcome.people, "figures": figures, "target": TARGET}
        print(json.dumps(done | {"met": outcome.met}))
    else:
        print(f"Target: {TARGET}: {'met' if outcome.met else 'NOT MET'}")
    return 0 if outcome.met else 1


if __name__ == "__main__":
    sys.exit(main())
