"""Usual actions, offered child by child."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from audit.services import record_read
from minutes.enums import ActionStatus
from minutes.events import RECORD_READ
from minutes.rules.usual import offered
from minutes.services.room import room_for
from referrals.models import Concern


@require_GET
def usual(request: HttpRequest, pk: int) -> HttpResponse:
    """What usually is agreed: for each child the least that follows, then what the harm asks."""
    user = request.user
    assert isinstance(user, User)
    now = timezone.now()
    room = room_for(user, pk, at=now, step="actions")
    if room is None:
        raise Http404("The record of this discussion is not open.")
    record_read(RECORD_READ, room.discussion.case, subject=room.minutes, by=user, at=now)
    harms: dict[int, list[str]] = {}
    for child, harm in Concern.objects.filter(referral=room.discussion.request.referral_id).values_list(
        "child", "abuse_type"
    ):
        harms.setdefault(child, []).append(harm)
    agreed = {
        (one.details.get("usual", ""), one.child_id)
        for one in room.actions
        if one.status != ActionStatus.STRUCK
    }
    rows = []
    for child in room.children:
        decided = getattr(child, "decided", None)  # a filtered relation: absent where there is none
        outcome = decided.outcome if decided else ""
        least, more = offered(
            child.pk, child.name, outcome=outcome, harms=harms.get(child.pk, ()), agreed=agreed
        )
        rows.append({"child": child, "outcome": outcome, "least": least, "more": more})
    return render(request, "minutes/room/usual.html", {"room": room, "rows": rows})
