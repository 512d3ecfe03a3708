"""The tables of request and discussion: every state is reached and is somebody's turn."""

import pytest

from audit.errors import MoveNotAllowed
from cases.workflow import Workflow
from strategy.workflow import DISCUSSION, REQUEST


@pytest.mark.parametrize("workflow", [REQUEST, DISCUSSION], ids=lambda one: one.name)
def test_every_state_is_reached_and_has_a_turn(workflow: Workflow) -> None:
    """Nothing is stranded."""
    reached = {workflow.start}
    for _ in workflow.states:
        reached |= {to for now, to in workflow.moves if now in reached}
    assert reached == set(workflow.states)
    assert {state for state, who in workflow.turn.items() if who} == set(workflow.states)


def test_only_the_table_s_moves() -> None:
    """All 64 pairs."""
    lawful = []
    for now in REQUEST.states:
        for to in REQUEST.states:
            try:
                REQUEST.check_move(now, to)
                lawful.append((now, to))
            except MoveNotAllowed:
                pass
    assert sorted(lawful) == sorted(REQUEST.moves)
    assert len(lawful) == 14


def test_the_refusal_says_both_states() -> None:
    """In words."""
    with pytest.raises(
        MoveNotAllowed, match="“withdrawn” now, so it can’t become “authorised, to be booked”"
    ):
        REQUEST.check_move("withdrawn", "authorised")
