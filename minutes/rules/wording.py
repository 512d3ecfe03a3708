"""Lists as a sentence says them. Pure."""

from collections.abc import Sequence


def in_words(names: Sequence[str]) -> str:
    """“Ann”, “Ann and Ben”, “Ann, Ben and Cy”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
