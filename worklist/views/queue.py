"""The queue of business support: what is authorised and not yet held, by the clock (rows W16, W19 to W21)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from attendees.permissions import lacks_power_to_book
from audit.errors import refuse
from deadlines.working_days import local_date
from strategy import permissions as booking
from worklist import permissions
from worklist import queue as reading


def queue(request: HttpRequest) -> HttpResponse:
    """Each request with its clock, what became of the letter to the police, and the confirming call."""
    user, now = request.user, timezone.now()
    assert isinstance(user, User)
    may_nominate = booking.refusal_to_nominate(user, now) is None
    refuse(None if may_nominate else permissions.refusal_to_see_queue(user))
    lines = reading.lines_for(user)
    context = {
        "to_book": [one for one in lines if one.booked is None],
        "booked": [one for one in lines if one.booked is not None],
        "officers": reading.officers_from(local_date(now)),
        "today": local_date(now),
        "may_nominate": may_nominate,
        "may_book": lacks_power_to_book(user, now) is None,
        "may_block": booking.refusal_to_block_place(user, now) is None,
        "now": now,
    }
    return render(request, "worklist/queue.html", context)
