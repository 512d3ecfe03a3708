"""docs/protocols.md: printed from the presets, and honest about what nothing acts on yet."""

import re

import pytest
from django.core.management import call_command

from protocols.management.commands.docs_protocols import SHORT
from protocols.presets import SLUGS
from protocols.rules.limits import Limit, hours, parse_limit
from protocols.rules.reading import SETTINGS
from protocols.rules.words import ASKS, in_words
from tests.house.source import ROOT, modules

ABOVE = ("deadlines", "strategy", "attendees", "minutes", "escalations", "worklist")


def test_the_page_is_what_the_presets_say() -> None:
    """Run `manage.py docs_protocols` after changing a preset."""
    call_command("docs_protocols", check=True)


def test_every_preset_and_setting_is_named() -> None:
    assert list(SHORT) == list(SLUGS)
    assert list(ASKS) == list(SETTINGS)


def test_every_setting_is_acted_on() -> None:
    """A setting that no room reads would be a promise to the authority that nothing keeps."""
    code = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in modules(*ABOVE))
    assert [name for name in SETTINGS if not re.search(rf"\.{name}\b", code)] == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ((), "–"),
        (True, "yes"),
        (50, "50 per cent"),
        (hours(24), "24 hours"),
        (parse_limit("hours(0.5)"), "30 minutes"),
        (("team_manager", "police"), "team manager; police"),
    ],
)
def test_values_in_words(value: Limit | tuple[str, ...] | bool | int | None, words: str) -> None:
    assert in_words(value) == words
