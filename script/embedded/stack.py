"""PostgreSQL and the broker together: embedded ones, or those whose addresses the environment gives."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path

from script.embedded.places import ROOT, Sockets, home_of_services
from script.embedded.postgres import NoPostgres, Postgres
from script.embedded.supervisor import Supervisor
from script.embedded.valkey import Valkey


class Stack:
    """The services under the application, started in order and stopped together."""

    def __init__(self, var: Path, *, careful: bool = True) -> None:
        self.var = var
        self.careful = careful
        self.home = home_of_services(var)
        self.sockets = Sockets.make()
        self.supervisor = Supervisor(var / "log")
        self.lock = take_lock(var)

    def start(self) -> dict[str, str]:
        """Start what has no address of its own; the addresses for the application's environment."""
        addresses = {"VAR_DIR": str(self.var)}
        try:
            if "DATABASE_URL" not in os.environ:
                postgres = Postgres(self.home, self.sockets, careful=self.careful)
                postgres.prepare()
                self.supervisor.add(postgres.child())
                postgres.make_database()
                addresses["DATABASE_URL"] = postgres.url
        except NoPostgres as problem:
            self.stop()
            sys.exit(str(problem))
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(self.home, self.sockets)
            if child := valkey.child():
                self.supervisor.add(child)
            else:  # the broker of last resort is a pair of folders, which Celery does not make itself
                for folder in ("broker", "broker-control"):
                    (self.var / folder).mkdir(parents=True, exist_ok=True)
            addresses["REDIS_URL"] = valkey.url
        return addresses

    def stop(self) -> None:
        """Stop everything and take the sockets away."""
        self.supervisor.stop()
        self.sockets.remove()

    def forget(self) -> None:
        """Delete the data of every service, before a start that begins again."""
        for folder in ("postgres", "valkey"):
            shutil.rmtree(self.home / folder, ignore_errors=True)
        for folder in ("mail", "files"):
            shutil.rmtree(self.var / folder, ignore_errors=True)


def take_lock(var: Path) -> int:
    """Hold this folder's lock; a second start in the same folder is told about the first."""
    var.mkdir(parents=True, exist_ok=True)
    lock = os.open(var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(lock, 20).decode() or "unknown"
        where = var.relative_to(ROOT) if var.is_relative_to(ROOT) else var
        sys.exit(f"Threshold already runs on {where} (process {other}): stop it there with Ctrl-C first.")
    os.truncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
