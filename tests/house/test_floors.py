"""The plan of the house: nothing looks up, neither from room to room nor from layer to layer."""

from pathlib import Path

from django.conf import settings

from tests.house.source import imports, modules

ROOMS = [*settings.ROOMS, "config"]
# One floor a line. What stands beside the plan's own layers has the floor that its content belongs to.
FLOORS = [
    names.split()
    for names in (
        "enums errors roles failpoints moments sentences duties",
        "rules working_days quorum workflow canonical differences explaining told "
        "events events_after presets refs",
        "querysets managers living",
        "models",
        "hooks keys scanner chain clocks people sheet choosing closing standing permissions offers queue "
        "drift story timeline entries tracking "
        "context destinations discussion_menu discussion_steps partner_menu partner_tasks middleware",
        "rendering transport letters pdf case_system",
        "services",
        "forms adapter receivers demo checks confirming",
        "tasks",
        "views",
        "urls",
    )
]
PURE = {*FLOORS[0], *FLOORS[1]} - {"events", "events_after", "presets", "refs", "failpoints"}
ANYWHERE = {"apps", "__init__", "templatetags", "management"}
IMPURE = ("django.conf", "django.db.connection", "django.db.transaction", "django.utils.timezone", "time.")


def floor(module: str) -> int:
    """The floor a layer is on; the roof for one that has none yet."""
    return next((number for number, layers in enumerate(FLOORS) if module in layers), len(FLOORS))


def test_every_layer_has_a_floor() -> None:
    """A new kind of file is given its floor in FLOORS, above."""
    layers = {layer(path) for path in modules(*ROOMS[:-1]) if path.parts[0] != "govuk"} - ANYWHERE
    assert sorted(name for name in layers if floor(name) == len(FLOORS)) == []


def layer(path: Path) -> str:
    """The layer that a file belongs to: the name after the room's."""
    return Path(path.parts[1]).stem


def test_no_room_looks_up() -> None:
    """A room imports only rooms that stand before it."""
    files = modules(*ROOMS)
    wrong = [
        f"{path}:{line} imports {name}"
        for path in files
        for name, line in imports(path)
        if (room := name.split(".")[0]) in ROOMS and ROOMS.index(room) > ROOMS.index(path.parts[0])
    ]
    assert len(files) > 100
    assert wrong == []


def test_no_layer_looks_up() -> None:
    """Inside a room, a layer imports only layers on its own floor or below."""
    checked, wrong = 0, []
    for path in modules(*ROOMS[:-1]):
        if path.parts[0] == "govuk" or layer(path) in ANYWHERE:
            continue
        for name, line in imports(path):
            parts = name.split(".")
            if parts[0] == path.parts[0] and len(parts) > 1 and parts[1] not in ANYWHERE:
                checked += 1
                if (path.parent / parts[0]).is_dir() or floor(parts[1]) > floor(layer(path)):
                    wrong.append(f"{path}:{line} imports {name}")
    assert checked > 100
    assert wrong == []


def test_pure_files_are_pure() -> None:
    """Rules touch neither the database nor the clock nor settings: all they know is handed to them."""
    wrong = [
        f"{path}:{line} imports {name}"
        for path in modules(*ROOMS[:-1])
        if path.parts[0] != "govuk" and layer(path) in PURE
        for name, line in imports(path)
        if name.startswith(IMPURE)
    ]
    assert wrong == []
