"""Turning a row into the bytes of a message: once, at the first claim; a second try sends the same bytes.

The attachments of a letter to twelve people are encoded once and joined on when the letter is sent, so that
only the headers and the greeting differ from one recipient to the next.
"""

import uuid
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from django.conf import settings
from django.template import Context, TemplateDoesNotExist
from django.template.backends.django import Template
from django.template.loader import get_template

from outbox.models import Enclosure, Letter, LetterEnclosure
from outbox.rules import one_line

EOL = b"\r\n"
MOST_IN_HAND = 2**18  # bytes of a message kept until it is sent, so that a batch never fills the memory
MOST_IN_A_LINE = 68  # characters of a subject beside its name in a line of 78


class AlteredError(ValueError):
    """The stored message is no longer what was written at the first claim."""


def message_id() -> str:
    """A new Message-ID of ours: 128 random bits, so that a stranger cannot forge a bounce for it."""
    domain = getattr(settings, "OUTBOX_MESSAGE_DOMAIN", "") or settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return f"<{uuid.uuid4().hex}@{domain.rstrip('> ')}>"


def render(letter: Letter, enclosed: Sequence[LetterEnclosure], at: datetime) -> None:
    """Set `message_id`, `rendered` and `rendered_sha256` on the letter; nothing is saved.

    Raises whatever the templates raise.
    """
    words = {
        **letter.context,
        "to_name": letter.to_name,
        "case_ref": letter.case_ref,
        "authority": getattr(settings, "AUTHORITY_NAME", ""),
        "service": getattr(settings, "SERVICE_NAME", "Threshold"),
        "site_url": getattr(settings, "SITE_URL", ""),
    }
    letter.message_id = letter.message_id or message_id()
    subject = one_line(_text(letter.kind, "subject.txt", words))
    parts = [_text_part("plain", _text(letter.kind, "body.txt", words).strip() + "\n")]
    html = _html(letter.kind, words)
    if html:
        parts.append(_text_part("html", html))
    parts += [_calendar_part(one) for one in enclosed if _is_calendar(one)]
    inner = parts[0] if len(parts) == 1 else _multipart("alternative", parts, _boundary(letter, "a"))
    attached = [one for one in enclosed if not _is_calendar(one)]
    if attached:
        border = _boundary(letter, "m")
        opening = b'Content-Type: multipart/mixed; boundary="' + border + b'"' + EOL * 2
        inner = opening + b"--" + border + EOL + inner
    letter.rendered = _headers(letter, subject, at) + inner
    whole = _whole(letter, attached)
    letter.rendered_sha256 = sha256(whole).hexdigest()
    if len(whole) <= MOST_IN_HAND:
        letter.in_hand = whole


def message(letter: Letter) -> bytes:
    """The whole message, from what was stored at the first claim; one just written is still in hand.

    Raises AlteredError when the bytes are not those that were hashed then.
    """
    if letter.in_hand:
        return letter.in_hand
    whole = _whole(letter, [one for one in letter.enclosed.all() if not _is_calendar(one)])
    if sha256(whole).hexdigest() != letter.rendered_sha256:
        raise AlteredError("the stored message was changed after it was written")
    return whole


def _whole(letter: Letter, attached: Sequence[LetterEnclosure]) -> bytes:
    rendered = bytes(letter.rendered or b"")
    if not attached:
        return rendered
    border = b"--" + _boundary(letter, "m")
    pieces = [rendered]
    for one in attached:
        pieces += [EOL, border, EOL, _attachment(one.enclosure_id, one.filename, one.content_type)]
    return b"".join([*pieces, EOL, border, b"--", EOL])


def _boundary(letter: Letter, which: str) -> bytes:
    """Never found in quoted-printable or base64 text, since neither can hold `=_`."""
    return f"=_{which}_{sha256((letter.message_id or '').encode()).hexdigest()[:24]}".encode()


def _headers(letter: Letter, subject: str, at: datetime) -> bytes:
    lines = [
        ("From", settings.DEFAULT_FROM_EMAIL),
        ("To", formataddr((one_line(letter.to_name), letter.to_email))),
        *([("Reply-To", letter.reply_to)] if letter.reply_to else []),
        ("Subject", subject),
        ("Date", format_datetime(at)),
        ("Message-ID", letter.message_id or ""),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    return b"".join(_header(name, value) for name, value in lines)


def _header(name: str, value: str) -> bytes:
    """One header, folded; nothing in it can begin another."""
    value = one_line(value)
    if name == "Subject" and (not value.isascii() or "=?" in value or len(value) > MOST_IN_A_LINE):
        charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
        value = Header(value, charset, header_name=name).encode(linesep="\r\n")
    return f"{name}: {value}\r\n".encode("ascii")


def _text(kind: str, name: str, words: dict[str, object]) -> str:
    """A plain text template: names with an apostrophe must not arrive as `&#x27;`."""
    found: Template = get_template(f"letters/{kind}/{name}")  # type: ignore[assignment]
    return str(found.template.render(Context(words, autoescape=False)))


def _html(kind: str, words: dict[str, object]) -> str:
    try:
        return str(get_template(f"letters/{kind}/body.html").render(words))
    except TemplateDoesNotExist as missing:
        if missing.args[0] != f"letters/{kind}/body.html":
            raise
        return ""


def _text_part(subtype: str, text: str) -> bytes:
    encoded = b2a_qp(text.replace("\r\n", "\n").encode(), istext=True).replace(b"\n", EOL)
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + encoded


def _is_calendar(one: LetterEnclosure) -> bool:
    return one.content_type.startswith("text/calendar")


def _calendar_part(one: LetterEnclosure) -> bytes:
    head = f"Content-Type: {one.content_type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + _base64(_untouched(one.enclosure.sha256, one.enclosure.content))


@lru_cache(maxsize=32)
def _attachment(enclosure_id: int, filename: str, content_type: str) -> bytes:
    """An attachment ready to be joined on; files never change under their number.

    Raises AlteredError when its bytes are not those that were kept: it goes with no letter.
    """
    name, content = Enclosure.objects.values_list("sha256", "content").get(pk=enclosure_id)
    content = _untouched(name, content)
    plain = filename.isascii()
    shown = f'filename="{filename}"' if plain else f"filename*=utf-8''{quote(filename, safe='')}"
    head = (
        f"Content-Type: {content_type}\r\nContent-Disposition: attachment; {shown}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64(content)


def _untouched(name: str, content: bytes | memoryview) -> bytes:
    """The bytes of a file when they are those that its name, their SHA-256, tells."""
    kept = bytes(content)
    if sha256(kept).hexdigest() != name:
        raise AlteredError("an enclosed file was changed after it was kept")
    return kept


def _base64(content: bytes) -> bytes:
    """Base64 in lines of 76, the way mail wants it."""
    flat = b2a_base64(content, newline=False)
    return EOL.join(flat[start : start + 76] for start in range(0, len(flat), 76))


def _multipart(subtype: str, parts: Sequence[bytes], border: bytes) -> bytes:
    opening = f'Content-Type: multipart/{subtype}; boundary="'.encode() + border + b'"' + EOL * 2
    body = b"".join(b"--" + border + EOL + part + EOL for part in parts)
    return opening + body + b"--" + border + b"--" + EOL
