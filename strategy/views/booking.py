"""What business support does besides booking: the police's answer, the requester's call (rows W19, W21)."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from deadlines.working_days import local_date
from govuk.views import FormPage
from strategy import permissions
from strategy.forms.booking import OfficerForm, PoliceReferenceForm, ReceiptCallForm
from strategy.models import PoliceForward, StrategyRequest
from strategy.services import officers, police


class SupportPage(FormPage):
    """A page of business support about one request."""

    thing: StrategyRequest

    def fetch(self) -> StrategyRequest:
        return get_object_or_404(
            StrategyRequest.objects.visible_to(self.user).select_related("case__team", "requester"),
            pk=self.kwargs["pk"],
        )

    def refusal(self) -> str | None:
        return permissions.refusal_to_support(self.user, self.thing.case, self.now)

    def get_back(self) -> tuple[str, str] | None:
        return reverse("attendees:book", args=[self.thing.pk]), "Back to booking"

    def next(self, done: Any) -> str:
        return reverse("attendees:book", args=[self.thing.pk])


class PoliceReference(SupportPage):
    """Write down what the police answered."""

    title = "What the police answered"
    form_class = PoliceReferenceForm
    button = "Save"
    message = "The police reference is saved."

    def forward(self) -> PoliceForward:
        """The letter that they answered; of this request only."""
        found: PoliceForward | None = self.thing.police_forwards.filter(pk=self.kwargs["forward_pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        known = self.forward()
        return {"reference": known.police_reference, "officer": known.named_officer}

    def act(self, form: PoliceReferenceForm) -> PoliceForward:
        return police.record_police_reference(self.forward(), **form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        return reverse("attendees:forward", args=[self.thing.pk])


class ReceiptCallPage(SupportPage):
    """Log the call by which the requester confirms, and says when they can come."""

    title = "The requester’s confirming call"
    form_class = ReceiptCallForm
    button = "Save the call"
    message = "The call is recorded."

    def get_initial(self) -> dict[str, Any]:
        return {"caller": self.thing.requester.name, "at": self.now, "availability": self.thing.availability}

    def act(self, form: ReceiptCallForm) -> Any:
        typed = form.cleaned_data
        return police.record_receipt_call(
            self.thing,
            caller=typed["caller"],
            availability=typed["availability"],
            by=self.user,
            at=typed["at"],
        )


class Officer(FormPage):
    """Name the officer of the day."""

    title = "Name the officer of the day"
    form_class = OfficerForm
    button = "Save"
    message = "The officer of the day is named."

    def refusal(self) -> str | None:
        return permissions.refusal_to_nominate(self.user, self.now)

    def get_initial(self) -> dict[str, Any]:
        return {"first": local_date(self.now)}

    def get_back(self) -> tuple[str, str] | None:
        return reverse("worklist:queue"), "Back to the queue"

    def next(self, done: Any) -> str:
        return reverse("worklist:queue")

    def act(self, form: OfficerForm) -> Any:
        return officers.nominate_officer(
            form.cleaned_data["officer"],
            first=form.cleaned_data["first"],
            last=form.cleaned_data["last"],
            by=self.user,
            at=self.now,
        )
