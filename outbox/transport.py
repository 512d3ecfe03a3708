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
        """Say goodbye; a server that is gone is left without a word."""
        if self._open:
            self._open = False
            try:
                self._backend.close()
            except (OSError, smtplib.SMTPException):
                self._backend.connection = None

    def send(self, recipient: str, message: bytes) -> Answer:
        """Hand over one message to one recipient. Raises UnreachableError when it surely was not taken."""
        if not isinstance(self._backend, EmailBackend):
            self._backend.send_messages([_Prebuilt(recipient, message)])
            return Answer(Outcome.SENT, None, "kept by a mail program that is not a server")
        server: smtplib.SMTP = self._backend.connection  # type: ignore[assignment]
        answer = self._envelope(server, recipient)
        if answer is None:
            reach("before_data")
            answer = self._data(server, message)
            reach("after_data")
        if answer.outcome != Outcome.SENT:
            self._reset(server)
        return answer

    def _envelope(self, server: smtplib.SMTP, recipient: str) -> Answer | None:
        """MAIL and RCPT: a break here means that nothing was taken."""
        try:
            code, words = server.mail(_sender())
            if code != 250:
                # The server will not take mail from us at all: our fault, not the recipient's.
                return Answer(Outcome.FAULT if code >= 500 else Outcome.TEMPORARY, code, _text(words))
            code, words = server.rcpt(recipient)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise UnreachableError(_words(fault)) from fault
        if code == 421:
            self.close()
        return None if code in (250, 251) else Answer(outcome_of(code), code, _text(words))

    def _data(self, server: smtplib.SMTP, message: bytes) -> Answer:
        """The message itself: a break here leaves a doubt, since the answer may be what was lost."""
        try:
            code, words = server.docmd("DATA")
            if code != 354:
                return Answer(outcome_of(max(code, 400)), code, _text(words))
            server.send(_dotted(message))
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Answer(Outcome.IN_DOUBT, None, _words(fault))
        return Answer(outcome_of(code), code, _text(words))

    def _reset(self, server: smtplib.SMTP) -> None:
        if self._open:
            try:
                server.rset()
            except (OSError, smtplib.SMTPException):
                self.close()


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
