"""Printing: a page of ours as a PDF, tagged, for an archive, its own fonts, nothing fetched from outside, the
same bytes every time.

WeasyPrint is imported inside `printed`, which only the worker of the queue `pdfs` calls: it must stay
out of the web processes' memory.
"""

import atexit
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from govuk.tagging import finish_tags

PDF = "application/pdf"
VARIANT = "pdf/a-3a"  # WeasyPrint takes one claim; `also_for_readers` adds PDF/UA-1
READERS = Path(__file__).with_name("pdfua.xml")
RDF_ENDS = b"</rdf:RDF>"
FONTS = Path("vendor", "fonts")
FILE = re.compile(r"noto-sans-(?:arabic-)?(?P<letters>[a-z-]+?)-(?P<weight>\d+)-(?P<style>\w+)\.woff2")


class NoFontsError(RuntimeError):
    """The fonts were not built: without our own, pages and hashes would differ from machine to machine."""


@dataclass(frozen=True, slots=True)
class Attached:
    """Data that travels inside the file."""

    name: str
    text: bytes
    description: str


def printed(html: str, *, made_at: datetime, attached: Attached | None = None) -> bytes:
    """The PDF/A-3a and PDF/UA-1 file of a page, with data attached: the same bytes every time.

    Nothing but `data:` addresses can be read by it, so text in the page reaches neither network nor files.
    """
    press = _press()
    inside = []
    if attached is not None:
        inside.append(
            press.Attachment(
                string=attached.text,
                name=attached.name,
                description=attached.description,
                created=made_at.astimezone(UTC),
                modified=made_at.astimezone(UTC),
                relationship="Source",
            )
        )
    document = press.HTML(string=html, base_url="data:,", url_fetcher=_reads_nothing_outside())
    fonts, faces = _fonts()
    file: bytes = document.write_pdf(
        font_config=fonts,
        stylesheets=[faces],
        pdf_variant=VARIANT,
        pdf_identifier=sha256(html.encode()).digest()[:16],
        attachments=inside,
        finisher=also_for_readers,
    )
    return file


def also_for_readers(document: Any, pdf: Any) -> None:
    """Say PDF/UA-1 in a file that says PDF/A, by the words an archive asks for, and finish its tags:
    WeasyPrint's finisher.

    An archive knows only the properties of ISO 19005; any other must be described beside it (6.6.2.3).
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    whole = b"".join(metadata.stream)
    if whole.count(RDF_ENDS) != 1:
        raise RuntimeError("WeasyPrint writes its metadata in another way: look at also_for_readers")
    metadata.stream = [whole.replace(RDF_ENDS, READERS.read_bytes() + RDF_ENDS)]
    finish_tags(pdf)


def _press() -> Any:
    """WeasyPrint, loaded at the first print of a worker's life."""
    import weasyprint
    import weasyprint.text.fonts
    import weasyprint.urls

    return weasyprint


def _reads_nothing_outside() -> Any:
    return _press().urls.URLFetcher(allowed_protocols=["data"])


@cache
def _fonts() -> tuple[Any, Any]:
    """The fonts, read once in a worker's life, and the rules that name them."""
    fonts = _press().text.fonts.FontConfiguration()
    atexit.register(_fonts.cache_clear)  # while the libraries it belongs to are still loaded
    faces = _press().CSS(
        string=_rules(), font_config=fonts, base_url="data:,", url_fetcher=_reads_nothing_outside()
    )
    return fonts, faces


def _rules() -> str:
    """The built font rules, each file inside its rule as `data:`, each set of letters a family of its own.

    One family in many files, told apart by `unicode-range`, is printed with gaps: Ŵ and Ś would be missing.
    """
    folder = _folder()
    rules = (folder / "fonts.css").read_text(encoding="utf-8").splitlines()
    return "\n".join(_rule(folder, rule) for rule in rules if "url(" in rule)


def _rule(folder: Path, rule: str) -> str:
    name = FILE.search(rule)
    if name is None:
        raise NoFontsError(f"a font rule names no file: {rule[:80]}")
    family = f"Noto {name['letters'].replace('-', ' ').title()}"
    weight, style = name["weight"], name["style"]
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style};'
        f" src: url({_data(folder / name[0])}); }}"
    )


def _folder() -> Path:
    for place in (*settings.STATICFILES_DIRS, settings.STATIC_ROOT):
        if (Path(place) / FONTS / "fonts.css").exists():
            return Path(place) / FONTS
    raise NoFontsError("static/vendor/fonts is missing: run script/setup")


def _data(file: Path) -> str:
    return f"data:font/woff2;base64,{b64encode(file.read_bytes()).decode()}"
