"""Pure rules of the post: which address will do, how long to wait, what a mail server's answer means."""

import re
import unicodedata
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from outbox.enums import Outcome

# Closed in March 2019 (gsi, gse, gsx) and 2021 (gcsx); mail to them is lost without a bounce.
RETIRED = ("gsi.gov.uk", "gse.gov.uk", "gsx.gov.uk", "gcsx.gov.uk")
MOST_FAILURES = 5
LONGEST_ADDRESS = 254  # what mail can carry, and what we store
LONGEST_WAIT = timedelta(minutes=30)
FIRST_WAIT = timedelta(seconds=30)
DEFAULT_PATIENCE = timedelta(hours=72)  # how long to try when the writer of the letter named no time

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class BadAddressError(ValueError):
    """The sentence says what is wrong with the address, for the person who typed it."""


def normalise_address(text: str) -> str:
    """One address in the form we store and compare: no spaces around, lower case, domain in ASCII.

    Raises BadAddressError with a plain sentence.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if _CONTROL.search(typed) or any(mark in typed for mark in ",;<>") or typed.count("@") > 1:
        raise BadAddressError("Enter one email address only, like name@example.gov.uk")
    local, _, domain = typed.lower().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
        validate_email(address)
    except (ValidationError, UnicodeError):
        raise BadAddressError(
            "Enter an email address in the correct format, like name@example.gov.uk"
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise BadAddressError(f"Enter an email address of {LONGEST_ADDRESS} characters or fewer")
    if not local.isascii():
        raise BadAddressError(
            "Enter an email address without accents before the @: many mail servers refuse them"
        )
    for retired in RETIRED:
        if domain == retired or domain.endswith("." + retired):
            raise BadAddressError(
                f"Addresses ending {retired} were closed down. Ask for the person’s new address"
            )
    return address


def one_line(text: str) -> str:
    """Text that is safe in a mail header or a file name: control characters and breaks become one space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def file_name(text: str) -> str:
    """A file name without any path, quotes or control characters."""
    last = re.split(r"[/\\]", one_line(text))[-1]
    return last.replace('"', "").strip(". ") or "enclosure"


def wait_before(tries: int, dice: float) -> timedelta:
    """Wait after `tries` refusals: half a minute, doubling to half an hour; `dice` spreads."""
    doubled = FIRST_WAIT * float(2 ** min(max(tries - 1, 0), 10))
    return min(doubled, LONGEST_WAIT) * (0.5 + dice / 2)


def outcome_of(code: int) -> Outcome:
    """What an answer of the mail server means: 2xx taken, 4xx later, 5xx never."""
    if 200 <= code < 300:
        return Outcome.SENT
    return Outcome.PERMANENT if 500 <= code < 600 else Outcome.TEMPORARY
