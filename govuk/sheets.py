"""A list as a file for a spreadsheet, in which no cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

FORMULA = tuple("=+-@＝＋－＠")  # a spreadsheet runs what begins so, also after blanks
BOM = "\ufeff"  # without it a spreadsheet takes names with accents for gibberish


def harmless(cell: Any) -> str:
    """The cell as text; an apostrophe before what a spreadsheet would run or hide."""
    text = "" if cell is None else str(cell)
    if text.lstrip().startswith(FORMULA) or text[:1] in ("\t", "\r", "\n"):
        return f"'{text}"
    return text


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV file to keep, in UTF-8; never cached."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    answer.write(BOM)
    written = csv.writer(answer)
    written.writerow(heads)
    written.writerows([harmless(cell) for cell in row] for row in rows)
    return answer


__all__ = ["harmless", "sheet"]
