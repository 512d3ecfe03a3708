"""Talking to the mail server: one connection for many letters, and the truth about where a try broke off."""

import logging
import smtplib
from dataclasses import dataclass
from email import message_from_bytes, policy
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.module_loading import import_string

from outbox.enums import Outcome
from outbox.failpoints import reach
from outbox.rules import outcome_of

logger = logging.getLogger(__name__)
TAKEN, GO_ON = (250, 251), 354
TIMEOUT = 20  # seconds for one answer; a lease outlives a whole conversation


class UnreachableError(Exception):
    """No mail server to talk to: nothing was sent, and no letter is to blame."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one try came to, with the server's code and words."""

    outcome: Outcome
    code: int | None = None
    detail: str = ""


def enforces_tls() -> bool:
    """Whether every letter leaves over an encrypted connection to a server whose certificate was checked."""
    return _is_smtp() and bool(settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)


class Session:
    """One connection to the mail server, opened at the first letter and used for all."""

    def __init__(self) -> None:
        options: dict[str, Any] = {"timeout": settings.EMAIL_TIMEOUT or TIMEOUT} if _is_smtp() else {}
        self._backend: Any = get_connection(fail_silently=False, **options)
        self._open = False
        self._awaited = False  # the server waits for the message: any word of ours would be part of it
        self._offered = ("", b"")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect, encrypt and sign in if that is not done yet. Raises UnreachableError."""
        if self._open:
            return
        try:
            self._backend.open()
            if isinstance(self._backend, EmailBackend):
                self._backend.connection.ehlo_or_helo_if_needed()  # type: ignore[union-attr]
        except (OSError, smtplib.SMTPException) as fault:
            raise UnreachableError(_words(fault)) from fault
        self._open = True

    def close(self) -> None:
        """Say goodbye; a server that is gone, or waits for a message that will not come, is left without."""
        if self._open:
            self._open = False
            try:
                if self._awaited:
                    self._awaited = False
                    self._backend.connection.close()
                self._backend.close()
            except (OSError, smtplib.SMTPException):
                self._backend.connection = None

    def offer(self, recipient: str, message: bytes) -> Answer | None:
        """Ask the server whether it will take this message; nothing of the message itself is said yet.

        Returns None when it waits for the message, which `finish` hands over or `close` keeps back; else its
        refusal. Raises UnreachableError when the line broke.
        """
        self._offered = (recipient, message)
        if not isinstance(self._backend, EmailBackend):
            return None
        try:
            refusal = self._ask(self._backend.connection, recipient)  # type: ignore[arg-type]
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise UnreachableError(_words(fault)) from fault
        self._awaited = refusal is None
        return refusal

    def finish(self) -> Answer:
        """Hand over the message that was offered. A break leaves a doubt: the answer may be what was lost."""
        recipient, message = self._offered
        if not isinstance(self._backend, EmailBackend):
            self._backend.send_messages([_Prebuilt(recipient, message)])
            return Answer(Outcome.SENT, None, "kept by a mail program that is not a server")
        server: smtplib.SMTP = self._backend.connection  # type: ignore[assignment]
        try:
            server.send(_dotted(message))
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Answer(Outcome.IN_DOUBT, None, _words(fault))
        self._awaited = False
        reach("after_data")
        answer = Answer(outcome_of(code), code, _text(words))
        if answer.outcome != Outcome.SENT:
            self._reset(server)
        return answer

    def _ask(self, server: smtplib.SMTP, recipient: str) -> Answer | None:
        """MAIL, RCPT and DATA: a break here means that nothing was taken."""
        words = [
            f"MAIL FROM:{smtplib.quoteaddr(_sender())}",
            f"RCPT TO:{smtplib.quoteaddr(recipient)}",
            "DATA",
        ]
        replies = _at_once(server, words) if server.has_extn("pipelining") else _in_turn(server, words)
        mail, rcpt, data = [*replies, *[None] * len(words)][: len(words)]
        assert mail is not None  # a server that says nothing raises
        if mail[0] != 250:
            # The server will not take mail from us at all: our fault, not the recipient's.
            refusal = Answer(Outcome.FAULT if mail[0] >= 500 else Outcome.TEMPORARY, *mail)
        elif rcpt is not None and rcpt[0] not in TAKEN:
            refusal = Answer(outcome_of(rcpt[0]), *rcpt)
        elif data is not None and data[0] != GO_ON:
            refusal = Answer(outcome_of(max(data[0], 400)), *data)
        else:
            return None
        if data is not None and data[0] == GO_ON:
            server.docmd(".")  # it took none of the names and waits all the same: an empty message to nobody
        if refusal.code == 421:
            self.close()
        self._reset(server)
        return refusal

    def _reset(self, server: smtplib.SMTP) -> None:
        if self._open:
            try:
                server.rset()
            except (OSError, smtplib.SMTPException):
                self.close()


def _in_turn(server: smtplib.SMTP, commands: list[str]) -> list[tuple[int, str]]:
    """The replies to one command after the other, up to the first refusal."""
    replies: list[tuple[int, str]] = []
    for command in commands:
        code, words = server.docmd(command)
        replies.append((code, _text(words)))
        if code not in (*TAKEN, GO_ON):
            break
    return replies


def _at_once(server: smtplib.SMTP, commands: list[str]) -> list[tuple[int, str]]:
    """The replies to commands that are said together, to a server that allows it (RFC 2920): one way there
    and back instead of three. Raises ValueError for a command that would be two.
    """
    if any(mark in command for command in commands for mark in "\r\n"):
        raise ValueError("a line break in a command to the mail server")
    server.send("\r\n".join([*commands, ""]))
    return [(code, _text(words)) for code, words in (server.getreply() for _ in commands)]


class _Prebuilt(EmailMessage):
    """Our own bytes for the mail back ends that are not servers: files, console, memory."""

    def __init__(self, recipient: str, content: bytes) -> None:
        parsed = message_from_bytes(content, policy=policy.default)
        text = parsed.get_body(("plain",))
        super().__init__(
            subject=str(parsed["Subject"] or ""),
            body=str(text.get_content()) if text else "",
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[recipient],
            headers={"Message-ID": str(parsed["Message-ID"])},
        )
        self.content = content
        for part in parsed.iter_attachments():
            self.attach(part.get_filename() or "enclosure", part.get_content(), part.get_content_type())

    def message(self, **_options: Any) -> Any:
        """The message as it was rendered, not built again."""
        return message_from_bytes(self.content)


def _is_smtp() -> bool:
    return issubclass(import_string(settings.EMAIL_BACKEND), EmailBackend)


def _dotted(message: bytes) -> bytes:
    """The message as it stands on the wire: lines that begin with a dot get a second, and one dot ends it.

    No attachment has such lines, so that a look is far cheaper than smtplib's rewrite.
    """
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n")


def _sender() -> str:
    return getattr(settings, "OUTBOX_RETURN_PATH", "") or settings.DEFAULT_FROM_EMAIL


def _text(words: bytes | str) -> str:
    shown = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(shown.split())[:500]


def _words(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {_text(str(fault))}"
