"""The case: everything about one family's matter, each tab an address of its own."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from audit.errors import refuse
from audit.models import Entry
from audit.services import record_read
from cases.models import Case
from deadlines.enums import Duty
from escalations import permissions as ladder
from escalations.offers import offers_for
from escalations.views.base import of_case
from worklist import destinations, events, permissions, querysets, rules
from worklist.forms import SearchForm
from worklist.people import people_of


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _case(request: HttpRequest, reference: str, tab: str) -> dict[str, Any]:
    """The case through access, its clocks and its tabs; opening it is written down before it is shown."""
    user, now = _user(request), timezone.now()
    found = get_object_or_404(querysets.case_at(user, reference))
    record_read(events.CASE_OPENED, found, by=user, at=now, data={"tab": tab})
    clocks = querysets.clocks_of_case(found, user)
    running = [clock for clock in clocks if clock.state == "running"]
    step = next((clock for clock in running if clock.is_mine), None)  # type: ignore[attr-defined]
    return {
        "case": found,
        "children": list(found.children.all()),
        "running": [clock for clock in running if clock.duty != Duty.ACTION],
        "action_clocks": [clock for clock in running if clock.duty == Duty.ACTION],
        "met": [clock for clock in clocks if clock.state == "met"],
        "owing": [clock for clock in clocks if clock.owes_reason],
        "void": [clock for clock in clocks if clock.state == "void"],
        "step": step,
        "ways_on": destinations.ways_on(running, is_manager=user.may(Permission.AUTHORISE_REQUEST)),
        "now": now,
        "tabs": destinations.tabs(
            found, tab, access_log=permissions.refusal_to_read_access_log(user, found) is None
        ),
    }


def _some(entries: QuerySet[Entry], wanted: str | None, size: int) -> dict[str, Any]:
    """One page of a long list without counting it: its rows, and the numbers of the pages beside it."""
    number = int(wanted) if wanted and wanted.isdecimal() and len(wanted) < 6 else 1
    number = max(number, 1)
    rows = list(entries[(number - 1) * size : number * size + 1])
    return {
        "entries": rows[:size],
        "newer": number - 1 if number > 1 else None,
        "older": number + 1 if len(rows) > size else None,
    }


def _with_leads(entries: Iterable[Entry]) -> list[Entry]:
    """Say of each entry whether its subject has a page to lead to, and how often it was done in a row."""
    rows = rules.once_each(entries)
    for entry in rows:
        entry.leads = destinations.leads_somewhere(entry.subject)  # type: ignore[attr-defined]
    return rows


def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Clock strip, the next step as one obvious button, requests and the timeline of everything."""
    context = _case(request, reference, "overview")
    everything = request.GET.get("all") == "1"
    entries = querysets.timeline_of(context["case"], with_clocks=everything)
    page = _some(entries, request.GET.get("page"), 25)
    context |= {
        "page": page,
        "everything": everything,
        "entries": _with_leads(page["entries"]),
        "requests": querysets.requests_of(context["case"]),
    }
    return render(request, "worklist/case.html", context)


def people(request: HttpRequest, reference: str) -> HttpResponse:
    """Children, family, and who may see the case and why."""
    context = _case(request, reference, "people")
    found: Case = context["case"]
    user, now = _user(request), context["now"]
    shown_children, shown_family = people_of(found, context["children"], now)
    context |= {
        "shown_children": shown_children,
        "shown_family": shown_family,
        "merges": refusal_unless(user, Permission.AUTHORISE_REQUEST, "merge records", now) is None,
        "keeps": refusal_unless(user, Permission.RECORD_REFERRAL, "keep the family", now) is None,
        "access": found.access.current().select_related("user", "team").order_by("pk"),
    }
    return render(request, "worklist/people.html", context)


def discussions(request: HttpRequest, reference: str) -> HttpResponse:
    """The series of discussions with what was decided for each child, and their minutes."""
    context = _case(request, reference, "discussions")
    context["discussions"] = querysets.discussions_of(context["case"])
    return render(request, "worklist/discussions.html", context)


def actions(request: HttpRequest, reference: str) -> HttpResponse:
    """Every action agreed for these children, with owner and due."""
    context = _case(request, reference, "actions")
    context["actions"] = querysets.actions_of(context["case"])
    return render(request, "worklist/actions.html", context)


def escalations(request: HttpRequest, reference: str) -> HttpResponse:
    """What was escalated and with what outcome, and what the facts let this person escalate."""
    context = _case(request, reference, "escalations")
    found, user, now = context["case"], _user(request), context["now"]
    may_raise = ladder.lacks_power(user, "raise an escalation", now) is None
    context |= {
        "rows": of_case(found, [*context["running"], *context["met"]]),
        "offers": offers_for(found, user, now) if may_raise else [],
        "may_raise": may_raise,
    }
    return render(request, "worklist/escalations.html", context)


def access_log(request: HttpRequest, reference: str) -> HttpResponse:
    """Who was shown what of this case, for those who answer for it."""
    context = _case(request, reference, "access")
    refuse(permissions.refusal_to_read_access_log(_user(request), context["case"]))
    page = _some(querysets.access_log_of(context["case"]), request.GET.get("page"), 50)
    return render(
        request,
        "worklist/access_log.html",
        context | {"page": page, "entries": _with_leads(page["entries"])},
    )


def cases(request: HttpRequest) -> HttpResponse:
    """Cases this person may see; searched by POST, since no name belongs in an address."""
    user, now = _user(request), timezone.now()
    form = SearchForm(request.POST or None)
    found: QuerySet[Case] | list[Case] = querysets.cases_of(user)
    if form.is_valid():
        found = querysets.cases_found(form.sought, user)
        words = len(form.cleaned_data["words"])
        record_read(events.CASES_SEARCHED, by=user, at=now, data={"letters": words})
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(request, "worklist/cases.html", {"form": form, "page": page, "searched": form.is_bound})


def go(request: HttpRequest, subject: str) -> HttpResponse:
    """Where the work behind a clock or entry is done; 404 when it is not this person's to see."""
    address = destinations.address_of(subject, _user(request), request.GET.get("duty", ""))
    if address is None:
        raise Http404("Nothing here for you.")
    return HttpResponseRedirect(address or reverse("worklist:home"))
