"""Talking to the authority's case system: a folder it reads, or a webhook it answers (row X16).

No transaction is open here, and nothing is decided but what the answer means.
"""

import hmac
import json
import os
import time
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

PATIENCE = 15.0  # seconds for each answer of the other side
MOST_READ = 64 * 1024
AGAIN = {408, 409, 425, 429}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is carried: under which name and key, the bytes, and what they are of."""

    key: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. `again` says whether trying later can help; a reference may be in it."""

    delivered: bool
    reason: str = ""
    again: bool = True
    reference: str = ""


def fault_of(address: str, secret: str) -> str | None:
    """What is wrong with the setting, as a sentence; None when it can be used."""
    parts = urlsplit(address)
    if parts.scheme == "folder":
        whole = parts.netloc == "" and parts.path.startswith("/")
        return None if whole else "The folder of the case system needs its whole path: folder:///path."
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        if not secret:
            return "A webhook needs SYSTEM_OF_RECORD_SECRET, with which what it is sent is signed."
        return None if parts.hostname else "The address of the case system names no host."
    return "The address of the case system must begin with folder:/// or https://."


def send(address: str, secret: str, parcel: Parcel, *, name_is_reference: bool = False) -> Answer:
    """Hand the parcel over; never raises for what the other side does or does not do."""
    if fault := fault_of(address, secret):
        return Answer(False, fault, again=False)
    parts = urlsplit(address)
    if parts.scheme == "folder":
        return _into_folder(Path(unquote(parts.path)), parcel, name_is_reference)
    try:
        return _posted(parts, secret, parcel)
    except (OSError, HTTPException) as fault:
        return Answer(False, f"The case system does not answer ({type(fault).__name__})")


def signature(secret: str, stamp: str, key: str, content: bytes) -> str:
    """The words of the header X-Threshold-Signature: HMAC-SHA-256 of `stamp.key.content`."""
    signed = b".".join((stamp.encode(), key.encode(), content))
    return "sha256=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def _into_folder(folder: Path, parcel: Parcel, name_is_reference: bool) -> Answer:
    """Whole or not at all: under a name that nobody reads, down to the disk, then the right name."""
    unfinished = folder / f".{parcel.key}.part"
    try:
        with unfinished.open("wb") as file:
            file.write(parcel.content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / parcel.name)
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as fault:
        return Answer(False, f"The folder of the case system cannot be written ({fault.strerror})")
    return Answer(True, reference=parcel.name[:LONGEST] if name_is_reference else "")


def _posted(parts: SplitResult, secret: str, parcel: Parcel) -> Answer:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/zip",
        "Idempotency-Key": parcel.key,
        "X-Threshold-Timestamp": stamp,
        "X-Threshold-Signature": signature(secret, stamp, parcel.key, parcel.content),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body=parcel.content, headers=headers)
        return _understood(connection.getresponse())
    finally:
        connection.close()


def _understood(response: HTTPResponse) -> Answer:
    if 200 <= response.status < 300:
        return Answer(True, reference=_reference_in(response.read(MOST_READ)))
    if response.status >= 500 or response.status in AGAIN:
        return Answer(False, f"The case system cannot take it now (answer {response.status})")
    return Answer(False, f"The case system refuses it (answer {response.status})", again=False)


def _reference_in(body: bytes) -> str:
    """The reference that the answer carries; none when it is not JSON or says nothing usable."""
    try:
        said: Any = json.loads(body)
    except ValueError:
        return ""
    reference = said.get("reference") if isinstance(said, dict) else None
    if not isinstance(reference, str | int) or isinstance(reference, bool):
        return ""
    tidy = " ".join("".join(one if one.isprintable() else " " for one in str(reference)).split())
    return tidy if len(tidy) <= LONGEST else ""
