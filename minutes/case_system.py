"""Talking to the case system: a folder or an S3 store that it reads, or a webhook it answers (row X16).

No transaction is open here, and nothing is decided but what the answer means.
"""

import hmac
import json
import os
import time
from collections.abc import Mapping
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
STORES = {"s3+https": "https", "s3+http": "http"}  # how each is reached


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


def fault_of(address: str, secret: str, key: str = "") -> str | None:
    """What is wrong with the settings, as a sentence; None when they can be used."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  a port that is none is only noticed when it is asked for
    except ValueError:
        return "The address of the case system cannot be read."
    if parts.scheme in STORES:
        return _fault_of_store(parts, bool(secret and key))
    if parts.scheme == "folder":
        whole = parts.netloc == "" and parts.path.startswith("/")
        return None if whole else "The folder of the case system needs its whole path: folder:///path."
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        if not secret:
            return "A webhook needs SYSTEM_OF_RECORD_SECRET, with which what it is sent is signed."
        return None if parts.hostname else "The address of the case system names no host."
    return "The address of the case system must begin with folder:///, s3+https:// or https://."


def _fault_of_store(parts: SplitResult, has_keys: bool) -> str | None:
    if parts.scheme == "s3+http" and parts.hostname not in LOOPBACK:
        return "A store must be reached by s3+https://."
    if not (parts.hostname and parts.path.strip("/")):
        return "The address of a store names its host and bucket: s3+https://host/bucket/folder."
    if not has_keys:
        return "A store needs SYSTEM_OF_RECORD_KEY and SYSTEM_OF_RECORD_SECRET."
    return None


def send(
    address: str, secret: str, parcel: Parcel, *, key: str = "", name_is_reference: bool = False
) -> Answer:
    """Hand the parcel over; never raises for what the other side does or does not do.

    `key` names whose `secret` it is, for a store. A folder or a store keeps the parcel under its name, which
    is its reference there with `name_is_reference`.
    """
    if fault := fault_of(address, secret, key):
        return Answer(False, fault, again=False)
    parts = urlsplit(address)
    if parts.scheme in STORES:
        return _into_store(parts, key, secret, parcel, name_is_reference)
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


def _into_store(parts: SplitResult, key: str, secret: str, parcel: Parcel, name_is_reference: bool) -> Answer:
    """An object under the parcel's name, put again after a crash it is the same object.

    boto3 is loaded here: it takes memory that only a worker with such a store should give.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, _, folder = unquote(parts.path).strip("/").partition("/")
    patience = Config(
        connect_timeout=PATIENCE,
        read_timeout=PATIENCE,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path"},
    )
    try:
        store = boto3.client(
            "s3",
            endpoint_url=f"{STORES[parts.scheme]}://{parts.netloc}",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name=parts.query.removeprefix("region=") or "eu-west-2",
            config=patience,
        )
        store.put_object(
            Bucket=bucket,
            Key=f"{folder}/{parcel.name}".lstrip("/"),
            Body=parcel.content,
            ContentType="application/zip",
            ChecksumAlgorithm="SHA256",
            Metadata={"threshold-key": parcel.key},
        )
    except ClientError as refused:
        return _refused_by_store(refused.response)
    except BotoCoreError as fault:
        return Answer(False, f"The store does not answer ({type(fault).__name__})")
    return Answer(True, reference=parcel.name[:LONGEST] if name_is_reference else "")


def _refused_by_store(response: Mapping[str, Any]) -> Answer:
    status = int(response["ResponseMetadata"]["HTTPStatusCode"])
    code = str(response["Error"].get("Code", ""))[:LONGEST]
    if status >= 500 or status in AGAIN:
        return Answer(False, f"The store cannot take it now ({code})")
    return Answer(False, f"The store refuses it ({code})", again=False)


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
