"""Letters that wait or failed: nothing fails quietly here."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from cases.models import Case
from outbox.models import Letter
from worklist import permissions, rules


def letters(request: HttpRequest) -> HttpResponse:
    """Every letter not yet with a mail server, the oldest first; then all, the newest first."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_see_system(user))
    seen = Letter.objects.all()
    if not user.has_role("administrator"):
        seen = seen.filter(case_ref__in=Case.objects.visible_to(user).values("reference"))
    waiting = seen.waiting() | seen.failed()
    page = Paginator(seen.order_by("-pk"), 25).get_page(request.GET.get("page"))
    stuck = list(waiting.order_by("pk")[:50])
    for letter in (*stuck, *page.object_list):
        letter.words = rules.letter_in_words(letter.kind)  # type: ignore[attr-defined]
    context = {"waiting": stuck, "page": page, "now": timezone.now()}
    return render(request, "worklist/letters.html", context)
