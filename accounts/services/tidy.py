"""What every form of the system checks alike: one line of text, an address, a unique name."""

from typing import Any

from django.db import models

from audit.errors import Refused
from outbox.rules import BadAddressError, normalise_address, one_line


def given(text: str, field: str, sentence: str, longest: int = 120) -> str:
    """The text on one line. Raises Refused at the field when it is empty or too long."""
    tidy = one_line(text)
    if not tidy:
        raise Refused(field, sentence)
    if len(tidy) > longest:
        raise Refused(field, f"Use {longest} characters or fewer")
    return tidy


def number(text: str) -> str:
    """A telephone number on one line; empty for none. Raises Refused at `phone`."""
    tidy = one_line(text)
    if len(tidy) > 40:
        raise Refused("phone", "Use 40 characters or fewer")
    return tidy


def address(text: str, field: str, *, needed: str = "") -> str:
    """The address as we store it; empty for none unless it is needed. Raises Refused at the field."""
    if not text.strip():
        if needed:
            raise Refused(field, needed)
        return ""
    try:
        return normalise_address(text)
    except BadAddressError as fault:
        raise Refused(field, str(fault)) from None


def change(row: models.Model, values: dict[str, Any]) -> list[str]:
    """Write the values that differ and return their names, for the ledger."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed
