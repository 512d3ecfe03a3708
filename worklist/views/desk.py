"""The desk: what needs you, ordered by the clock."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Permission
from audit.errors import refuse
from audit.services import record_read
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations.offers import offers_on_desk
from protocols.permissions import refusal_to_read
from protocols.services import past_review
from worklist import drift, events, permissions, querysets, rules, tracking


def home(request: HttpRequest) -> HttpResponse:
    """What needs this person, grouped; a partner's home is their own page of invitations."""
    user = request.user
    assert isinstance(user, User)
    if user.is_partner:
        desk = user.may(Permission.ANSWER_FOR_AGENCY)
        return HttpResponseRedirect(reverse("attendees:desk" if desk else "attendees:partner_home"))
    now = timezone.now()
    late = list(querysets.late_clocks_of(user))
    mine, waiting, breaches = _all_rows(
        querysets.clocks_of(user), querysets.clocks_waiting(user), querysets.breaches(user), beside=late
    )
    context = {
        "cover": querysets.cover_of(user, now),
        "groups": rules.lay_out(mine, waiting, now),
        "offers": offers_on_desk(user, now),
        "calls": querysets.calls_to_make(user, now) if user.may(Permission.REQUEST_DISCUSSION) else [],
        "offered": list(tracking.offers_to(user)),
        "late": late,
        "breaches": breaches,
        "past_review": past_review(now) if refusal_to_read(user) is None else None,
        "now": now,
    }
    return render(request, "worklist/home.html", context)


def _all_rows(*groups: QuerySet[Deadline], beside: Iterable[Deadline] = ()) -> list[list[Deadline]]:
    """Clocks as the rows of a desk: each with the thing it is about, one for each thing to do.

    Children and things are read once for all the groups, and for those `beside` them.
    """
    found = [list(group) for group in groups]
    querysets.name_things([*(clock for group in found for clock in group), *beside])
    return [rules.together(group, list(Duty)) for group in found]


def team(request: HttpRequest) -> HttpResponse:
    """A manager's view of what the team must do, whoever has the turn."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_see_team(user))
    now = timezone.now()
    [clocks] = _all_rows(querysets.clocks_of_team(user))
    groups = rules.lay_out(clocks, [], now)[:3]
    return render(request, "worklist/team.html", {"groups": groups, "now": now})


def left(request: HttpRequest) -> HttpResponse:
    """Children whom nothing moves on, with their siblings (row G03)."""
    user = request.user
    assert isinstance(user, User)
    refuse(permissions.refusal_to_see_team(user))
    now = timezone.now()
    families = drift.families_left(user, now)
    record_read(events.LEFT_READ, by=user, at=now, data={"cases": [one.case.reference for one in families]})
    number = drift.left_of(user, now).count()
    context = {
        "families": families,
        "number": number,
        "most": drift.MOST,
        "whole": user.may(Permission.OVERSEE),
    }
    return render(request, "worklist/left.html", context)
