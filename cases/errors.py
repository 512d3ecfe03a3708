"""What the room refuses with more than a sentence."""

from collections.abc import Sequence
from typing import Any

from audit.errors import Refused


class AlreadyRecorded(Refused):
    """Somebody like this is recorded: `matches` are the children whom the person may see, `adults` those of
    the family; `teams` have others."""

    def __init__(
        self,
        field: str,
        sentence: str,
        matches: Sequence[Any],
        teams: Sequence[Any],
        adults: Sequence[Any] = (),
    ) -> None:
        super().__init__(field, sentence)
        self.matches = matches
        self.teams = teams
        self.adults = adults
