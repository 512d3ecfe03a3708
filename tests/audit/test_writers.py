"""P12 and P13 with real connections and kills: the chain does not fork, no act stands without its entry."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime

import pytest
from django.db import connection, transaction

from audit import services
from audit.models import Entry
from tests.audit.conftest import ACT
from tests.real import test_database_url as database_url

WRITERS, EACH = 4, 100
KILLS = 10

# A process that acts for ever: a row in a table of the test, and its entry. With the planted bug the two are
# committed one after the other.
ACTOR = """
import os, sys, django
django.setup()
from django.db import connection, transaction
from django.utils import timezone
from audit import events, services
events.register("test.act", "Something was done")
number, bug = 0, sys.argv[2] == "bug"
print("ready", flush=True)
while True:
    number += 1
    name = f"{sys.argv[1]}-{number}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO test_acts VALUES (%s)", [name])
        if not bug:
            services.record("test.act", subject=name, by=None, at=timezone.now())
    if bug:
        with transaction.atomic():
            services.record("test.act", subject=name, by=None, at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_four_writers_make_one_chain(at: datetime) -> None:
    start = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        start.wait()
        for number in range(EACH):
            with transaction.atomic():
                services.record(ACT, subject=f"writer:{writer}", by=None, at=at, data={"n": number})
        connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Entry.objects.values_list("id", flat=True)) == list(range(1, WRITERS * EACH + 1))
    assert services.verify() == []
    for writer in range(WRITERS):
        written = Entry.objects.about(f"writer:{writer}").values_list("data__n", flat=True)
        assert list(written) == list(range(EACH))
    print(f"{WRITERS} writers, {WRITERS * EACH} entries, 0 forks")


@pytest.mark.django_db(transaction=True)
def test_a_ledger_is_sound_while_it_is_being_written(at: datetime) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            with transaction.atomic():
                services.record(ACT, by=None, at=at)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    looks = []
    for _ in range(50):
        time.sleep(0.005)
        looks.append(services.verify([services.head()]))
    done.set()
    writer.join()
    print(f"{len(looks)} looks, {Entry.objects.count()} entries")
    assert looks == [[]] * 50
    assert Entry.objects.count() > 50


def act_and_kill(kills: int, bug: str) -> tuple[int, int, int]:
    """Let a process act and kill it at random; returns acts, entries, and names on one side only."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_acts (name text PRIMARY KEY)")
    try:
        for kill in range(kills):
            actor = subprocess.Popen(
                [sys.executable, "-c", ACTOR, str(kill), bug],
                stdout=subprocess.PIPE,
                env=os.environ | {"DATABASE_URL": database_url()},
            )
            assert actor.stdout is not None
            assert actor.stdout.readline() == b"ready\n"
            time.sleep(random.uniform(0.02, 0.15))
            actor.send_signal(signal.SIGKILL)
            actor.wait()
            actor.stdout.close()
        wait_for_the_dead()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM test_acts), (SELECT count(*) FROM audit_entry), count(*)"
                " FROM test_acts FULL JOIN audit_entry ON name = subject"
                " WHERE name IS NULL OR subject IS NULL"
            )
            acts, entries, alone = cursor.fetchone()
            return acts, entries, alone
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE test_acts")


def wait_for_the_dead() -> None:
    """PostgreSQL notices a killed client when it next writes to it."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 1:
                return
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_no_act_without_its_entry_when_killed_between_the_two() -> None:
    acts, entries, alone = act_and_kill(KILLS, "sound")
    print(f"{KILLS} kills, {acts} acts, {entries} entries, {alone} alone")
    assert acts > KILLS
    assert (entries, alone) == (acts, 0)
    assert services.verify() == []


@pytest.mark.django_db(transaction=True)
def test_the_kill_finds_a_planted_bug() -> None:
    """Entries committed after their acts: one kill of a dozen must fall between."""
    acts, _, alone = act_and_kill(12, "bug")
    print(f"planted bug: 12 kills, {acts} acts, {alone} without an entry")
    assert alone > 0
