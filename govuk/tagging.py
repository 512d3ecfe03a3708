"""What a screen reader needs of a tagged file and WeasyPrint 70 leaves undone (PDF/UA-1, 7.5 and 7.8).

The cells of a table name their headers by identifiers, which a reader looks up in a tree of identifiers; and
what stands at the head and foot of every page is no part of the text, so that it is not read out on each.
"""

from collections.abc import Iterator
from typing import Any

FURNITURE = (b"/Artifact", b"<</Type /Pagination>>")


def finish_tags(pdf: Any) -> None:
    """Mend the tags of a file that is made and not yet written. `pdf`: WeasyPrint's own object."""
    import pydyf

    made: Any = pydyf  # it says nothing of its types
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    elements = {one.reference: one for one in _elements(pdf)}
    root["IDTree"] = made.Dictionary({"Names": made.Array(_names(elements))})
    _set_aside(pdf, root, elements)


def _at(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _elements(pdf: Any) -> Iterator[Any]:
    return (one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/StructElem")


def _names(elements: dict[bytes, Any]) -> Iterator[Any]:
    """Every identifier with its element, in the order of the identifiers."""
    named = sorted((one["ID"].string, reference) for reference, one in elements.items() if "ID" in one)
    for _, reference in named:
        yield elements[reference]["ID"]
        yield reference


def _set_aside(pdf: Any, root: Any, elements: dict[bytes, Any]) -> None:
    """Mark what belongs to no element of the text as furniture of its page."""
    told = _told(root["K"], elements)
    nums = _at(pdf, root["ParentTree"])["Nums"]
    owners = dict(zip(nums[::2], nums[1::2], strict=True))
    for page in (one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/Page"):
        mine = owners[page["StructParents"]]
        stray = {number for number, one in enumerate(mine) if one not in told}
        for number in stray:
            mine[number] = b"null"
        if stray:
            _mark_as_furniture(_at(pdf, page["Contents"]).stream, stray)


def _told(kids: Any, elements: dict[bytes, Any]) -> set[bytes]:
    """The elements that can be reached from the root: the text."""
    found: set[bytes] = set()
    waiting = list(kids)
    while waiting:
        kid = waiting.pop()
        if isinstance(kid, bytes) and kid in elements and kid not in found:
            found.add(kid)
            waiting += elements[kid].get("K", [])
    return found


def _mark_as_furniture(orders: list[Any], stray: set[int]) -> None:
    """Marked content is begun by three orders: its tag, its number within the page, and `BDC`."""
    for place, order in enumerate(orders):
        if isinstance(order, dict) and order.get("MCID") in stray:
            orders[place - 1 : place + 1] = FURNITURE
