"""Print docs/protocols.md from the presets: what each local procedure says of each setting, and where."""

from typing import Any

from accounts.management.printed import PrintedPage
from protocols.enums import Severity
from protocols.presets import FLOOR, SLUGS, preset
from protocols.rules.reading import SETTINGS
from protocols.rules.settings import Protocol, Setting
from protocols.rules.words import ASKS, in_words

SHORT = {
    "working-together": "Working Together",
    "wirral": "Wirral",
    "centre-for-professional-practice": "Centre for Professional Practice",
    "greater-manchester": "Greater Manchester",
    "halton": "Halton",
    "birmingham": "Birmingham",
}
FORCE = {Severity.BLOCK: "must: stops", Severity.WARN: "should: warns", Severity.INFO: "says so"}
INTRODUCTION = """# Local procedures

Printed by `manage.py docs_protocols` from `protocols/presets/*.toml`; a test fails when they differ.

An authority starts from one of six presets (`PROTOCOL_PRESET`, by default `wirral`). What a preset leaves
unsaid it takes from the national floor, {floor}. No local procedure may be weaker than that floor: the
quorum of social worker, police and health, 15 working days to a child protection conference, 45 working
days to the decision of an assessment, and the rationale of each decision.

- **Force** is what the source’s own words do: “must” stops, “should” warns, the rest informs.
- **Source** is the document and its clause. A *local default* is our choice where the source leaves it
  open: an authority confirms or replaces it. *From the floor* means that the preset itself says nothing.
- A published version is never changed: a new one is drafted, and running clocks keep the version that
  they were made under.
"""


def document() -> str:
    """The whole page."""
    documents = [f"- **{SHORT[slug]}** (`{slug}`): {_document(preset(slug))}" for slug in SLUGS]
    parts = [INTRODUCTION.format(floor=SHORT[FLOOR]), "## The presets\n", "\n".join([*documents, ""])]
    parts += [table(name) for name in SETTINGS]
    return "\n".join(parts)


def table(name: str) -> str:
    """What each preset says of one setting."""
    lines = [f"## `{name}`\n", ASKS[name], ""]
    lines += ["| preset | value | force | source |", "|---|---|---|---|"]
    for slug in SLUGS:
        setting: Setting[Any] = getattr(preset(slug), name)
        value = in_words(setting.value).replace("|", "/")
        lines.append(
            f"| {SHORT[slug]} | {value} | {FORCE[setting.severity]} | {source(setting, preset(slug))} |"
        )
    return "\n".join([*lines, ""])


def source(setting: Setting[Any], protocol: Protocol) -> str:
    """The clause, or that it is a local default; the document only when it is not the preset’s own."""
    said = "local default" if setting.is_open_default else setting.clause or "not said"
    inherited = setting.origin != protocol.heading.source
    return f"{said}, from the floor" if inherited else said


def _document(protocol: Protocol) -> str:
    review = protocol.heading.review_on
    return protocol.heading.source + (f"; review due {review.day} {review:%B %Y}" if review else "")


class Command(PrintedPage):
    """Write the page, or only compare it."""

    help = "Print docs/protocols.md from the presets"
    path = "docs/protocols.md"
    comes_from = "the presets"
    text = staticmethod(document)
