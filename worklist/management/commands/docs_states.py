"""Print docs/states.md from the workflow tables: which move is lawful, and whose turn it is."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from cases.workflow import Workflow
from minutes.workflow import ACTION, MINUTES
from strategy.workflow import DISCUSSION, REQUEST

DOCUMENT = "docs/states.md"
WORKFLOWS: tuple[Workflow, ...] = (REQUEST, DISCUSSION, MINUTES, ACTION)
INTRODUCTION = [
    "# States",
    "",
    "Printed by `manage.py docs_states` from the workflow tables of each room; a test fails when they differ.",
    "A thing moves only by a line of its table; every state can be reached, and has somebody whose turn it is.",
    "",
]


def document() -> str:
    """The whole page."""
    parts = [line for workflow in WORKFLOWS for line in section(workflow)]
    return "\n".join([*INTRODUCTION, *parts])


def section(workflow: Workflow) -> list[str]:
    """One workflow: its diagram, its states with whose turn it is, its moves."""
    title = workflow.name[:1].upper() + workflow.name[1:]
    return [f"## {title}", "", *diagram(workflow), "", *states(workflow), "", *moves(workflow), ""]


def diagram(workflow: Workflow) -> list[str]:
    """The moves as a mermaid state diagram."""
    names = [f'  state "{words}" as {state}' for state, words in workflow.states.items()]
    arrows = [f"  {now} --> {to}: {verb}" for (now, to), verb in workflow.moves.items()]
    ends = [f"  {state} --> [*]" for state in workflow.states if not workflow.next_moves(state)]
    return ["```mermaid", "stateDiagram-v2", *names, f"  [*] --> {workflow.start}", *arrows, *ends, "```"]


def states(workflow: Workflow) -> list[str]:
    """Each state with whose turn it is."""
    rows = [f"| {words} | `{state}` | {workflow.turn[state]} |" for state, words in workflow.states.items()]
    return ["| State | Stored as | Whose turn |", "|---|---|---|", *rows]


def moves(workflow: Workflow) -> list[str]:
    """Each lawful move with its verb."""
    rows = [
        f"| {workflow.states[now]} | {verb} | {workflow.states[to]} |"
        for (now, to), verb in workflow.moves.items()
    ]
    return ["| From | Move | To |", "|---|---|---|", *rows]


class Command(BaseCommand):
    """Write the page, or only compare it."""

    help = "Print docs/states.md from the workflow tables"

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` changes nothing and fails when the page is old."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Write it or compare it."""
        path = Path(settings.BASE_DIR) / DOCUMENT
        if not check:
            path.write_text(document(), encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != document():
            raise SystemExit(f"{DOCUMENT} is not what the tables say: run manage.py docs_states")
