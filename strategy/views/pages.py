"""What the pages of a request share: fetching it, its deadline, and whom to call now."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject, Now
from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.models import ActingFor, User
from audit.services import record_read
from deadlines import rules
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules import Answer
from deadlines.working_days import england
from govuk.views import FormPage
from strategy.clocks import read_facts
from strategy.events import REQUEST_READ
from strategy.models import DutyLine, StrategyRequest
from strategy.permissions import refusal_to_request
from strategy.rules.lines import is_answered


def user_of(request: HttpRequest) -> User:
    """Who asks: every page of this room needs a sign-in, so nobody anonymous comes this far."""
    assert isinstance(request.user, User)
    return request.user


def visible_request(user: User, pk: int) -> StrategyRequest:
    """The request, if this person may see its case; else 404, so that not even its existence leaks."""
    found: StrategyRequest | None = StrategyRequest.objects.for_page().visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def clocks_of(wanted: StrategyRequest, now: datetime | None = None) -> list[Any]:
    """The running clocks of the request's case, the most urgent first, with who has the turn.

    Each has a `deputy`, name and number, where whoever has the turn is away; a restricted case is never lent.
    """
    running = Deadline.objects.filter(case=wanted.case_id).running().most_urgent_first()
    away = ActingFor.objects.current(now or Now()).filter(absent=OuterRef("owner"), deputy__is_active=True)
    if wanted.case.restricted:
        away = away.none()
    row = JSONObject(name="deputy__name", phone="deputy__phone")
    standing_in = Subquery(away.order_by("pk").values_list(row)[:1])
    return list(running.select_related("owner", "owner_team").annotate(deputy=standing_in))


def convene_clock(clocks: list[Deadline], wanted: StrategyRequest) -> Deadline | None:
    """The convene clock of the request's referral, among those running."""
    subject = f"referral:{wanted.referral_id}"
    return next((one for one in clocks if one.duty == Duty.CONVENE and one.subject == subject), None)


def answer_if(wanted: StrategyRequest, told: list[Any]) -> Answer:
    """By when it must be held with these circumstances, recorded or only ticked."""
    facts = read_facts(wanted.referral, told, wanted.submitted_at)
    return rules.convene(facts, wanted.protocol.rules, england())


def police_lines(now: datetime) -> list[dict[str, Any]]:
    """The lines to call at once: the number while it is answered, else what to do instead (row W09)."""
    calendar = england()
    return [
        {"line": line, "open": is_answered(line.hours, now, calendar), "hours": line.hours.in_words}
        for line in DutyLine.objects.filter(is_active=True)
    ]


class RequestPage(FormPage):
    """A form page about one request that this person may see."""

    thing: StrategyRequest

    def fetch(self) -> StrategyRequest:
        """The request."""
        return visible_request(self.user, self.kwargs["pk"])

    def note_reading(self) -> None:
        """Every section and every answer shows a part of the request."""
        record_read(REQUEST_READ, self.thing.case, subject=self.thing.subject, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the request."""
        return self.thing.get_absolute_url(), "Back to the request"

    def next(self, done: Any) -> str:
        """To the request."""
        return reverse("strategy:request", args=[self.kwargs["pk"]])


class OpenRequestPage(RequestPage):
    """A form page of a section: only while the request may still be written in."""

    button = "Save and go on"

    def refusal(self) -> str | None:
        """Written by those who ask for discussions; one that was submitted is the manager's to answer."""
        if reason := refusal_to_request(self.user, self.now):
            return reason
        if self.thing.is_open_to_change:
            return None
        status = self.thing.get_status_display().lower()
        return f"This request is “{status}” now, so this section can no longer change."
