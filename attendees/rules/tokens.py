"""A partner's token and code are worked out from a secret key and a random number, and never stored.

The database holds the random number and the hash: neither opens anything without the key (docs/adr on
partner links).
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from hashlib import sha256

CODE_DIGITS = 6


def token_of(key: bytes, nonce: str) -> str:
    """Return the 256-bit token of a link, as 43 characters that are safe in an address."""
    return (
        urlsafe_b64encode(hmac.digest(key, b"partner link " + nonce.encode(), "sha256")).decode().rstrip("=")
    )


def code_of(key: bytes, nonce: str) -> str:
    """Return the six-digit one-time code that belongs to the random number."""
    number = int.from_bytes(hmac.digest(key, b"partner code " + nonce.encode(), "sha256"), "big")
    return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def hash_of(text: str) -> str:
    """Return what is stored of a token or of a browser's secret: its SHA-256 in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def keyed_hash_of(key: bytes, nonce: str, text: str) -> str:
    """Return what is stored of a code: six digits would be guessed from a plain hash in a moment."""
    return hmac.new(key, f"partner code hash {nonce} {text}".encode(), sha256).hexdigest()


def first_that_gives(keys: Iterable[bytes], nonce: str, hashed: str) -> str | None:
    """Return the token of the first key (the newest first) whose hash is the stored one, or None."""
    for key in keys:
        token = token_of(key, nonce)
        if hmac.compare_digest(hash_of(token), hashed):
            return token
    return None


def digits_of(typed: str) -> str:
    """Return the digits of what somebody typed: "123 456" and "123-456" are the same code."""
    return "".join(letter for letter in typed if letter.isascii() and letter.isdigit())[:12]
