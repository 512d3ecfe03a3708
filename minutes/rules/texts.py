"""Every text that a copy of the record prints, with the words that say where it stands. Pure.

The passages come first (`differences.passages_of`); then what stands beside them: corrections and the chair's
answers, sources, how somebody signed, what is told of earlier discussions. A part of the record that is not
named here is read whole, so that a new one is never left out of the safe-release check.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from minutes.differences import passages_of

Content = Mapping[str, Any]
Text = tuple[str, str]
REASON = "Why this version was made"
IN_PASSAGES = frozenset(
    {"allocated_worker", "steps", "calls", "decisions", "dissents", "arrangements"}
    | {"family_sharing", "put_right", "actions"}
)
OF_THE_HOUSE = frozenset(
    {
        "format",
        "authority",
        "case",
        "protocol",
        "agreed",
        "action_log",
        "ledger_head",
        "rendition",
        "unsigned",
    }
)
TITLES = {
    "agreements": "What was said of the record",
    "signatures": "Signature",
    "attendance": "Who took part",
    "discussion": "About the discussion",
    "sharing_plan": "Who is told what",
    "follow_up": "Earlier discussions",
    "earlier": "Earlier discussions",
    "children": "Child",
}


def texts_of(content: Content, reason: str = "") -> list[Text]:
    """Where each text stands, and the text; blank ones are left out. `reason`: of the version, if printed."""
    found = [*passages_of(content), *_beside_steps(content), *_beside(content), (REASON, reason)]
    return [(where, text) for where, text in found if text.strip()]


def _beside_steps(content: Content) -> Iterator[Text]:
    """From where a passage was taken: a letter, a telephone call."""
    for step in content.get("steps", []):
        for section in step["sections"]:
            yield f"{step['title']}: {section['label']}: source", section.get("source", "")


def _beside(content: Content) -> Iterator[Text]:
    for part, value in content.items():
        if part in IN_PASSAGES or part in OF_THE_HOUSE:
            continue
        title = TITLES.get(part, part.replace("_", " ").capitalize())
        for row in value if isinstance(value, list) else [value]:
            who = row.get("name", "") if isinstance(row, Mapping) else ""
            yield f"{title}: {who}" if who else title, "\n".join(_words(row))


def _words(value: Any) -> Iterator[str]:
    """Every string in a part, whatever it is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
