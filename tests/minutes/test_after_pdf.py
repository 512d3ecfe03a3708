"""The printed record: the same bytes every time, every letter of every name, and no way out of it."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from minutes import pdf
from minutes.canonical import canonical, hash_of, in_groups, is_unchanged

MADE_AT = datetime(2026, 12, 25, 10, tzinfo=UTC)
NAMES = [
    "Llŷr Ŵyn-Gruffudd",
    "Łucja Świątek-Żółć",
    "محمد عبد الرحمن",
    "Nguyễn Thị Ánh",
    "O’Brien",
    "Оксана Шевченко",
]


def a_content(**changes: Any) -> dict[str, Any]:
    """A small record."""
    return {
        "authority": "Ambleford Council",
        "case": "TH-2026-00001",
        "discussion": {"number": 1, "is_meeting": True, "format": "Virtual meeting", "started": "Thursday"},
        "protocol": {"title": "Wirral", "version": 1},
        "children": [{"name": name, "born": ""} for name in NAMES],
        "allocated_worker": {"name": "Sam Shah", "number": "01632 960002"},
        "attendance": [],
        "steps": [],
        "actions": [],
        "ledger_head": {"number": 3, "hash": "ab" * 32},
    } | changes


def printed(content: dict[str, Any]) -> bytes:
    """The file of a content."""
    digest = hash_of(content)
    version = {
        "number": 1,
        "authorised_at": MADE_AT.isoformat(),
        "sha256": digest,
        "hash_groups": in_groups(digest),
    }
    return pdf.printed(pdf.page_of(content, {"version": version}), content, made_at=MADE_AT)


def text_of(file: bytes) -> str:
    """All words of a file."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages).split())


def test_two_prints_are_the_same_bytes() -> None:
    assert printed(a_content()) == printed(a_content())


def test_the_record_as_data_is_inside_and_is_what_was_hashed() -> None:
    content = a_content()
    inside = PdfReader(BytesIO(printed(content))).attachments["record.json"][0]
    assert inside == canonical(content)


def test_latin_letters_of_every_kind_are_printed_by_our_own_fonts() -> None:
    file = PdfReader(BytesIO(printed(a_content())))
    text = text_of(printed(a_content())).replace(" ", "")  # a change of font reads as a space
    for name in ("Llŷr Ŵyn-Gruffudd", "Łucja Świątek-Żółć", "Nguyễn Thị Ánh", "O’Brien", "Оксана Шевченко"):
        assert name.replace(" ", "") in text
    resources: Any = file.pages[0]["/Resources"]
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[1].rsplit("-", 1)[0]
        for font in resources["/Font"].values()
    }
    assert all(font.startswith("Noto") for font in fonts)
    assert any("Arabic" in font for font in fonts)


def test_an_arabic_name_is_joined_and_runs_from_right_to_left() -> None:
    text = text_of(printed(a_content(children=[{"name": "محمد", "born": ""}])))
    assert sorted(set("محمد") - set(text)) == []


def test_a_record_of_forty_pages_loses_nothing() -> None:
    """Long sections break over pages; first and last words of each are there, and every page is numbered."""
    words = "The school nurse saw the child on two occasions and wrote down what she said. " * 170
    sections = [{"label": f"Passage {n}", "text": f"Begins{n}x. {words} Ends{n}x."} for n in range(15)]
    file = PdfReader(BytesIO(printed(a_content(steps=[{"title": "Summary", "sections": sections}]))))
    pages = [page.extract_text() for page in file.pages]
    text = " ".join(" ".join(pages).split())
    assert len(pages) >= 40
    assert [n for n in range(15) if f"Begins{n}x" not in text or f"Ends{n}x" not in text] == []
    assert text.count("The school nurse") == 15 * 170
    assert [n for n, page in enumerate(pages, 1) if f"{n} of {len(pages)}" not in page] == []


@pytest.mark.parametrize("words", ["x" * 300, "<script>alert(1)</script>", "{{7*7}}", "=HYPERLINK(1)"])
def test_whatever_was_typed_is_printed_as_it_was_typed(words: str) -> None:
    step = {"title": "Summary", "sections": [{"label": "Worries", "text": words}]}
    text = text_of(printed(a_content(steps=[step])))
    assert words in text.replace(" ", "") or words in text


def test_nothing_outside_is_read(tmp_path: Any, recwarn: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET-WORDS")
    words = f'<img src="file://{secret}"><iframe src="file://{secret}"></iframe><img src="http://127.0.0.1:1/x.png">'
    step = {"title": "Summary", "sections": [{"label": "Worries", "text": words}]}
    file = printed(a_content(steps=[step]))
    assert b"TOP-SECRET-WORDS" not in file
    assert "TOP-SECRET-WORDS" not in text_of(file)
    raw = pdf.printed(f"<html lang=en><title>x</title><body>{words}<p>end</p>", {}, made_at=MADE_AT)
    assert text_of(raw) == "end"


def test_one_changed_letter_changes_the_hash() -> None:
    content = a_content()
    digest = hash_of(content)
    assert is_unchanged(content, digest) is True
    assert is_unchanged(a_content(case="TH-2026-00002"), digest) is False


def test_the_order_of_keys_does_not_change_the_hash() -> None:
    assert hash_of({"a": 1, "b": {"c": 2, "d": 3}}) == hash_of({"b": {"d": 3, "c": 2}, "a": 1})
