"""The action tracker: one list for all that was agreed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from accounts.confirming import confirm
from accounts.models import User
from audit.errors import refuse
from audit.services import record_read
from govuk.moments import moment
from govuk.sheets import sheet
from minutes.models import Action
from minutes.services.tracking import chase_late
from worklist import events, permissions, tracking
from worklist.forms import NarrowForm

A_PAGE = 50
MOST_IN_A_FILE = 5000
HEADS = (
    "Case", "Discussion", "Action", "What is to be done", "Child", "Whose", "Agency", "State", "Agreed for",
    "More time until", "Done", "What was done", "What shows it", "Blocked because", "Reviewed at",
)  # fmt: skip


def tracker(request: HttpRequest) -> HttpResponse:
    """Actions by whose they are and how they stand; a wrong word in the address shows the usual list."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_track(user))
    now = timezone.now()
    views = tracking.views_for(user)
    view, state, form = _asked(request, user)
    rows = tracking.actions_for(user, view, state, now, form.narrowed)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    offered = list(tracking.offers_to(user)) if view == tracking.MINE else []
    shown = [*[one.action_id for one in offered], *[one.pk for one in page]]
    record_read(events.TRACKER_READ, by=user, at=now, data={"actions": shown})
    for one in page:
        one.is_open = one.status in tracking.LEFT
        one.is_late = one.is_open and one.expected_at < now
        one.is_own = one.owner.user_id == user.pk
    may_remind = tracking.may_chase_all(user, view)
    late = [one for one in page if one.is_late] if may_remind else []
    shown_late = "overdue action" if len(late) == 1 else f"{len(late)} overdue actions"
    context = {
        "tabs": [{"text": one.title, "href": f"?whose={one.key}", "current": one == view} for one in views],
        "view": view,
        "instead": view.instead if request.GET.get("whose") != view.key else "",
        "offered": offered,
        "states": tracking.STATES,
        "state": state,
        "form": form,
        "kept": _kept(request, view, but=("page", "state")),
        "query": _kept(request, view, but=("page",)),
        "is_narrowed": form.narrowed != tracking.EVERYTHING or bool(form.errors),
        "page": page,
        "late": late,
        "may_remind": may_remind,
        "remind": f"Remind the owner{'' if len(late) == 1 else 's'} of the {shown_late} shown here",
        "now": now,
    }
    return render(request, "worklist/tracker.html", context)


def tracker_sheet(request: HttpRequest) -> HttpResponse:
    """The same list whole, as a file for a spreadsheet; written down first."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_track(user))
    confirm(request)
    now = timezone.now()
    view, state, form = _asked(request, user)
    rows = list(tracking.actions_for(user, view, state, now, form.narrowed)[:MOST_IN_A_FILE])
    data = {"view": view.key, "state": state, "actions": [one.pk for one in rows]}
    record_read(events.ACTIONS_EXPORTED, by=user, at=now, data=data)
    return sheet(f"actions-{localdate(now):%Y-%m-%d}", HEADS, [_cells(one) for one in rows])


def _asked(request: HttpRequest, user: User) -> tuple[tracking.View, str, NarrowForm]:
    state = request.GET.get("state", "")
    asked = [one for one in tracking.views_for(user) if one.key == request.GET.get("whose")]
    view = asked[0] if asked else tracking.opening_for(user, timezone.now())
    form = NarrowForm(request.GET, agencies=tracking.agencies_with_actions())
    return view, state if state in tracking.STATES else "left", form


def _kept(request: HttpRequest, view: tracking.View, *, but: tuple[str, ...]) -> str:
    """The rest of the address, with what is shown named: it opened by itself where nobody asked for it."""
    kept = request.GET.copy()
    kept["whose"] = view.key
    for name in but:
        kept.pop(name, None)
    return kept.urlencode()


def _cells(one: Any) -> list[Any]:
    discussion = one.minutes.discussion
    return [
        discussion.case.reference,
        discussion.number,
        one.number,
        one.text,
        one.child.name if one.child else "",
        one.owner.name,
        one.owner.agency.name,
        one.get_status_display(),
        moment(one.due_at),
        moment(one.extended_to) if one.extended_to else "",
        moment(one.done_at) if one.done_at else "",
        one.what_was_done,
        "; ".join(filter(None, [one.evidence, getattr(getattr(one, "evidence_file", None), "name", "")])),
        one.blocked_reason,
        one.get_forum_display(),
    ]


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
