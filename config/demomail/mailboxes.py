"""Read the letters that the demonstration's mail catcher wrote, one file a letter, one folder an address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, or words that say there is none."""
        return str(self.message["subject"] or "(no subject)")

    @property
    def at(self) -> datetime | None:
        """When it was written."""
        return parsedate_to_datetime(str(self.message["date"])) if self.message["date"] else None

    @property
    def text(self) -> str:
        """The plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()) if body else ""

    @property
    def html(self) -> str:
        """The formatted text, or nothing."""
        body = self.message.get_body(("html",))
        return str(body.get_content()) if body else ""

    @property
    def files(self) -> list[EmailMessage]:
        """Attachments and calendar parts."""
        return [
            part
            for part in self.message.walk()
            if part.get_filename() or part.get_content_subtype() == "calendar"
        ]


def root() -> Path:
    """Where the mail catcher writes."""
    return Path(settings.VAR_DIR) / "mail"


def mailboxes() -> list[tuple[str, int]]:
    """Each address with its number of letters, the one that heard last first."""
    if not root().is_dir():
        return []
    folders = sorted(root().iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
    return [(folder.name, sum(1 for _ in folder.glob("*.eml"))) for folder in folders if folder.is_dir()]


def letters(address: str) -> Iterator[Letter]:
    """The letters of one mailbox, the newest first; none for an address that never got any."""
    if address in dict(mailboxes()):
        for path in sorted((root() / address).glob("*.eml"), reverse=True):
            yield Letter(
                path.stem,
                BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(path.read_bytes()),
            )


def letter(address: str, name: str) -> Letter | None:
    """One letter by its file's name."""
    return next((found for found in letters(address) if found.name == name), None)
