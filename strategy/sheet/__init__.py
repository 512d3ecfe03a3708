"""The request as the chair will see it, in words; also what each submission keeps of it."""

from strategy.sheet.people import NHS_NUMBERS
from strategy.sheet.reading import children_in, load, load_children
from strategy.sheet.whole import HEAD, Sheet, as_it_stands, kept, missing_in, sheet_in, sheet_of

__all__ = [
    "HEAD",
    "NHS_NUMBERS",
    "Sheet",
    "as_it_stands",
    "children_in",
    "kept",
    "load",
    "load_children",
    "missing_in",
    "sheet_in",
    "sheet_of",
]
