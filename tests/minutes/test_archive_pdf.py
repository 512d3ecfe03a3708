"""The printed record keeps to PDF/A-3a and PDF/UA-1, as far as a file can be asked without a validator."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import Any

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from govuk import press
from tests.minutes.test_after_pdf import a_content, printed

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "schema": "http://www.aiim.org/pdfa/ns/schema#",
    "property": "http://www.aiim.org/pdfa/ns/property#",
}
CLAIMS = {
    "{http://www.aiim.org/pdfa/ns/id/}part": "3",
    "{http://www.aiim.org/pdfa/ns/id/}conformance": "A",
    "{http://www.aiim.org/pdfua/ns/id/}part": "1",
}
FORBIDDEN = {
    "/JavaScript",
    "/Launch",
    "/Sound",
    "/Movie",
    "/ResetForm",
    "/ImportData",
    "/Hide",
    "/SetOCGState",
}
PRINTED = 4  # the flag of an annotation that is printed with its page
WELSH, POLISH = "ŵŷâêîôûẁỳŴŶ", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
URDU = "ٹپچڈڑژکگںھہۂۃیےۓ"


@pytest.fixture(scope="module")
def file() -> Iterator[pikepdf.Pdf]:
    """A printed record, opened."""
    with pikepdf.open(BytesIO(printed(a_content()))) as opened:
        yield opened


def packet(file: pikepdf.Pdf) -> Any:
    """The metadata of the file, as XML."""
    return etree.fromstring(file.Root.Metadata.read_bytes())


def test_it_claims_both_in_the_one_description_that_is_allowed(file: pikepdf.Pdf) -> None:
    found = packet(file)
    assert len(found.findall(".//rdf:RDF", NAMESPACES)) == 1
    described = found.findall("rdf:RDF/rdf:Description", NAMESPACES)
    said = dict(chain.from_iterable(one.attrib.items() for one in described))
    assert {name: said.get(name) for name in CLAIMS} == CLAIMS
    assert "/Filter" not in file.Root.Metadata or file.Root.Metadata.Filter == pikepdf.Name.FlateDecode


def test_the_property_that_is_foreign_to_an_archive_is_described(file: pikepdf.Pdf) -> None:
    found = packet(file)
    assert found.findtext(".//schema:namespaceURI", None, NAMESPACES) == "http://www.aiim.org/pdfua/ns/id/"
    assert found.findtext(".//schema:prefix", None, NAMESPACES) == "pdfuaid"
    of_it = {one: found.findtext(f".//property:{one}", None, NAMESPACES) for one in ("name", "valueType")}
    assert of_it == {"name": "part", "valueType": "Integer"}


def test_what_the_file_says_of_itself_is_said_alike_in_both_places(file: pikepdf.Pdf) -> None:
    found = packet(file)
    assert str(file.docinfo.Title) == found.findtext(".//dc:title//rdf:li", None, NAMESPACES)
    producers = [one.get(f"{{{NAMESPACES['pdf']}}}Producer") for one in found.iter() if one.attrib]
    assert str(file.docinfo.Producer) in producers


def test_its_colours_are_named_and_no_ink_of_a_press_is_used(file: pikepdf.Pdf) -> None:
    (intent,) = file.Root.OutputIntents
    assert (intent.S, intent.Type) == (pikepdf.Name.GTS_PDFA1, pikepdf.Name.OutputIntent)
    profile = intent.DestOutputProfile.read_bytes()
    assert (profile[12:16], profile[16:20], profile[36:40]) == (b"mntr", b"RGB ", b"acsp")
    used = {str(order.operator) for page in file.pages for order in pikepdf.parse_content_stream(page)}
    assert not used & {"k", "K"}


def fonts_of(file: pikepdf.Pdf) -> list[Any]:
    """Every font that a page may print with."""
    return [font for page in file.pages for font in page.Resources.get("/Font", {}).values()]


def test_every_font_is_inside_and_says_which_letters_it_prints(file: pikepdf.Pdf) -> None:
    fonts = fonts_of(file)
    assert fonts
    for font in fonts:
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())
        assert "/ToUnicode" in font


def test_the_data_inside_says_what_it_is_to_the_page(file: pikepdf.Pdf) -> None:
    attached = [one for one in file.Root.AF if "/EF" in one]
    assert {str(one.UF) for one in attached} == {"record.json"}
    for one in attached:
        assert one.AFRelationship == pikepdf.Name.Source
        assert one.EF.F.Subtype == pikepdf.Name("/application/json")
        assert "/ModDate" in one.EF.F.Params


def test_nothing_in_it_acts_hides_or_is_locked(file: pikepdf.Pdf) -> None:
    assert not file.is_encrypted
    assert file.trailer.ID is not None
    assert not {"/AA", "/OpenAction", "/OCProperties"} & set(file.Root.keys())
    for thing in file.objects:
        if isinstance(thing, pikepdf.Dictionary):
            assert str(thing.get("/S", "")) not in FORBIDDEN
            if thing.get("/Type") == pikepdf.Name.Annot:
                assert int(thing.F) == PRINTED


def test_a_screen_reader_finds_its_way(file: pikepdf.Pdf) -> None:
    root = file.Root
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang) == "en-GB"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert "/StructTreeRoot" in root
    for page in file.pages:
        assert page.get("/Tabs", pikepdf.Name.S) == pikepdf.Name.S


def structure_of(element: Any) -> Iterator[Any]:
    """Every element of the text below one, in order."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from structure_of(kid)


def test_the_header_that_a_cell_names_is_found(file: pikepdf.Pdf) -> None:
    """By the tree of identifiers, which ISO 32000-1 (14.7.2) wants as soon as an element has one."""
    names = list(file.Root.StructTreeRoot.IDTree.Names)
    known = dict(zip((bytes(one) for one in names[::2]), names[1::2], strict=True))
    cells = [one for one in structure_of(file.Root.StructTreeRoot) if one.S == "/TD"]
    wanted = [bytes(header) for one in cells for header in one.A.Headers]
    assert wanted and {str(known[one].S) for one in wanted} == {"/TH"}
    assert list(known) == sorted(known)


def test_what_stands_on_every_page_is_not_read_out(file: pikepdf.Pdf) -> None:
    """PDF/UA-1, 7.8: running headers and page numbers are furniture; nothing of the text is empty."""
    for page in file.pages:
        furniture, said = [], False
        for order in pikepdf.parse_content_stream(page):
            if str(order.operator) == "BDC":
                said = order.operands[1].get("/Type") == "/Pagination"
            elif str(order.operator) in ("Tj", "TJ") and said:
                furniture.append(order)
        assert len(furniture) >= 2  # the hash and the number of the page
    paragraphs = [one for one in structure_of(file.Root.StructTreeRoot) if one.S == "/P"]
    assert paragraphs and all(len(one.K) for one in paragraphs)


@pytest.mark.parametrize("letters", [WELSH, POLISH, ARABIC, URDU], ids=["Welsh", "Polish", "Arabic", "Urdu"])
def test_our_own_fonts_have_every_letter_of_the_names_here(letters: str) -> None:
    have: set[int] = set()
    for font in press._folder().glob("*.woff2"):
        have |= set(TTFont(font).getBestCmap())
    assert [letter for letter in letters if ord(letter) not in have] == []
