"""One spelling of a record, so that the same words always have the same hash (P15). Pure."""

import json
from hashlib import sha256
from typing import Any


def canonical(content: Any) -> bytes:
    """The one JSON spelling of a content: keys in order, no spaces, letters as they are, UTF-8.

    Raises TypeError for anything JSON has no word for: moments and dates are put in as ISO text before.
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def hash_of(content: Any) -> str:
    """SHA-256 of the canonical spelling, as 64 hexadecimal digits: what is signed and printed."""
    return sha256(canonical(content)).hexdigest()


def is_unchanged(content: Any, digest: str) -> bool:
    """Whether these are still the words that were hashed; one changed byte says no."""
    return hash_of(content) == digest


def in_groups(digest: str, size: int = 8) -> str:
    """A hash as people compare it by eye: in groups, with a space between."""
    return " ".join(digest[at : at + size] for at in range(0, len(digest), size))
