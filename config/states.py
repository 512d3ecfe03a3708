"""Print docs/states.md from the workflow tables: `python -m config.states`."""

import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import django
from django.conf import settings

from cases.workflow import Workflow

HEAD = """# States

Printed from each room's `workflow.py` by `python -m config.states`; a test fails when the two differ.
"""


def workflows() -> Iterator[Workflow]:
    """Every workflow of the house, room by room."""
    for room in settings.ROOMS:
        if find_spec(f"{room}.workflow"):
            module = import_module(f"{room}.workflow")
            yield from (value for value in vars(module).values() if isinstance(value, Workflow))


def diagram(workflow: Workflow) -> str:
    """The moves as a picture that the repository's pages draw."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {workflow.start}"]
    lines += [f"    {state} : {title}" for state, title in workflow.states.items()]
    lines += [f"    {now} --> {to} : {verb}" for (now, to), verb in workflow.moves.items()]
    ends = [state for state in workflow.states if not workflow.next_moves(state)]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in ends), "```"])


def table(workflow: Workflow) -> str:
    """Each state with whose turn it is and what may follow."""
    rows = ["| state | whose turn | what may follow |", "|---|---|---|"]
    for state, title in workflow.states.items():
        moves = [f"{verb} → {workflow.states[to]}" for to, verb in workflow.next_moves(state).items()]
        rows.append(f"| {title} | {workflow.turn[state]} | {' · '.join(moves) or 'nothing: it ends here'} |")
    return "\n".join(rows)


def text() -> str:
    """The whole page."""
    parts = [
        f"## {workflow.name.capitalize()}\n\n{diagram(workflow)}\n\n{table(workflow)}\n"
        for workflow in workflows()
    ]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    Path("docs/states.md").write_text(text(), encoding="utf-8")
