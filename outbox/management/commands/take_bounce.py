"""`manage.py take_bounce < message`: the mail server pipes returned mail here."""

import sys
from collections.abc import Iterator
from email import message_from_binary_file, policy
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from outbox import services


class Command(BaseCommand):
    help = "Read one delivery status notification from standard input. Anything else is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        notice = message_from_binary_file(sys.stdin.buffer, policy=policy.compat32)
        ours = _message_id(notice)
        found = 0
        for recipient, detail in _failures(notice):
            if ours and services.record_bounce(ours, recipient, detail=detail, at=timezone.now()):
                found += 1
        self.stdout.write(f"{found} letters came back" if found else "Not a bounce of a letter of ours")


def _message_id(notice: Message) -> str:
    """The Message-ID of the letter that came back, from the copy or the headers in the notice."""
    for part in notice.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) else None
            if isinstance(first, Message) and first["Message-ID"]:
                return str(first["Message-ID"]).strip()
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
            found = HeaderParser().parsestr(text)["Message-ID"]
            if found:
                return str(found).strip()
    return ""


def _failures(notice: Message) -> Iterator[tuple[str, str]]:
    """Who did not get it and why, from the part that RFC 3464 writes for machines; a delay is no failure."""
    for part in notice.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else []:
            if isinstance(group, Message) and str(group["Action"]).strip().lower() == "failed":
                recipient = str(group["Original-Recipient"] or group["Final-Recipient"] or "")
                yield (
                    recipient.rpartition(";")[2].strip(),
                    str(group["Diagnostic-Code"] or group["Status"] or ""),
                )
