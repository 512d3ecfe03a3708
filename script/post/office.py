"""The mail server, the carriers, the broker and its workers: processes that a drill may kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from script.embedded.places import Sockets
from script.embedded.stack import free_port
from script.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent.parent


class Post:
    """The mail server and the carriers, each a process that may be killed."""

    def __init__(self, folder: Path, database: str, bug: str = "") -> None:
        self.folder, self.bug = folder, bug
        self.broker = Valkey(folder / "broker", Sockets(folder))
        self.port = free_port()
        self.mailbox = folder / "mailbox"
        self.mailbox.touch()
        self.environment = os.environ | {
            "DATABASE_URL": database,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            "REDIS_URL": self.broker.url,
            "VAR_DIR": str(folder),
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, failpoint: str = "") -> None:
        """Start, or start again, the mail server or one carrier."""
        words = self._words(name)
        environment = self.environment | {"OUTBOX_FAILPOINT": failpoint}
        with (self.folder / "log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words,
                env=environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def _words(self, name: str) -> list[str]:
        if name == "broker" and (server := self.broker.child()):
            return server.command
        module = [sys.executable, "-m", "script.post.carrier", self.bug]
        if name == "mail server":
            module = [sys.executable, "-m", "script.post.sink", str(self.port), str(self.mailbox)]
        if name in {"worker 1", "worker 2", "beat"}:
            module = [sys.executable, "-m", "script.post.worker", name.split(" ")[0]]
        return module

    def kill(self, name: str) -> None:
        """SIGKILL, and wait until it is gone."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()

    def revive(self) -> int:
        """Start again what ended by itself, as a supervisor does; returns how many that were."""
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        for name in ended:
            self.start(name)
        return len(ended)

    def words(self) -> str:
        """The end of what the processes said."""
        return (self.folder / "log").read_text()[-3000:]

    def stop(self) -> None:
        """End all."""
        for name in [*self.running]:
            self.take_away(name)

    def take_away(self, name: str) -> None:
        """Kill it, and do not start it again."""
        self.kill(name)
        del self.running[name]

    def lose_the_broker(self) -> None:
        """Kill the broker and delete all that it had."""
        self.kill("broker")
        shutil.rmtree(self.broker.folder)

    def kept(self) -> list[tuple[str, str]]:
        """Address and Message-ID of every copy that the mail server took."""
        lines = self.mailbox.read_text().splitlines()
        return [(line.split(" ")[0], line.split(" ")[1]) for line in lines if " " in line]


@contextmanager
def post_office(database: str, bug: str = "") -> Iterator[Post]:
    """A post office with its mail server and two carriers."""
    with tempfile.TemporaryDirectory() as folder:
        post = Post(Path(folder), database, bug)
        for name in ("mail server", "carrier 1", "carrier 2"):
            post.start(name)
        try:
            yield post
        finally:
            post.stop()
