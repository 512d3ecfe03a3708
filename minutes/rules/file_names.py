"""The name under which the case system wants a file of the minutes: a pattern of words (row X16). Pure."""

import re
from string import Formatter

NEEDED = ("reference", "discussion", "version")  # without one of them a file would take another's place
WORDS = frozenset({*NEEDED, "date"})
FORBIDDEN = re.compile(r'[^ -~]|[/\\:*?"<>|]')  # letters with accents too: not every case system takes them
LONGEST = 70  # leaves room for the words themselves and for which copy it is


def fault_of_pattern(pattern: str) -> str | None:
    """Why files cannot be named by a pattern, or None."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return "The pattern of file names has a brace that nothing closes, or that nothing opens."
    used = [name for _, name, _, _ in parts if name is not None]
    if unknown := sorted({*used} - WORDS):
        return f"The pattern of file names has {{{unknown[0]}}}; it may have {_spelt(sorted(WORDS))}."
    if any(form or change for _, name, form, change in parts if name is not None):
        return "The words of the pattern of file names stand alone in their braces, such as {reference}."
    if missing := [one for one in NEEDED if one not in used]:
        return f"The pattern of file names lacks {_spelt(missing)}: one file would take another’s place."
    return _fault_of_marks(pattern)


def _fault_of_marks(pattern: str) -> str | None:
    if FORBIDDEN.search(pattern):
        return 'The pattern of file names has a mark or letter that some systems refuse: / \\ : * ? " < > | é'
    if len(pattern) > LONGEST:
        return f"The pattern of file names is longer than {LONGEST} letters."
    return "The pattern of file names begins with a full stop or a space." if pattern[:1] in ". " else None


def named(pattern: str, *, reference: str, discussion: int, version: int, date: str, copy: str) -> str:
    """Name a file, without its ending; `copy`: which one it is, at the end. Marks of paths become hyphens."""
    told = {"reference": reference, "discussion": discussion, "version": version, "date": date}
    return FORBIDDEN.sub("-", pattern.format(**told)) + copy


def _spelt(names: list[str]) -> str:
    return ", ".join(f"{{{one}}}" for one in names)
