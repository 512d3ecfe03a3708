"""Text references: how the ledger points at rows of rooms above it without foreign keys."""

from typing import Any

SYSTEM = "system"
SYSTEM_NAME = "Threshold"


def ref(thing: Any) -> str:
    """`request:12` for a model instance; text stays as it is; nothing gives the empty text."""
    if thing is None:
        return ""
    if isinstance(thing, str):
        return thing
    return f"{thing._meta.model_name}:{thing.pk}"


def case_ref(case: Any) -> str | None:
    """The reference people quote when the case has one, else its number; text stays as it is."""
    if case is None or case == "":
        return None
    if isinstance(case, str):
        return case
    return str(getattr(case, "reference", None) or case.pk)


def by_ref(by: Any) -> str:
    """`user:5`, `professional:3`, or `system` when no person acted."""
    return SYSTEM if by is None else ref(by)


def by_name(by: Any) -> str:
    """The name as it stood when the act was done, so that a later change of name alters no history."""
    if by is None or by == SYSTEM:
        return SYSTEM_NAME
    if isinstance(by, str):
        return by
    full_name = getattr(by, "get_full_name", None)
    named = full_name() if callable(full_name) else getattr(by, "name", "")
    return str(named or by)
