"""What the repository must not hold: real people's numbers, machines' addresses, old migrations."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.source import ROOT, tracked

LOCKS = {"package-lock.json", "requirements"}
WORDS = {".py", ".html", ".txt", ".toml", ".md", ".css", ".js", ".json", ".yml", ".yaml", ""}
# The ranges that the regulator keeps for stories, and numbers that everybody may call.
NUMBER = re.compile(r"(?<![\w.:/+-])(?:\+44[ -]?|0)(?:[\d] ?-?){9,10}(?![\w.{])")
INVENTED = re.compile(r"^(?:(?:\+44 ?|0)1632 ?960 ?\d{3}|(?:\+44 ?|0)7700 ?900 ?\d{3})$")
ADDRESS = re.compile(r"(?<![\w/.:@%-])[\w.+'-]+@(?:[\w-]+\.)+[a-zA-Z]{2,}\b")
# Kept for examples, or the government's secure mail that closed in 2019.
NOBODYS = (
    ".example",
    "@example.com",
    "@example.gov.uk",
    *(f"{old}.gov.uk" for old in ("gsi", "gse", "gsx", "gcsx")),
)
MACHINE = re.compile(r"https?://[^\s\"')]*(?:registry|simple/|pypi|npmjs)")
AMERICAN = re.compile(r"authoriz|organiz|color|center|minimiz|canceled|/program/|finaliz|recogniz|summariz")


def texts() -> list[tuple[Path, str]]:
    """Every text file of the repository but the locks."""
    return [
        (path, (ROOT / path).read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix in WORDS and path.parts[0] not in LOCKS and path.name != Path(__file__).name
    ]


def test_telephone_numbers_are_invented() -> None:
    """Only the ranges kept for drama: nobody's telephone rings because of a demonstration."""
    found = [(str(path), number.strip()) for path, text in texts() for number in NUMBER.findall(text)]
    assert [
        (path, number) for path, number in found if not INVENTED.match(number) and number != "0123456789"
    ] == []


def test_mailboxes_are_invented() -> None:
    """Every address ends in .example, where no mail server can be."""
    found = [(str(path), address) for path, text in texts() for address in ADDRESS.findall(text)]
    assert len(found) > 0
    assert [(path, address) for path, address in found if not address.lower().endswith(NOBODYS)] == []


def test_no_address_of_a_registry_or_machine() -> None:
    """Any mirror may serve the packages, and any folder may hold the checkout."""
    assert [str(path) for path, text in texts() if MACHINE.search(text)] == []


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> list[str]:
    """Every address of our own, as written."""
    found: list[str] = []
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, here)
        elif not pattern.lookup_str.startswith("allauth."):
            found.append(here)
    return found


def test_addresses_are_british_and_plain() -> None:
    """Lower case, hyphens, British spelling."""
    found = addresses(get_resolver().url_patterns)
    plain = [re.sub(r"<[^>]+>", "", address) for address in found]
    assert len(plain) > 1
    assert [
        address for address in plain if AMERICAN.search(address) or not re.fullmatch(r"[a-z0-9/.-]*", address)
    ] == []


@pytest.mark.django_db
def test_no_pending_migrations() -> None:
    """The models and the migrations say the same."""
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told, stderr=told)
    assert told.getvalue().strip() == "No changes detected"
