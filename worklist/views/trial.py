"""A version of the local procedure tried on the last twelve months: counts, and links for who may see."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from cases.models import Case
from protocols.models import LocalProtocol
from protocols.permissions import refusal_to_read
from strategy.clocks.trial import cases_among, past_cases, tried

YEAR = timedelta(days=365)
MOST_NAMED = 50


def try_protocol(request: HttpRequest, pk: int) -> HttpResponse:
    """What would have been late under this version. Numbers for its reader; cases only through access."""
    user = request.user
    assert isinstance(user, User)
    refuse(refusal_to_read(user))
    version = get_object_or_404(LocalProtocol, pk=pk)
    in_force = LocalProtocol.objects.in_force(timezone.localdate())
    now = timezone.now()
    past = past_cases(now - YEAR)
    rows = tried(past, version.rules, in_force.rules if in_force else None, now)
    late = {key for row in rows for key in row.late}
    visible = list(Case.objects.visible_to(user).filter(pk__in=late).order_by("reference")[:MOST_NAMED])
    context = {
        "version": version,
        "in_force": in_force,
        "is_in_force": version == in_force,
        "number": len(past),
        "rows": [(row, cases_among(row.late, visible)) for row in rows],
        "since": (now - YEAR).date(),
    }
    return render(request, "protocols/trial.html", context)
