"""The timeline of a case, narrowed by its address, and the same as a page to print."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import User
from audit.services import record_read
from cases.models import Case
from govuk.moments import long_date
from worklist import events, querysets
from worklist import timeline as reading
from worklist.entries import in_words
from worklist.forms import TimelineForm
from worklist.views.cases import case_context, pages_beside

A_PAGE = 25
MOST_PRINTED = 2000  # about sixty sheets; who needs more prints year by year


def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that was done, by kind, child, discussion and day; each entry leads to its source."""
    context = case_context(request, reference, "timeline")
    context |= _asked(request, context["case"], context["children"])
    found = reading.entries_of(context["case"], context["wanted"])
    page = reading.some_of(found, request.GET, A_PAGE)
    context |= {
        "page": pages_beside(page, request.GET),
        "shown": len(page.entries),
        "entries": in_words(page.entries, context["case"]),
    }
    return render(request, "worklist/timeline.html", context)


def chronology(request: HttpRequest, reference: str) -> HttpResponse:
    """The same list whole, to print: whose, by whom, when, and how it was narrowed; written down first."""
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    case = get_object_or_404(querysets.case_at(user, reference))
    children = list(case.children.all())
    context = _asked(request, case, children)
    wanted: reading.Wanted = context["wanted"]
    data = wanted.data | {"entries": context["counted"]}
    record_read(events.CHRONOLOGY_PRINTED, case, by=user, at=now, data=data)
    # On paper by when it happened: what was typed the day after stands where it belongs.
    entries = sorted(
        reading.entries_of(case, wanted)[:MOST_PRINTED], key=lambda one: (one.occurred_at, one.id)
    )
    context |= {
        "case": case,
        "children": children,
        "entries": in_words(entries, case),
        "filters": _in_words(wanted),
        "most": MOST_PRINTED,
        "now": now,
        "reader": user,
    }
    return render(request, "worklist/chronology.html", context)


def _asked(request: HttpRequest, case: Case, children: list[Any]) -> dict[str, Any]:
    """The filters as asked, what of them can be understood, and how many entries that gives."""
    form = TimelineForm(request.GET, children=children, discussions=querysets.series_of(case))
    wanted = form.wanted
    counted, whole = reading.counts_of(case, wanted)
    kept = request.GET.copy()
    for gone in ("before", "after"):
        kept.pop(gone, None)
    return {"form": form, "wanted": wanted, "counted": counted, "whole": whole, "query": kept.urlencode()}


def _in_words(wanted: reading.Wanted) -> list[tuple[str, str]]:
    kinds = ", ".join(reading.GROUPS[one][0] for one in wanted.kinds)
    rows = [("What", kinds or "Everything but the clocks’ own entries")]
    if wanted.child:
        rows.append(("Child", wanted.child.name))
    if wanted.discussion:
        rows.append(("Discussion", f"Discussion {wanted.discussion.number}"))
    if wanted.since:
        rows.append(("From", long_date(wanted.since)))
    if wanted.until:
        rows.append(("To", long_date(wanted.until)))
    return rows
