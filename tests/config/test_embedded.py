"""The embedded services: private, restarted when they die, stopped in the end."""

import os
import signal
import sys
import time
from pathlib import Path

import psycopg
import pytest

from script.embedded.mail import keep, mailbox
from script.embedded.places import Sockets, home_of_services
from script.embedded.postgres import Postgres
from script.embedded.supervisor import Child, Supervisor
from tests.real import wait_until


def test_postgres_starts_private_and_stops(tmp_path: Path) -> None:
    """A wrong password is refused, the role is no superuser, and nothing listens on the network."""
    sockets = Sockets.make()
    postgres = Postgres(home_of_services(tmp_path), sockets)
    postgres.prepare()
    supervisor = Supervisor(tmp_path / "log")
    supervisor.add(postgres.child())
    try:
        postgres.make_database()
        with psycopg.connect(postgres.url) as connection:
            asked = "SELECT rolsuper, current_setting('listen_addresses'), current_setting('data_checksums')"
            found = connection.execute(f"{asked} FROM pg_roles WHERE rolname = current_user").fetchone()
        assert found == (False, "", "on")
        assert sockets.folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(postgres.url.replace(postgres.password(), "wrong"))
    finally:
        supervisor.stop()
        sockets.remove()
    assert [child.is_running() for child in supervisor.children] == [False]


def test_a_dead_child_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor.add(child)
    first = child.process
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    def alive_again() -> bool:
        if not child.is_running():
            supervisor.revive(child)
        return child.is_running()

    wait_until(alive_again)
    assert child.process is not None
    assert child.process.pid != first.pid
    assert len(said) == 1
    supervisor.stop()
    assert not child.is_running()


def test_a_child_that_ignores_the_stop_is_ended(tmp_path: Path) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    words = f"import signal, time; {deaf}; print(1, flush=True); time.sleep(60)"
    child = Child("deaf", [sys.executable, "-c", words])
    child.start(tmp_path)
    wait_until(lambda: (tmp_path / "deaf.log").read_text() == "1\n")
    started = time.monotonic()
    child.ask_to_stop()
    child.see_it_stop(grace=0.3)
    assert not child.is_running()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("address", "folder"),
    [
        ("Ann.Lee@police.example", "ann.lee@police.example"),
        ("../../etc/passwd@x.example", "_.._etc_passwd@x.example"),
        ("..", "_"),
    ],
)
def test_no_address_leaves_the_mail_folder(address: str, folder: str) -> None:
    assert mailbox(address) == folder


def test_a_letter_is_kept_whole(tmp_path: Path) -> None:
    keep(tmp_path / "ann@x.example", "1", b"Subject: Hello\r\n\r\nText")
    assert {path.name: path.read_bytes() for path in (tmp_path / "ann@x.example").iterdir()} == {
        "1.eml": b"Subject: Hello\r\n\r\nText"
    }
