"""The protection decision, the calls made first, and seeing the child."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from audit.services import record_read
from cases.models import Child
from cases.permissions import refusal_to_change
from deadlines.enums import Duty
from deadlines.models import Deadline
from govuk.views import FormPage
from strategy import events, permissions, services
from strategy.forms.protecting import CallForm, ProtectionForm, SeenForm
from strategy.models import ChildSeen, ProtectionDecision, StrategyRequest, UrgentCall
from strategy.views.pages import RequestPage, police_lines


class DecideProtection(RequestPage):
    """The immediate protection decision, against its clock."""

    title = "Immediate protection decision"
    form_class = ProtectionForm
    template_name = "strategy/protection.html"
    button = "Record the decision"
    message = "The decision is recorded."

    def refusal(self) -> str | None:
        """The manager who decides with the police."""
        return permissions.refusal_to_decide_protection(self.user, self.thing, self.now)

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"decided_at": self.now}

    @property
    def clock(self) -> Deadline | None:
        """The decision's clock, while it runs."""
        if not hasattr(self, "_clock"):
            subject = f"referral:{self.thing.referral_id}"
            running = Deadline.objects.of(subject, Duty.IMMEDIATE_PROTECTION_DECISION).running()
            self._clock: Deadline | None = running.first()
        return self._clock

    def get_form_kwargs(self) -> dict[str, Any]:
        """Past its moment, the reason is asked for."""
        return {"is_late": is_late(self.clock, self.now)}

    def get_context(self) -> dict[str, Any]:
        """Its clock, the lines to call, and what was decided before."""
        made = self.thing.protection_decisions.select_related("by")
        return {"clock": self.clock, "lines": police_lines(self.now), "made": list(made)}

    def act(self, form: ProtectionForm) -> ProtectionDecision:
        """Record it."""
        return services.record_protection_decision(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class LogCall(RequestPage):
    """Write down a call that was made first."""

    title = "Log an urgent call"
    form_class = CallForm
    template_name = "strategy/call.html"
    button = "Save the call"
    message = "The call is logged."

    def refusal(self) -> str | None:
        """Those who ask for discussions."""
        return permissions.refusal_to_request(self.user, self.now)

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"called_at": self.now}

    def get_context(self) -> dict[str, Any]:
        """The lines, and the calls made so far."""
        return {
            "lines": police_lines(self.now),
            "calls": list(self.thing.urgent_calls.select_related("by")),
            "wanted": self.thing,
        }

    def act(self, form: CallForm) -> UrgentCall:
        """Record it."""
        return services.record_urgent_call(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class MakeConference(RequestPage):
    """One press: a call becomes a request for a telephone conference."""

    title = "Ask for a telephone conference"
    button = "Ask for a telephone conference"
    message = "The request asks for a telephone conference now, urgent because of this call."

    def refusal(self) -> str | None:
        """Those who ask for discussions, while the request is still open."""
        if reason := permissions.refusal_to_request(self.user, self.now):
            return reason
        if self.thing.is_open_to_change:
            return None
        return f"This request is “{self.thing.get_status_display().lower()}” now: its format stands."

    def act(self, form: Any) -> StrategyRequest:
        """Ask so."""
        call = get_object_or_404(self.thing.urgent_calls, pk=self.kwargs["call"])
        return services.make_conference(self.thing, call, by=self.user, at=self.now)


def is_late(clock: Deadline | None, now: datetime) -> bool:
    """Whether a running clock is past its moment."""
    return clock is not None and clock.due_at is not None and now > clock.due_at


class SeeChild(FormPage):
    """The child was seen and spoken to, or observed."""

    form_class = SeenForm
    template_name = "strategy/child_seen.html"
    button = "Save"
    message = "It is recorded that the child was seen."
    thing: Child

    def fetch(self) -> Child:
        """The child, if this person may see the case."""
        found: Child | None = (
            Child.objects.visible_to(self.user)
            .select_related("case__team")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    def refusal(self) -> str | None:
        """Those who keep the family's details; an unborn child cannot be seen."""
        if self.thing.is_unborn:
            return "This child is not born yet."
        return refusal_to_change(self.user, self.thing.case, self.now)

    def get_title(self) -> str:
        """Whom it is about."""
        return f"{self.thing} was seen"

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.thing.case.reference]), "Back to the case"

    def get_initial(self) -> dict[str, Any]:
        """Now, by whoever types, unless told otherwise."""
        return {"seen_at": self.now, "seen_by": self.user.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Past its moment, the reason is asked for."""
        running = Deadline.objects.of(f"child:{self.thing.pk}", Duty.CHILD_SEEN).running()
        return {"is_late": is_late(running.first(), self.now)}

    def note_reading(self) -> None:
        """When and how the child was seen stands on the page."""
        record_read(events.SIGHTINGS_READ, self.thing.case, subject=self.thing, by=self.user, at=self.now)

    def get_context(self) -> dict[str, Any]:
        """When the child was seen before."""
        return {"seen": list(self.thing.sightings.select_related("by")), "child": self.thing}

    def act(self, form: SeenForm) -> ChildSeen:
        """Record it."""
        return services.record_child_seen(self.thing, **form.cleaned_data, by=self.user, at=self.now)

    def next(self, done: Any) -> str:
        """To the case."""
        return reverse("worklist:case", args=[self.thing.case.reference])
