"""The guides are true: words in bold stand on a page, and links lead somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from tests.house.source import ROOT, tracked

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *GUIDES]
BOLD = re.compile(r"\*\*(.+?)\*\*")
LINK = re.compile(r"\]\(([^)#\s]+)")
ROLES = [
    "administrator",
    "business-support",
    "emergency-duty",
    "head-of-service",
    "inspector",
    "partner",
    "social-worker",
    "team-manager",
]


@cache
def said() -> str:
    """Everything that pages may say: templates, scripts and code, tests apart."""
    kinds = {".html", ".py", ".js"}
    ours = [path for path in tracked() if path.suffix in kinds and path.parts[0] not in ("tests", "script")]
    return "\n".join((ROOT / path).read_text(encoding="utf-8") for path in ours)


def test_each_role_has_a_guide() -> None:
    assert [path.stem for path in GUIDES] == ROLES


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_words_in_bold_stand_on_a_page(guide: Path) -> None:
    """A button that is renamed is renamed in its guides; “…” stands for what differs."""
    bold = [words.strip(" …") for words in BOLD.findall(guide.read_text(encoding="utf-8"))]
    assert len(bold) > 1
    assert [words for words in bold if words not in said()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_plan_names_the_rooms_in_their_order() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", plan, re.MULTILINE) == [*settings.ROOMS, "config"]
