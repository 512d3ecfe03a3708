"""The procedure's own escalation form, filled from what is recorded, to print and send (rows W39, G17)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.services import record_read
from deadlines.models import Deadline
from escalations import events
from escalations.models import Stage
from escalations.views.base import with_stages
from escalations.views.staff import escalation_for, user_of

MOST_CLOCKS = 20


@require_GET
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question of the form with its answer; what nobody recorded is a line to write on.

    Only for who may see the case. Moments are London's. That it was opened to print is written down.
    """
    user, now = user_of(request), timezone.now()
    found = escalation_for(user, pk)
    record_read(events.FORM_PRINTED, found.case, subject=found, by=user, at=now)
    [found] = with_stages([found])
    discussion = found.discussion
    children = discussion.request.children.all() if discussion else found.case.children.all()
    late = Deadline.objects.filter(case=found.case, due_at__lt=now, breached_at__isnull=False)
    last: Stage = found.last  # type: ignore[attr-defined]
    context = {
        "escalation": found,
        "last": last,
        "resolution": getattr(found, "resolution", None),
        "form_name": last.form or "Escalation form",
        "children": list(children),
        "late": list(late.order_by("due_at", "pk")[:MOST_CLOCKS]),
        "reader": user,
        "now": now,
    }
    return render(request, "escalations/printed.html", context)
