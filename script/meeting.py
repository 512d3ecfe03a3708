"""One meeting on the web server that script/demo runs, for a bench and a drill."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from script import assets
from script.embedded.stack import free_port
from script.embedded.supervisor import Child, Supervisor
from script.run_demo import python, web

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DEBUG": "false",
    "DEMO": "false",
    "PLAIN_LOGS": "true",
    "REQUIRE_SECOND_FACTOR": "false",
    "AUTHORITY_NAME": "Ambleford Council",
    "DEFAULT_FROM_EMAIL": "threshold@ambleford.example",
}
STEP = "summary"
LONE = ("worries", "protective")  # the boxes that one person types in
SHARED = "grey"  # the box that both type in


class Server:
    """The web server as production runs it, on a database of the caller's; others may run beside it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.port, mail = free_port(), free_port()
        self.address = f"http://localhost:{self.port}"
        self.secret = secrets.token_urlsafe(50)
        self.environment = {
            "DATABASE_URL": database,
            "SECRET_KEY": self.secret,
            "SITE_URL": self.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
        } | PRODUCTION
        self.mail = mail
        self.supervisor = Supervisor(folder / "log")
        self.web = web(self.port)
        self.web.environment = self.environment

    def prepare(self) -> None:
        """Static files and the cache's table: a page of production asks for both."""
        assets.build_if_needed()
        told = os.environ | self.environment
        subprocess.run(python("script.prepare"), env=told, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start the web server and wait until it answers."""
        self.supervisor.add(self.web, seconds=60)

    def start_workers(self) -> None:
        """The worker and the clock of script/demo beside it, and a mail server that keeps nothing."""
        words = ["celery", "-A", "config", "--quiet"]
        alone = ["--without-mingle", "--without-gossip", "-Q", "letters,sweeps,pdfs", "-c", "2"]
        sink = [sys.executable, "-m", "script.post.swift_sink", str(self.mail)]
        for child in (
            Child("mail", sink, environment=self.environment),
            Child("worker", python(*words, "worker", *alone), environment=self.environment),
            Child("beat", python(*words, "beat"), environment=self.environment),
        ):
            self.supervisor.add(child)

    def kill_web(self) -> None:
        """SIGKILL the web server with all its processes, and wait until it is gone."""
        assert self.web.process is not None
        os.killpg(self.web.process.pid, signal.SIGKILL)
        self.web.process.wait()

    def revive_web(self) -> None:
        """Start the web server again, as a supervisor does."""
        self.web.start(self.supervisor.logs)

    def cookies(self, user: Any) -> dict[str, str]:
        """The cookies of a browser in which this person has signed in."""
        from django.test import Client, override_settings

        with override_settings(SECRET_KEY=self.secret):
            client = Client()
            client.force_login(user)
            return {name: one.value for name, one in client.cookies.items()}


@contextmanager
def server(database: str) -> Iterator[Server]:
    """A web server that is ready, and is stopped with all beside it."""
    with tempfile.TemporaryDirectory(prefix="threshold-live-") as folder:
        Path(folder).chmod(0o755)
        one = Server(Path(folder), database)
        one.prepare()
        try:
            one.start()
            yield one
        finally:
            one.supervisor.stop()


@dataclass
class Meeting:
    """A discussion that is being held: its record, who types in it, and who only reads."""

    minutes: Any
    typists: list[Any]
    readers: list[Any]
    boxes: dict[str, Any]

    @property
    def room(self) -> str:
        """The path of the room at the step that is typed in."""
        from django.urls import reverse

        return f"{reverse('minutes:room', args=[self.minutes.discussion_id])}?step={STEP}"

    def address(self, field: str) -> str:
        """The path under which a box saves itself."""
        from django.urls import reverse

        return reverse("minutes:save_section", args=[self.minutes.discussion_id, self.boxes[field].pk])

    def kept(self, field: str) -> list[str]:
        """Every text that a box has had, from the first version on; the last is what stands in it."""
        from minutes.models import SectionVersion

        found = SectionVersion.objects.filter(section=self.boxes[field]).order_by("version")
        return list(found.values_list("text", flat=True))


def a_meeting(readers: int) -> Meeting:
    """Mo chairs, Bea minutes, and so many colleagues of the team have the record open."""
    from minutes.models import Section
    from tests.builders.meeting import a_started_discussion
    from tests.people import cast, person

    people = cast()
    minutes = a_started_discussion(people)
    found = Section.objects.filter(minutes=minutes, step=STEP, field__in=[*LONE, SHARED])
    others = [
        person(f"Reader {number}", "social_worker", agency=people.council, team=people.team)
        for number in range(readers)
    ]
    return Meeting(minutes, [people.bea, people.mo], others, {one.field: one for one in found})
