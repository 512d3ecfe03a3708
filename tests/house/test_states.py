"""Workflows: the page is printed from the tables, every state can be reached and has an owner."""

import pytest

from cases.workflow import Workflow
from config.states import text, workflows
from tests.house.source import ROOT

ALL = list(workflows())


def reachable(workflow: Workflow) -> set[str]:
    """Every state that some chain of moves leads to."""
    found = {workflow.start}
    while more := {to for now in found for to in workflow.next_moves(now)} - found:
        found |= more
    return found


def test_the_page_says_what_the_code_says() -> None:
    """Run `python -m config.states` after changing a workflow."""
    assert len(ALL) >= 4
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("workflow", ALL, ids=lambda workflow: workflow.name)
def test_every_state_is_reached_and_owned(workflow: Workflow) -> None:
    assert reachable(workflow) == set(workflow.states)
    assert set(workflow.turn) == set(workflow.states)
    assert {state for move in workflow.moves for state in move} <= set(workflow.states)
