"""The night’s list, and taking over from it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from audit.errors import refuse
from audit.services import record_read
from deadlines.models import Deadline
from deadlines.working_days import england
from govuk.views import FormPage
from minutes.services.night import TAKE_OVER, invited_to_any, take_over
from strategy import permissions
from strategy.enums import DiscussionStatus
from strategy.events import REQUEST_READ
from strategy.models import NightEntry
from strategy.rules.afterwards import night_began
from strategy.services import word_of
from strategy.views.pages import user_of

MOST = 100


def entries_for(user: Any, now: Any) -> list[dict[str, Any]]:
    """What came in since five o'clock, and whatever nobody has taken over: three statements."""
    found = (
        NightEntry.objects.visible_to(user)
        .select_related("request__case__team", "by", "taken_over_by")
        .prefetch_related("request__children")
        .order_by("-at")
    )
    began = night_began(now, england())
    rows = list((found.filter(at__gte=began) | found.filter(taken_over_at=None)).distinct()[:MOST])
    clocks = {
        one.subject: one
        for one in Deadline.objects.filter(duty=TAKE_OVER, subject__in=[row.subject for row in rows])
    }
    return [{"entry": row, "clock": clocks.get(row.subject)} for row in rows]


def night(request: HttpRequest) -> HttpResponse:
    """What came in since five o'clock, where it stands, and who has taken over."""
    user, now = user_of(request), timezone.now()
    refuse(permissions.refusal_to_see_nights(user, now))
    context = {
        "rows": entries_for(user, now),
        "since": night_began(now, england()),
        "may_write": permissions.refusal_to_write_nights(user, now) is None,
        "may_take": permissions.refusal_to_take_over(user, now) is None,
        "now": now,
    }
    return render(request, "minutes/night/list.html", context)


class TakeOver(FormPage):
    """One press: somebody of the day takes over, by name and time."""

    title = "Take over from the night"
    template_name = "minutes/night/take_over.html"
    button = "Take over"
    message = "You have taken over from the night. What waits for whoever was on duty waits for you now."
    thing: NightEntry

    def fetch(self) -> NightEntry:
        """The entry, if this person may see its case; else 404."""
        rows = NightEntry.objects.visible_to(self.user).filter(pk=self.kwargs["pk"])
        found = rows.select_related("request__case__team", "request__referral", "by", "taken_over_by").first()
        if found is None:
            raise Http404
        return found

    def refusal(self) -> str | None:
        """Somebody of the day, once."""
        if self.thing.taken_over_by is not None:
            return f"{self.thing.taken_over_by} has taken this over already."
        return permissions.refusal_to_take_over(self.user, self.now)

    def note_reading(self) -> None:
        """What came in and what was decided stand on the page."""
        wanted = self.thing.request
        record_read(REQUEST_READ, wanted.case, subject=wanted.subject, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the request."""
        return self.thing.request.get_absolute_url(), "Back to the request"

    def get_context(self) -> dict[str, Any]:
        """What was done in the night."""
        wanted = self.thing.request
        planned = wanted.discussions.filter(status=DiscussionStatus.PLANNED)
        found = list(wanted.discussions.prefetch_related("decisions__child").order_by("-number"))
        return {
            "wanted": wanted,
            "held": next((one for one in found if one.started_at), None),
            "coming": next((one for one in found if one.status == DiscussionStatus.PLANNED), None),
            "is_invited": invited_to_any(planned, self.thing.by).exists(),
            "calls": list(wanted.urgent_calls.all()),
            "protection": wanted.protection_decisions.last(),
            "word": word_of(self.thing.request),
        }

    def act(self, form: Any) -> NightEntry:
        """Take over."""
        return take_over(self.thing, by=self.user, at=self.now)

    def next(self, done: NightEntry) -> str:
        """To the case."""
        return reverse("worklist:case", args=[done.request.case.reference])
