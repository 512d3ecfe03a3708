"""Habits that a reader may count on: sizes, types, views that never write, tasks that stay thin."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from tests.house.source import CODE, ROOT, functions, modules, tree

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}


def of_layer(name: str) -> list[Path]:
    """Every file of one layer, in all rooms."""
    return [path for path in modules(*settings.ROOMS) if Path(path.parts[1]).stem == name]


def test_views_never_write() -> None:
    """A view fetches, binds, acts through a service and redirects."""
    files = [path for path in of_layer("views") if path.parts[0] != "govuk"]
    wrong = [
        f"{path}:{node.lineno} .{node.func.attr}()"
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if writes(node, node.func.attr)
    ]
    assert files
    assert wrong == []


def test_tasks_hold_no_rules() -> None:
    """A task fetches ids and calls a service: 15 lines at most."""
    tasks = [(path, function) for path in of_layer("tasks") for function in functions(path)]
    assert tasks
    assert [f"{path}:{task.lineno} {task.name}" for path, task in tasks if length(task) > 15] == []


def test_no_file_is_too_long() -> None:
    """A file of more than 400 lines becomes a package."""
    sizes = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules(*CODE)}
    assert len(sizes) > 100
    assert {str(path): size for path, size in sizes.items() if size > 400} == {}


def test_no_function_is_too_long() -> None:
    """No function has more than 60 lines."""
    found = [(path, function) for path in modules(*CODE) for function in functions(path)]
    assert len(found) > 300
    assert [
        f"{path}:{function.lineno} {function.name}" for path, function in found if length(function) > 60
    ] == []


@pytest.mark.parametrize("folder", [*CODE, "tests"])
def test_every_function_says_what_it_returns(folder: str) -> None:
    """Return types everywhere."""
    wrong = [
        f"{path}:{function.lineno} {function.name}"
        for path in modules(folder)
        for function in functions(path)
        if function.returns is None
    ]
    assert wrong == []


@pytest.mark.parametrize("room", settings.ROOMS)
def test_no_signals_of_our_own(room: str) -> None:
    """Acts are told by services, in the open; receivers for a library's signals are fine."""
    wrong = [
        f"{path}:{node.lineno}"
        for path in modules(room)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Signal"
    ]
    assert wrong == []


def writes(call: ast.Call, name: str) -> bool:
    """Whether a method of this name writes rows; a dictionary's update takes a mapping, a queryset's none."""
    return name in WRITES and not (name == "update" and call.args)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function has."""
    return (function.end_lineno or function.lineno) - function.lineno + 1
