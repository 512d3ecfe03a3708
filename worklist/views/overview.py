"""The system at a glance, for administrators: what is kept, what waits, what failed, what runs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import refusal_to_keep_people
from audit.errors import refuse
from deadlines.services import is_late
from outbox.models import Letter
from protocols.models import LocalProtocol
from worklist import querysets, rules


def system_home(request: HttpRequest) -> HttpResponse:
    """Counts with their pages, the sweep's heartbeat, the letters that failed, the procedure's review."""
    user = request.user
    assert isinstance(user, User)
    refuse(refusal_to_keep_people(user))
    now, today = timezone.now(), timezone.localdate()
    counts = querysets.counts_of_system(now)
    failed = list(Letter.objects.failed().order_by("-pk")[:5])
    for letter in failed:
        letter.words = rules.letter_in_words(letter.kind)  # type: ignore[attr-defined]
    in_force = LocalProtocol.objects.in_force(today)
    context = {
        "counts": counts,
        "swept_at": counts["swept_at"],
        "is_late": is_late(counts["swept_at"], now),
        "failed": failed,
        "in_force": in_force,
        "past_review": bool(in_force and in_force.review_on and in_force.review_on < today),
        "now": now,
    }
    return render(request, "worklist/system/system.html", context)
