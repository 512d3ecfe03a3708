"""P1 and P2: no letter is lost and none comes twice without our knowing, while processes are killed.

    script/drill outbox [--letters 1000] [--kills 100] [--json]

1. A mail server and two carriers run as processes of their own; letters are queued all the while, some to
   addresses that refuse for now or for good.
2. In the first part one of them is killed at a random moment, or loses its database; in the second a carrier
   dies at a named place: just before, in and after its conversation with the mail server.
3. In the third the letters go through Celery: two workers, beat, the broker and the mail server are killed at
   random, the broker with all its data.
4. After each part all is left to run until nothing waits, and what every mailbox holds is compared with the
   rows.

Waits and leases are shortened, nothing else is: the code is that of the worker's task.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from script.post.office import Post, post_office

TARGET = (
    "0 lost, 0 twice in a mailbox that drops repeated ids, 0 repeats without a flagged try, repeats under "
    "random kills below 1 % of letters, at failpoints at most one a kill"
)
QUIET_WITHIN = 240  # seconds
CARRIERS = ("carrier 1", "carrier 2")
CELERY = ("worker 1", "worker 2", "beat")


@dataclass
class Part:
    """What one part came to."""

    letters: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    repeats: int = 0
    unflagged: int = 0

    def row(self, name: str) -> str:
        """A line of the table."""
        killed = ", ".join(f"{what} {count}" for what, count in sorted(self.kills.items()))
        ended = ", ".join(f"{what} {count}" for what, count in sorted(self.ends.items()))
        kills = sum(self.kills.values())
        return (
            f"{name:<11} {self.letters:>7} {kills:>5} {self.lost:>4} {self.twice:>5} {self.repeats:>7}"
            f" {self.unflagged:>9}   {killed}\n{'':<54}   {ended}"
        )


SHARES = {"random": 0.4, "failpoint": 0.3, "celery": 0.3}
HEAD = "part        letters kills lost twice repeats unflagged   killed / ended"


def run(post: Post, name: str, letters: int, kills: int, dice: random.Random) -> Part:
    """One part: queue letters and kill, let it come to rest, compare."""
    part = Part(letters=letters)
    kill = {"random": random_kill, "failpoint": failpoint_kill, "celery": celery_kill}[name]
    if kill is celery_kill:
        go_through_celery(post)
    for number in range(max(kills, 1)):
        if kill is failpoint_kill:
            for carrier in CARRIERS:
                post.kill(carrier)
        queue(name, range(number * letters // max(kills, 1), (number + 1) * letters // max(kills, 1)), dice)
        if kills:
            part.kills[kill(post, dice, name)] += 1
    come_to_rest(post, name, part)
    compare(post, name, part)
    if part.lost:
        print(post.words())
    return part


def queue(name: str, numbers: range, dice: random.Random) -> None:
    """Queue a few letters in a transaction: most to good addresses, some refused for now, some for good."""
    from django.db import transaction
    from django.utils import timezone

    from outbox import services
    from outbox.enums import Policy

    with transaction.atomic():
        for number in numbers:
            box = dice.choices(["box", "later", "no"], [88, 8, 4])[0]
            services.queue(
                "trial",
                to_email=f"{box}-{name}-{number}@drill.example",
                to_name="Ann Lee",
                to_ref=f"drill:{number}",
                context={"number": number},
                by=None,
                at=timezone.now(),
                key=f"drill:{name}:{number}",
                policy=dice.choices([Policy.RESEND, Policy.DROP], [80, 20])[0],
            )


def random_kill(post: Post, dice: random.Random, name: str) -> str:
    """Kill whoever it hits, at any moment; or cut a carrier off from the database."""
    time.sleep(dice.uniform(0.2, 0.7))
    victim = dice.choice(["mail server", "carrier 1", "carrier 2", "database line"])
    if victim == "database line":
        cut_the_database()
    else:
        post.kill(victim)
        time.sleep(dice.uniform(0, 0.2))
        post.start(victim)
    return victim


def failpoint_kill(post: Post, dice: random.Random, name: str) -> str:
    """Let a carrier die at a named place, with letters before it; the other carrier finds what it left."""
    from outbox.failpoints import NAMES

    place = dice.choice(NAMES)
    flag = post.folder / "die"
    flag.touch()
    post.start("carrier 1", failpoint=f"{place}:{flag}")
    wait_until(lambda: not due(name) or post.running["carrier 1"].poll() is not None, 20)
    died = post.running["carrier 1"].poll() is not None
    if not died:
        flag.unlink(missing_ok=True)
        post.kill("carrier 1")
    post.start("carrier 1")
    post.start("carrier 2")
    return place if died else "nothing to carry"


def go_through_celery(post: Post) -> None:
    """From now on two workers carry what beat, or a ring at the broker, tells them; nobody else does."""
    from celery import current_app

    for name in CARRIERS:
        post.take_away(name)
    for name in ("broker", *CELERY):
        post.start(name)
    current_app.conf.update(broker_url=post.broker.url)  # whom this process rings when it queues a letter


def celery_kill(post: Post, dice: random.Random, name: str) -> str:
    """Kill one of those who stand between the rows and the letter; the broker loses all it had."""
    time.sleep(dice.uniform(0.5, 4))  # a worker needs some seconds until it carries
    victim = dice.choice(["broker", "broker", *CELERY, "mail server", "database line"])
    if victim == "database line":
        cut_the_database()
        return victim
    if victim == "broker":
        post.lose_the_broker()
    else:
        post.kill(victim)
    time.sleep(dice.uniform(0, 2))
    post.start(victim)
    return victim


def cut_the_database() -> None:
    """End every other connection, as a restart of PostgreSQL does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def due(name: str) -> bool:
    """Whether letters wait or are being carried."""
    from outbox.models import Letter

    return Letter.objects.waiting().filter(key__startswith=f"drill:{name}:").exists()


def come_to_rest(post: Post, name: str, part: Part) -> None:
    """Wait until no letter waits, or until waiting longer would not help."""
    from outbox.models import Letter

    waiting = Letter.objects.waiting().filter(key__startswith=f"drill:{name}:")
    end = time.monotonic() + QUIET_WITHIN
    while waiting.exists() and time.monotonic() < end:
        time.sleep(0.5)
        if ended := post.revive():
            part.kills["ended by itself"] += ended


def wait_until(true: Any, seconds: float) -> None:
    """Look every tenth of a second, for at most so long."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)


def compare(post: Post, name: str, part: Part) -> None:
    """What the rows say against what the mail server took."""
    from outbox.enums import Policy
    from outbox.models import Attempt, Letter

    copies = Counter(post.kept())
    ids: dict[str, set[str]] = {}
    for address, message_id in copies:
        ids.setdefault(address, set()).add(message_id)
    letters = Letter.objects.filter(key__startswith=f"drill:{name}:")
    flags = Counter(
        Attempt.objects.filter(letter__in=letters, may_have_arrived_twice=True).values_list(
            "letter_id", flat=True
        )
    )
    part.lost = part.letters - len(letters)
    for letter in letters:
        part.ends[letter.status] += 1
        arrived = len(ids.get(letter.to_email, ()))
        count = sum(copies[letter.to_email, one] for one in ids.get(letter.to_email, ()))
        part.lost += {
            "sent": arrived == 0,
            "bounced": not letter.to_email.startswith("no-"),
            "needs_person": False,
            "may_have_arrived": letter.policy != Policy.DROP,
        }.get(letter.status, True)
        part.twice += arrived > 1
        part.repeats += max(count - 1, 0)
        part.unflagged += max(count - 1 - flags[letter.pk], 0)


def met(at_random: Part, at_failpoints: Part, through_celery: Part) -> bool:
    """Whether the target is met; a drill that tried nothing has not met it."""
    parts = (at_random, at_failpoints, through_celery)
    sound = all(part.lost == part.twice == part.unflagged == 0 < part.letters for part in parts)
    letters = at_random.letters + through_celery.letters
    few = at_random.repeats + through_celery.repeats < max(letters * 0.01, 1.01)
    return sound and few and at_failpoints.repeats <= sum(at_failpoints.kills.values())


def set_up() -> None:
    """Django with the settings of this installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


@contextmanager
def own_database() -> Iterator[str]:
    """A new database beside the one whose address the environment gives: the drill writes letters."""
    import psycopg
    from psycopg import sql

    given = os.environ["DATABASE_URL"]
    name = f"threshold_drill_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def main() -> int:
    """Run the drill and print what came of it; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)
    dice = random.Random(seed)
    with own_database() as database:
        os.environ["DATABASE_URL"] = database
        set_up()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        with post_office(database) as post:
            parts = {
                name: run(post, name, round(wanted.letters * share), round(wanted.kills * share), dice)
                for name, share in SHARES.items()
            }
        connection.close()
    print(HEAD, *(part.row(name) for name, part in parts.items()), sep="\n")
    at_random, at_failpoints, through_celery = parts.values()
    by_chance = at_random.letters + through_celery.letters
    figures = {
        "letters": sum(part.letters for part in parts.values()),
        "kills": sum(sum(part.kills.values()) for part in parts.values()),
        "broker_kills": through_celery.kills["broker"],
        "lost": sum(part.lost for part in parts.values()),
        "twice": sum(part.twice for part in parts.values()),
        "unflagged_repeats": sum(part.unflagged for part in parts.values()),
        "repeats_random_percent": round(
            100 * (at_random.repeats + through_celery.repeats) / max(by_chance, 1), 2
        ),
        "repeats_failpoint": at_failpoints.repeats,
        "seed": seed,
    }
    good = met(at_random, at_failpoints, through_celery)
    if wanted.json:
        done = {
            "name": "outbox",
            "tried": figures["kills"],
            "figures": figures,
            "target": TARGET,
            "met": good,
        }
        print(json.dumps(done))
    else:
        print(f"Seed {seed}. Target: {TARGET}: {'met' if good else 'NOT MET'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
