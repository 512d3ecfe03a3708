"""Letters of the kind "trial", and ways to look at them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from outbox import hooks, services
from outbox.models import Letter
from script.embedded.stack import free_port
from tests.real import MailSink

Queue = Callable[..., Letter]


@pytest.fixture
def queue() -> Queue:
    """Queue a trial letter in a transaction of its own."""

    def _queue(address: str = "ann@school.example", **more: Any) -> Letter:
        words: dict[str, Any] = {"to_name": "Ann Lee", "to_ref": "professional:3", "context": {}, "by": None}
        with transaction.atomic():
            return services.queue("trial", to_email=address, **{"at": timezone.now(), **words, **more})

    return _queue


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int, datetime]]]:
    """What the rooms above hear of trial letters: sent or bounced, which letter, when."""
    news: list[tuple[str, int, datetime]] = []
    before = list(hooks._listeners)
    hooks.register(
        "trial",
        on_sent=lambda letter, at: news.append(("sent", letter.pk, at)),
        on_bounced=lambda letter, at: news.append(("bounced", letter.pk, at)),
    )
    yield news
    hooks._listeners[:] = before


def fresh(letter: Letter) -> Letter:
    """The letter as the database has it now."""
    return Letter.objects.get(pk=letter.pk)


def due_now(letter: Letter) -> None:
    """Let the wait before the next try be over."""
    Letter.objects.filter(pk=letter.pk).update(next_try_at=timezone.now())


@dataclass
class MoodySink(MailSink):
    """A mail server whose mood about an address is set by the test; every copy on the wire is counted."""

    moods: dict[str, list[str]] = field(default_factory=dict)
    talks: list[Session] = field(default_factory=list)
    wire: list[str] = field(default_factory=list)
    during: Callable[[str], None] | None = None
    before: Callable[[str], None] | None = None
    together: bool = False
    lax: bool = False  # goes on to the message even where it refused the name

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        """Say whether several commands may come together, as nearly all servers allow."""
        session.host_name = hostname
        return [answers[0], *(["250-PIPELINING"] if self.together else []), *answers[1:]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse our own address; count the conversations."""
        if session not in self.talks:
            self.talks.append(session)
        if address in self.refuses:
            return self.refuses[address]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a name."""
        if self.before is not None:
            await asyncio.to_thread(self.before, address)
        if self.lax and address in self.refuses:
            envelope.rcpt_tos.append(address)
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the letter, then answer as the mood is: an answer, or "break" for a line that goes dead."""
        address = envelope.rcpt_tos[0]
        mood = self.moods[address].pop(0) if self.moods.get(address) else "250 Kept"
        if self.during is not None:
            await asyncio.to_thread(self.during, address)
        if mood == "break" or mood.startswith("250"):
            await super().handle_DATA(server, session, envelope)
            self.wire.append(str(self.kept[-1][1]["Message-ID"]))
        if mood == "break":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return mood


@pytest.fixture(params=[False, True], ids=["in turn", "together"])
def sink(settings: Settings, request: pytest.FixtureRequest) -> Iterator[MoodySink]:
    """A real mail server with moods; it takes commands one after the other, or several together."""
    sink = MoodySink(free_port(), together=request.param)
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    controller.stop()
