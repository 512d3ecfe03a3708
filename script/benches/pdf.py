"""Aim 7 of speed: a record of five pages as a PDF, beside WeasyPrint's own call in the same warm worker.

    script/bench pdf [--prints 20] [--json]

The floor: WeasyPrint alone makes the same kind of file of the same HTML (tagged, our fonts, data attached).
Ours: the worker's whole work: claim, check of the hash, template, print, keeping the bytes, the letters that
waited, the ledger. Both warm and in turns, in one process, so that the ratio holds. WeasyPrint's plain file,
without tags and our fonts, is told beside them.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from script.drills.outbox import own_database, set_up

TARGET = "a five-page PDF within 1.1 times WeasyPrint's own time for the same HTML in a warm worker"
MOST, PAGES, WARM = 1.1, 5, 3  # the shortest record has five pages now
TOLD, LINES = ("reasons",), 1
LINE = "Ruby told her teacher that she is afraid of weekends; the school will tell us of each day away. "


def a_version() -> Any:
    """An authorised version of five pages, made by the real services."""
    from django.utils import timezone

    from minutes.models import MinutesVersion, Section
    from minutes.services import versions
    from tests.builders.after import a_finished_record
    from tests.builders.requests import siblings
    from tests.people import cast

    people = cast()
    minutes = a_finished_record(people, children=siblings(1))
    written = Section.objects.filter(minutes=minutes)
    written.exclude(field__in=TOLD).update(text="")
    written.filter(field__in=TOLD).update(text=LINE * LINES)
    made = versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    related = "minutes__discussion__case", "authorised_by", "action_log"
    return MinutesVersion.objects.select_related(*related).get(pk=made.pk)


def by_weasyprint(html: str, version: Any) -> bytes:
    """WeasyPrint's own call for the same file."""
    from govuk import press
    from minutes.canonical import canonical

    weasyprint = press._press()
    fonts, faces = press._fonts()
    file: bytes = weasyprint.HTML(string=html, base_url="data:,").write_pdf(
        font_config=fonts,
        stylesheets=[faces],
        pdf_variant=press.VARIANT,
        attachments=[weasyprint.Attachment(string=canonical(version.content), name="record.json")],
    )
    return file


def plain(html: str) -> bytes:
    """WeasyPrint's simplest file, with the machine's fonts."""
    from govuk import press

    file: bytes = press._press().HTML(string=html, base_url="data:,").write_pdf()
    return file


def by_the_worker(version: Any) -> None:
    """What the worker does for one version, as if it were asked for the first time."""
    from minutes.services import printing

    version.renditions.update(enclosure=None, rendered_at=None)
    made = printing.print_waiting()
    assert made == 1, f"printed {made}"


def measure(prints: int) -> dict[str, Any]:
    """Each in turn, all in this process; medians."""
    from minutes.services import printing

    version = a_version()
    html = printing.page_of(version)
    turns: dict[str, tuple[Callable[[], Any], list[float]]] = {
        "weasyprint": (lambda: by_weasyprint(html, version), []),
        "ours": (lambda: by_the_worker(version), []),
        "weasyprint_plain": (lambda: plain(html), []),
    }
    for turn in range(prints + WARM):
        for act, took in turns.values():
            gc.collect()  # else a turn pays for what an earlier one left behind
            started = time.perf_counter()
            act()
            if turn >= WARM:
                took.append(time.perf_counter() - started)
    ms = {f"{name}_ms": round(statistics.median(took) * 1000, 1) for name, (_, took) in turns.items()}
    return {
        **ms,
        "ratio": ratio_of(turns["ours"][1], turns["weasyprint"][1]),
        "ratio_to_plain": ratio_of(turns["ours"][1], turns["weasyprint_plain"][1]),
        "pages": pages_of(version),
    }


def ratio_of(ours: list[float], floor: list[float]) -> float:
    """The median of each turn's own ratio, so that a machine that is busy for a while slows both alike."""
    return round(statistics.median(mine / its for mine, its in zip(ours, floor, strict=True)), 3)


def pages_of(version: Any) -> int:
    """How many pages the file has that was printed last."""
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(version.renditions.get().enclosure.content)).pages)


def is_met(figures: dict[str, Any]) -> bool:
    """Whether the target is reached, by a file that has its pages."""
    return bool(figures["pages"] == PAGES and figures["ratio"] <= MOST)


def main() -> int:
    """Measure and print; 1 when the target is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--prints", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with own_database() as database:
        os.environ["DATABASE_URL"] = database
        os.environ["LOG_LEVEL"] = "ERROR"
        set_up()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        settings.DEBUG = False  # else Django keeps every statement
        call_command("migrate", verbosity=0)
        figures = measure(max(wanted.prints, 1))
        connection.close()
    for name, figure in figures.items():
        print(f"{name:<28} {figure:>8}")
    good = is_met(figures)
    done = {"name": "pdf", "tried": wanted.prints, "figures": figures, "target": TARGET, "met": good}
    print(json.dumps(done) if wanted.json else f"Target: {TARGET}: {'met' if good else 'NOT MET'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
