"""A section 47 enquiry: its conference, or that none is required, and its close."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.services import record_read
from cases.permissions import refusal_to_change
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.views import FormPage
from strategy import events, services
from strategy.enums import DiscussionStatus
from strategy.forms.protecting import ConferenceForm, ReasonForm
from strategy.models import Discussion, Enquiry
from strategy.views.pages import user_of


def visible_enquiry(user: User, pk: int) -> Enquiry:
    """The enquiry, if this person may see its case; else 404."""
    joined = Enquiry.objects.select_related("child__case", "discussion", "lead", "closed_by")
    found: Enquiry | None = joined.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def enquiry_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the enquiry stands."""
    enquiry = visible_enquiry(user_of(request), pk)
    now = timezone.now()
    record_read(events.ENQUIRY_READ, enquiry.child.case, subject=enquiry.subject, by=request.user, at=now)
    context = {
        "enquiry": enquiry,
        "clock": Deadline.objects.of(enquiry.subject, Duty.ICPC).select_related("owner").first(),
        "discussions": _discussions(enquiry),
        "may_change": refusal_to_change(user_of(request), enquiry.child.case, now) is None,
        "now": now,
    }
    return render(request, "strategy/enquiry.html", context)


def _discussions(enquiry: Enquiry) -> list[Discussion]:
    """The discussion that began it, and those about the child that were or will be held while it is open."""
    since = Q(request__children=enquiry.child, planned_start__gte=enquiry.started_at)
    if enquiry.closed_at is not None:
        since &= Q(planned_start__lte=enquiry.closed_at)
    held = Discussion.objects.filter(Q(pk=enquiry.discussion_id) | since)
    return list(held.exclude(status=DiscussionStatus.CANCELLED).order_by("number").distinct())


class EnquiryPage(FormPage):
    """A form page about one enquiry."""

    thing: Enquiry

    def fetch(self) -> Enquiry:
        """The enquiry."""
        return visible_enquiry(self.user, self.kwargs["pk"])

    def refusal(self) -> str | None:
        """Those who keep the family's details."""
        if self.thing.closed_at is not None:
            return "This enquiry is closed."
        return refusal_to_change(self.user, self.thing.child.case, self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the enquiry."""
        return reverse("strategy:enquiry", args=[self.thing.pk]), "Back to the enquiry"

    def next(self, done: Any) -> str:
        """To the enquiry."""
        return reverse("strategy:enquiry", args=[self.kwargs["pk"]])


class RecordConference(EnquiryPage):
    """The child protection conference was held."""

    title = "Record the child protection conference"
    form_class = ConferenceForm
    button = "Record the conference"
    message = "The conference is recorded."

    def act(self, form: ConferenceForm) -> Enquiry:
        """Record it."""
        held_on = form.cleaned_data["held_on"]
        return services.record_conference(self.thing, held_on=held_on, by=self.user, at=self.now)


class NoConference(EnquiryPage):
    """No conference is required."""

    title = "Record that no conference is required"
    form_class = ReasonForm
    button = "No conference is required"
    steps_say = "This meets the conference’s deadline and closes the enquiry."
    message = "It is recorded that no conference is required. The enquiry is closed."

    def act(self, form: ReasonForm) -> Enquiry:
        """Record it."""
        reason = form.cleaned_data["reason"]
        return services.record_no_conference(self.thing, reason=reason, by=self.user, at=self.now)


class CloseEnquiry(EnquiryPage):
    """The enquiry has ended."""

    title = "Close this enquiry"
    form_class = ReasonForm
    button = "Close the enquiry"
    message = "The enquiry is closed."

    def act(self, form: ReasonForm) -> Enquiry:
        """Close it."""
        reason = form.cleaned_data["reason"]
        return services.close_enquiry(self.thing, reason=reason, by=self.user, at=self.now)
