"""The keys from which tokens and codes are worked out: derived from the service's secret, never that
secret itself."""

import secrets
from hashlib import sha256

from django.conf import settings

LINKS = "partner_links"  # in a browser's session: the links whose code it entered


def in_force() -> list[bytes]:
    """Return the key in force, then those of earlier secrets, so that links outlive a change of the
    secret."""
    secrets_in_force = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        sha256(b"threshold.attendees.links\x00" + secret.encode()).digest() for secret in secrets_in_force
    ]


def new_nonce() -> str:
    """Return a fresh random number of 256 bits, in hexadecimal."""
    return secrets.token_hex(32)
