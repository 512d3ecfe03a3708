"""The action tracker: one list for all that was agreed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from audit.errors import refuse
from audit.services import record_read
from minutes.models import Action
from minutes.services.tracking import chase_late
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
    late = [one for one in page if one.is_late] if tracking.may_chase_all(user, view) else []
    shown_late = "overdue action" if len(late) == 1 else f"{len(late)} overdue actions"
    context = {
        "tabs": [{"text": one.title, "href": f"?whose={one.key}", "current": one == view} for one in views],
        "view": view,
        "offered": offered,
        "states": tracking.STATES,
        "state": state,
        "page": page,
        "late": late,
        "remind": f"Remind whose the {shown_late} shown here {'is' if len(late) == 1 else 'are'}",
        "now": now,
    }
    return render(request, "worklist/tracker.html", context)


@require_POST
def chase_shown(request: HttpRequest) -> HttpResponse:
    """One press reminds the owners of all overdue actions that the page showed; who is not, is named."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_track(user))
    numbers = [int(one) for one in request.POST.getlist("action") if one.isdecimal()][:A_PAGE]
    done = chase_late(Action.objects.visible_to(user).filter(pk__in=numbers), by=user, at=timezone.now())
    if done.told:
        messages.success(request, f"Reminded by letter: {', '.join(done.told)}.")
    if done.not_told:
        messages.warning(request, f"Not reminded. {'. '.join(done.not_told)}.")
    if not done.told and not done.not_told:
        messages.info(request, "Nothing that was shown is overdue any more.")
    whose = request.POST.get("whose", "")
    back = next((one.key for one in tracking.views_for(user) if one.key == whose), tracking.MINE.key)
    return redirect(f"{reverse('worklist:tracker')}?whose={back}&state=late")
