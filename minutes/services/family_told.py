"""Whether the family is told, as the chair decided: without it there is no copy for them (row C25)."""

from minutes.enums import FamilyIsTold
from minutes.models import FamilySharing, Minutes

NOT_DECIDED = "The chair has not decided what the family is told, so there is no copy for them."
NOT_TOLD = {
    FamilyIsTold.DELAY: "The chair decided that the family is not told yet, so there is no copy for them.",
    FamilyIsTold.WITHHOLD: "The chair decided that the family is not told, so there is no copy for them.",
}


def why_no_family_copy(minutes: Minutes) -> str | None:
    """Why the family has no copy, or None when the chair decided that they are told."""
    decided: FamilySharing | None = getattr(minutes, "family_sharing", None)
    if decided is None:
        return NOT_DECIDED
    return NOT_TOLD.get(FamilyIsTold(decided.told))
