"""The case: everything about one family's matter, each tab an address of its own."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import powers, refusal_unless
from accounts.roles import Permission
from audit.errors import refuse
from audit.services import record_read
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.permissions import lacks_turn_to_explain
from escalations import permissions as ladder
from escalations.offers import offers_for
from escalations.views.base import of_case
from strategy.enums import Outcome, Status
from strategy.permissions import refusal_to_decide_later
from worklist import destinations, events, permissions, querysets, story
from worklist import timeline as reading
from worklist.entries import in_words
from worklist.forms import SearchForm
from worklist.people import people_of

LATEST = 10


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def case_context(request: HttpRequest, reference: str, tab: str) -> dict[str, Any]:
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
        "owing": _owing(clocks, user, now),
        "void": [clock for clock in clocks if clock.state == "void"],
        "step": step,
        "ways_on": destinations.ways_on(running, is_manager=user.may(Permission.AUTHORISE_REQUEST)),
        "now": now,
        "tabs": destinations.tabs(
            found, tab, access_log=permissions.refusal_to_read_access_log(user, found) is None
        ),
    }


def _owing(clocks: list[Deadline], user: User, now: datetime) -> list[tuple[Deadline, bool]]:
    """The clocks whose lateness nobody has explained, each with whether this person may.

    For whom they act is asked once, and only where their own power is not enough.
    """
    owing = [clock for clock in clocks if clock.owes_reason]
    own = {clock.pk for clock in owing if lacks_turn_to_explain([user], clock) is None}
    others = list(powers(user, now))[1:] if len(own) < len(owing) else []
    return [(clock, clock.pk in own or lacks_turn_to_explain(others, clock) is None) for clock in owing]


def pages_beside(page: reading.Some, query: QueryDict) -> dict[str, str]:
    """The addresses of the pages beside this one, with everything that was asked kept; "" for none."""
    found = {}
    for side, key, number in (("newer", "after", page.newer), ("older", "before", page.older)):
        kept = query.copy()
        for gone in ("after", "before"):
            kept.pop(gone, None)
        kept[key] = str(number)
        found[side] = f"?{kept.urlencode()}" if number is not None else ""
    return found


def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Clock strip, the next step as one obvious button, requests and what was done last."""
    context = case_context(request, reference, "overview")
    found: Case = context["case"]
    referrals = list(querysets.referrals_of(found))
    context |= {
        "entries": in_words(reading.entries_of(found, reading.Wanted())[:LATEST], found),
        "referrals": referrals,
        "requests": [
            {**row, "referral": one, "status": Status(row["status"]).label}
            for one in referrals
            for row in one.asked  # type: ignore[attr-defined]
        ],
        "may_correct": _user(request).may(Permission.RECORD_REFERRAL),
    }
    return render(request, "worklist/case.html", context)


def people(request: HttpRequest, reference: str) -> HttpResponse:
    """Children, family, and who may see the case and why."""
    context = case_context(request, reference, "people")
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
    """The series as one story: what was decided for each child and agreed, and what became of it."""
    context = case_context(request, reference, "discussions")
    told = context["discussions"] = story.told(querysets.discussions_of(context["case"]), context["now"])
    for decision in [one for discussion in told for one in discussion.decisions.all()]:
        if decision.outcome == Outcome.DEFERRED:
            decision.may_decide = refusal_to_decide_later(_user(request), decision, context["now"]) is None
    return render(request, "worklist/discussions.html", context)


def actions(request: HttpRequest, reference: str) -> HttpResponse:
    """Every action agreed for these children, with owner and due."""
    context = case_context(request, reference, "actions")
    context["actions"] = querysets.actions_of(context["case"])
    return render(request, "worklist/actions.html", context)


def escalations(request: HttpRequest, reference: str) -> HttpResponse:
    """What was escalated and with what outcome, and what the facts let this person escalate."""
    context = case_context(request, reference, "escalations")
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
    context = case_context(request, reference, "access")
    refuse(permissions.refusal_to_read_access_log(_user(request), context["case"]))
    found: Case = context["case"]
    page = reading.some_of(querysets.access_log_of(found), request.GET, 50)
    context |= {"page": pages_beside(page, request.GET), "entries": in_words(page.entries, found)}
    return render(request, "worklist/access_log.html", context)


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
