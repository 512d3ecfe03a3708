"""The virus scanner: ClamAV's daemon when `CLAMAV` names one, told over its own INSTREAM command."""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from attendees.enums import Scan

PATIENCE = 10  # seconds: somebody waits for the page
PIECE = 64 * 1024


def scan(content: bytes) -> Scan:
    """Return what the scanner says; WAITING when it does not answer, NOT_SCANNED where there is none.

    Asked before any row is locked: a slow scanner must not keep others waiting.
    """
    if not settings.CLAMAV:
        return Scan.NOT_SCANNED
    try:
        answer = _ask(content)
    except OSError:
        return Scan.WAITING
    if answer.endswith("FOUND"):
        return Scan.INFECTED
    return Scan.CLEAN if answer.endswith("OK") else Scan.WAITING


def _ask(content: bytes) -> str:
    """Send the bytes in pieces and return the daemon's one line, such as “stream: OK”."""
    with _connected() as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connected() -> socket.socket:
    """A connection to `tcp://host:3310` or `unix:///path`."""
    where = urlsplit(settings.CLAMAV)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        line.connect(where.path)
        return line
    return socket.create_connection((where.hostname or "localhost", where.port or 3310), timeout=PATIENCE)
