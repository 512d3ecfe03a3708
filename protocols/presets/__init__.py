"""The six presets: what the five documents and the national floor say, with the clause of each value."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from protocols.rules.reading import merge, read_protocol
from protocols.rules.settings import Protocol

FLOOR = "working-together"
SLUGS = (
    FLOOR,
    "wirral",
    "centre-for-professional-practice",
    "greater-manchester",
    "halton",
    "birmingham",
)


def preset_data(slug: str) -> dict[str, Any]:
    """The preset's whole document, inherited settings filled in; raises `KeyError` for an unknown slug."""
    if slug not in SLUGS:
        raise KeyError(slug)
    own = tomllib.loads(files(__name__).joinpath(f"{slug}.toml").read_text(encoding="utf-8"))
    parent = own.get("inherits")
    return merge(own, preset_data(parent) if parent else {})


@cache
def preset(slug: str) -> Protocol:
    """The preset, read and validated."""
    return read_protocol(preset_data(slug))
