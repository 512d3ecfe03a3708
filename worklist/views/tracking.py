"""The action tracker: one list for all that was agreed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from audit.errors import refuse
from audit.services import record_read
from worklist import events, permissions, tracking

A_PAGE = 50


def tracker(request: HttpRequest) -> HttpResponse:
    """Actions by whose they are and how they stand; a wrong word in the address shows the usual list."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_track(user))
    now = timezone.now()
    views = tracking.views_for(user)
    view = next((one for one in views if one.key == request.GET.get("whose")), views[0])
    state = request.GET.get("state", "")
    state = state if state in tracking.STATES else "left"
    page = Paginator(tracking.actions_for(user, view, state, now), A_PAGE).get_page(request.GET.get("page"))
    offered = list(tracking.offers_to(user)) if view == tracking.MINE else []
    shown = [*[one.action_id for one in offered], *[one.pk for one in page]]
    record_read(events.TRACKER_READ, by=user, at=now, data={"actions": shown})
    for one in page:
        one.is_open = one.status in tracking.LEFT
        one.is_late = one.is_open and one.expected_at < now
    context = {
        "tabs": [{"text": one.title, "href": f"?whose={one.key}", "current": one == view} for one in views],
        "view": view,
        "offered": offered,
        "states": tracking.STATES,
        "state": state,
        "page": page,
        "now": now,
    }
    return render(request, "worklist/tracker.html", context)
