"""The desk of a partner agency: everything asked of its people, the soonest due first, answered from one
place."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from attendees import events, permissions
from attendees.forms.desk import DeskFilter
from attendees.models import Invitation
from audit.errors import refuse
from audit.services import record_read

ON_A_PAGE = 25
TABS = (("", "To answer"), ("answered", "Answered"), ("over", "Over"))


def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this agency, with who was asked and by when; no child is named before one is opened."""
    user: Any = request.user
    refuse(permissions.refusal_to_keep_desk(user))
    now = timezone.now()
    record_read(events.AGENCY_DESK_READ, by=user, at=now, data={"agency": user.agency_id})
    form = DeskFilter(request.GET)
    tab, words = form.wanted
    asked = Invitation.objects.asked_of(user.agency).matching(words)
    counts = asked.how_many()
    rows = Paginator(asked.on_tab(tab), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "agency": user.agency,
        "form": form,
        "words": words,
        "tab": tab,
        "tabs": [
            {
                "text": text,
                "href": f"?tab={name}" if name else "?",
                "current": name == tab,
                "count": counts[name or "waiting"],
            }
            for name, text in TABS
        ],
        "rows": rows,
        "now": now,
    }
    return render(request, "partner/desk.html", context)
