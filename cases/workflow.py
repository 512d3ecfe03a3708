"""The one shape of every workflow: which move is lawful, and whose turn it is in each state."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.errors import MoveNotAllowed


@dataclass(frozen=True)
class Workflow:
    """A thing's states with their titles, its moves with the practitioners' verb, and whose turn it is."""

    name: str
    states: Mapping[str, str]
    start: str
    moves: Mapping[tuple[str, str], str]
    turn: Mapping[str, str]

    def check_move(self, now: str, to: str, *verbs: str) -> None:
        """Raise `MoveNotAllowed` with both states in words unless the table has the move.

        Where several moves lead to a state, `verbs` say which are meant: who authorises cancels no booking.
        """
        assert set(verbs) <= set(self.moves.values()), verbs
        verb = self.moves.get((now, to))
        if now == to and verb is None:
            raise MoveNotAllowed(
                f"This {self.name} is “{self.states[now].lower()}” already. Somebody was quicker than you: "
                "look at it again."
            )
        if verb is None or (verbs and verb not in verbs):
            raise MoveNotAllowed(
                f"This {self.name} is “{self.states[now].lower()}” now, so it can’t become "
                f"“{self.states[to].lower()}”. Somebody may have been quicker: look at it again."
            )

    def next_moves(self, now: str) -> dict[str, str]:
        """Return the states that can follow, each with its verb."""
        return {to: verb for (source, to), verb in self.moves.items() if source == now}
