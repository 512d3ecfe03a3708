"""The request as the chair will see it, in words; also what each submission keeps of it."""

from strategy.sheet.people import NHS_NUMBERS
from strategy.sheet.reading import children_in, load, load_children
from strategy.sheet.whole import (
    HEAD,
    LEFT_OUT,
    Sheet,
    as_it_stands,
    as_may_be_told,
    kept,
    missing_in,
    sheet_in,
    sheet_of,
)

__all__ = [
    "HEAD",
    "LEFT_OUT",
    "NHS_NUMBERS",
    "Sheet",
    "as_it_stands",
    "as_may_be_told",
    "children_in",
    "kept",
    "load",
    "load_children",
    "missing_in",
    "sheet_in",
    "sheet_of",
]
