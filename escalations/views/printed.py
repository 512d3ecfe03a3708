"""The procedure's own escalation form, filled from what is recorded, to print and send (rows W39, G17)."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from attendees.views.partner_pages import say_how_to_get_in
from audit.services import record_read
from deadlines.models import Deadline
from escalations import events
from escalations.models import Escalation, Stage
from escalations.people import Actor
from escalations.views.base import with_stages
from escalations.views.partner import find_escalation, followers, is_nobody
from escalations.views.staff import escalation_for, user_of

MOST_CLOCKS = 20


@require_GET
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question of the form with its answer; what nobody recorded is a line to write on.

    Only for who may see the case. Moments are London's. That it was opened to print is written down.
    """
    user, now = user_of(request), timezone.now()
    found = escalation_for(user, pk)
    discussion = found.discussion
    children = list(discussion.request.children.all() if discussion else found.case.children.all())
    late = Deadline.objects.filter(case=found.case, due_at__lt=now, breached_at__isnull=False)
    late = late.order_by("due_at", "pk")[:MOST_CLOCKS]
    names = {f"child:{child.pk}": child.name for child in children}
    context = {
        "layout": "base.html",
        "is_staff": True,
        "children": children,
        "late": [(clock, names.get(clock.subject, "")) for clock in late],
        "back": found.get_absolute_url(),
    }
    return _printed(request, found, user, now, context)


@login_not_required
def partner_form(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same for the other agency, which writes the child's name itself: a reference leaves, no child."""
    now = timezone.now()
    known = followers(request, now)
    if is_nobody(request, known):
        return say_how_to_get_in(request)
    who, found = find_escalation(known, pk)
    context = {
        "layout": "partner/base_partner.html",
        "is_staff": False,
        "partner": who,
        "back": reverse("escalations:partner_escalation", args=[found.pk]),
    }
    return _printed(request, found, who.actor, now, context)


def _printed(
    request: HttpRequest, found: Escalation, reader: Actor, now: datetime, context: dict[str, Any]
) -> HttpResponse:
    record_read(events.FORM_PRINTED, found.case, subject=found, by=reader, at=now)
    [found] = with_stages([found])
    last: Stage = found.last  # type: ignore[attr-defined]
    context |= {
        "escalation": found,
        "last": last,
        "resolution": getattr(found, "resolution", None),
        "form_name": last.form or "Escalation form",
        "reader": reader,
        "now": now,
    }
    return render(request, "escalations/printed.html", context)
