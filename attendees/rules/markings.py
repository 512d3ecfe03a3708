"""Which of several markings counts for the whole: the strictest."""

from collections.abc import Iterable

from attendees.enums import STRICTEST, Marking


def strictest(markings: Iterable[str], otherwise: str = Marking.NOT_FAMILY) -> str:
    """Return the marking that lets the fewest people read; `otherwise` when there is none."""
    found = set(markings)
    return next((str(one) for one in STRICTEST if one in found), otherwise)
