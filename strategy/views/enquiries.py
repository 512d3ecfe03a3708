"""A section 47 enquiry: its conference, later or not required, and how it ends."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.models import ActingFor, User
from audit.services import record_read
from cases.permissions import refusal_to_change
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from govuk.views import FormPage
from strategy import events, permissions, services
from strategy.enums import DiscussionStatus, EnquiryKind, Told
from strategy.forms.enquiries import (
    CloseForm,
    ConferenceForm,
    ConfirmForm,
    DelayForm,
    KindForm,
    NoConferenceForm,
    PoliceLeadForm,
)
from strategy.models import ChildSeen, ConferenceDelay, Discussion, Enquiry, EnquiryKindChange
from strategy.people import may_decide_no_conference
from strategy.views.pages import user_of

MOST_SEEN = 5  # the latest; the page on which it is recorded has all of them


def visible_enquiry(user: User, pk: int) -> Enquiry:
    """The enquiry, if this person may see its case; else 404."""
    joined = Enquiry.objects.select_related("child__case", "discussion", "lead", "closed_by")
    joined = joined.annotate(closed_for=ActingFor.objects.names("closed_by", "closed_at"))
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
        "confirming": services.to_confirm(enquiry),
        "delays": list(enquiry.delays.select_related("by").order_by("-pk")),
        "kinds": list(enquiry.kind_changes.select_related("by")),
        "may_change": refusal_to_change(user_of(request), enquiry.child.case, now) is None,
        "seen": list(ChildSeen.objects.filter(child=enquiry.child).order_by("-at", "-pk")[:MOST_SEEN]),
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
    """A form page about one enquiry: it names the child, since a family has one enquiry for each."""

    template_name = "strategy/enquiry_form.html"
    thing: Enquiry

    def fetch(self) -> Enquiry:
        """The enquiry."""
        return visible_enquiry(self.user, self.kwargs["pk"])

    def refusal(self) -> str | None:
        """Those who keep the family's details."""
        if self.thing.closed_at is not None:
            return "This enquiry is closed."
        return refusal_to_change(self.user, self.thing.child.case, self.now)

    def note_reading(self) -> None:
        """The child's name stands above the form."""
        case = self.thing.child.case
        record_read(events.ENQUIRY_READ, case, subject=self.thing.subject, by=self.user, at=self.now)

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
        return services.record_conference(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class NoConference(EnquiryPage):
    """No conference is required."""

    title = "Record that no conference is required"
    form_class = NoConferenceForm
    button = "No conference is required"
    steps_say = "This meets the conference’s deadline and closes the enquiry."
    message = "It is recorded that no conference is required. The enquiry is closed."

    def get_initial(self) -> dict[str, Any]:
        """Decided now, and by whoever writes, if it is theirs to decide."""
        if permissions.refusal_to_decide_no_conference(self.user, self.now) is not None:
            return {"decided_at": self.now}
        return {"decided_at": self.now, "manager": self.user.pk}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The managers who may decide it, those of the case's team first."""
        return {"managers": may_decide_no_conference(self.thing.child.case.team_id)}

    def act(self, form: NoConferenceForm) -> Enquiry:
        """Record it."""
        told = form.cleaned_data
        ending = services.Ending(*(told.pop(name) for name in ("finding", "outcomes", "closing")))
        return services.record_no_conference(self.thing, **told, ending=ending, by=self.user, at=self.now)


class ConfirmNoConference(EnquiryPage):
    """What was recorded in the manager's name, to confirm, or to say that it is not so."""

    title = "Confirm that no conference is required"
    form_class = ConfirmForm
    template_name = "strategy/confirm_no_conference.html"
    button = "Send your answer"
    message = "Thank you. What you say stands on the record."

    def refusal(self) -> str | None:
        """Whose turn it is, once."""
        clock = services.to_confirm(self.thing)
        if clock is not None and clock.state != ClockState.RUNNING:
            return "This has been answered already."
        return permissions.refusal_to_confirm(self.user, self.thing, clock, self.now)

    def act(self, form: ConfirmForm) -> Enquiry:
        """Confirm or deny."""
        told = form.cleaned_data
        return services.answer_no_conference(
            self.thing, is_so=told["is_so"] == Told.YES, reason=told["reason"], by=self.user, at=self.now
        )


class CloseEnquiry(EnquiryPage):
    """The enquiry has ended."""

    title = "Close this enquiry"
    form_class = CloseForm
    button = "Close the enquiry"
    message = "The enquiry is closed."

    def act(self, form: CloseForm) -> Enquiry:
        """Close it."""
        ending = services.Ending(**form.cleaned_data)
        return services.close_enquiry(self.thing, ending=ending, by=self.user, at=self.now)


class AgreeDelay(EnquiryPage):
    """The conference will be later than its limit."""

    title = "Agree a later conference"
    form_class = DelayForm
    template_name = "strategy/conference_delay.html"
    button = "Record the delay"
    message = "The delay is recorded. The deadline has not moved."

    def refusal(self) -> str | None:
        """While the conference is still to come."""
        if self.thing.conference_on is not None:
            return "The conference has been held."
        return super().refusal()

    def get_initial(self) -> dict[str, Any]:
        """Agreed by whoever writes, if a manager."""
        if permissions.refusal_to_lengthen(self.user, self.now) is not None:
            return {}
        return {"manager": f"{self.user.name}, {self.user.role_titles.lower()}"[:120]}

    def get_context(self) -> dict[str, Any]:
        """By when it must be held, whatever is agreed."""
        return {"clock": Deadline.objects.of(self.thing.subject, Duty.ICPC).first()}

    def act(self, form: DelayForm) -> ConferenceDelay:
        """Record it."""
        return services.agree_delay(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class NamePoliceLead(EnquiryPage):
    """Who leads the enquiry for the police."""

    title = "Who leads for the police?"
    form_class = PoliceLeadForm
    button = "Save"
    message = "It is recorded who leads for the police."

    def refusal(self) -> str | None:
        """Of a joint enquiry only."""
        if self.thing.kind != EnquiryKind.JOINT:
            return "Social care alone leads this enquiry."
        return super().refusal()

    def get_initial(self) -> dict[str, Any]:
        """Whoever is named now."""
        return {"police_lead": self.thing.police_lead}

    def act(self, form: PoliceLeadForm) -> Enquiry:
        """Record it."""
        return services.name_police_lead(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class ChangeKind(EnquiryPage):
    """A single enquiry becomes joint, or a joint one single."""

    form_class = KindForm
    button = "Save the change"
    message = "The change is recorded. What the discussion decided stands as it was."

    def get_title(self) -> str:
        """What it becomes."""
        return (
            "Make this enquiry joint with the police" if self.becomes_joint else "Social care goes on alone"
        )

    @property
    def becomes_joint(self) -> bool:
        """Whether the police join."""
        return self.thing.kind == EnquiryKind.SINGLE

    def get_form_kwargs(self) -> dict[str, Any]:
        """Who leads for the police is asked where they join."""
        return {"becomes_joint": self.becomes_joint}

    def act(self, form: KindForm) -> EnquiryKindChange:
        """Change it."""
        return services.change_kind(self.thing, **form.cleaned_data, by=self.user, at=self.now)
