"""The assessment, emergency powers, a decision that waited, and a deadline that a manager sets aside."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse

from audit.services import record_read
from cases.models import Case, Child
from cases.permissions import refusal_to_change
from deadlines.enums import ClockState
from deadlines.models import Deadline
from govuk.views import FormPage, safe_next
from referrals.models import Referral
from strategy import events, permissions, services
from strategy.forms.following import (
    AssessmentDateForm,
    AssessmentForm,
    EndForm,
    ExtendForm,
    LaterForm,
    NotNeededForm,
    PowerForm,
)
from strategy.models import AssessmentDecision, Decision, EmergencyPower, LaterDecision
from strategy.people import may_decide_no_conference
from strategy.rules.powers import PowerFacts


class CasePage(FormPage):
    """A form page about something of a case that this person may see."""

    found_in: ClassVar[Any] = None  # the model it is about
    joined: tuple[str, ...] = ("case",)
    reads: str = ""

    def fetch(self) -> Any:
        """The thing; else 404."""
        rows = self.found_in.objects.visible_to(self.user).select_related(*self.joined)
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def case(self) -> Case:
        """Its case."""
        found: Case = self.thing.case
        return found

    def note_reading(self) -> None:
        """What the page shows of the family is read."""
        if self.reads:
            record_read(self.reads, self.case, subject=self.thing, by=self.user, at=self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the case."""
        return reverse("worklist:case", args=[self.case.reference]), "Back to the case"

    def next(self, done: Any) -> str:
        """To the case."""
        return self.get_back()[0]


class AssessmentPage(CasePage):
    """A page about a referral's assessment, while it is not decided."""

    found_in = Referral
    thing: Referral

    def refusal(self) -> str | None:
        """Those who keep the family's details, while the assessment goes on."""
        self.clock = services.assessment_clock(self.thing)
        if self.clock is None:
            return "No referral was received here, so no assessment is counted from it."
        if self.clock.state == ClockState.VOID:
            return f"A manager decided that no assessment is needed: {self.clock.void_reason}"
        made = AssessmentDecision.objects.filter(referral=self.thing).first()
        if made is not None:
            return f"The assessment is decided: {made.get_outcome_display().lower()}, by {made.decided_by}."
        return refusal_to_change(self.user, self.case, self.now)

    def get_context(self) -> dict[str, Any]:
        """Whose it is, its clock, and the dates agreed."""
        agreed = self.thing.assessment_dates.select_related("by")
        return {
            "children": list(self.case.children.all()),
            "clock": self.clock,
            "agreed": list(agreed),
            "referral": self.thing,
        }


class RecordAssessment(AssessmentPage):
    """What the assessment came to."""

    title = "Assessment decision"
    form_class = AssessmentForm
    template_name = "strategy/assessment.html"
    button = "Record the decision"
    message = "The assessment decision is recorded."
    reads = events.REFERRAL_READ

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise; by whoever writes, if a manager."""
        if permissions.refusal_to_decide_no_conference(self.user, self.now) is not None:
            return {"decided_at": self.now}
        return {
            "decided_at": self.now,
            "decided_by": f"{self.user.name}, {self.user.role_titles.lower()}"[:120],
        }

    def get_context(self) -> dict[str, Any]:
        """Whom its field offers: the managers, the team's first; anybody else is typed."""
        return super().get_context() | {"deciders": may_decide_no_conference(self.case.team_id)}

    def act(self, form: AssessmentForm) -> AssessmentDecision:
        """Record it."""
        return services.record_assessment(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class AgreeDate(AssessmentPage):
    """A shorter date for the assessment."""

    title = "Agree a shorter date for the assessment"
    form_class = AssessmentDateForm
    template_name = "strategy/assessment.html"
    button = "Agree this date"
    message = "The date is agreed, and the deadline follows it."
    reads = events.REFERRAL_READ

    def act(self, form: AssessmentDateForm) -> Any:
        """Record it."""
        return services.agree_assessment_date(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class NotNeeded(CasePage):
    """A manager sets a deadline aside, with the reason."""

    found_in = Deadline
    form_class = NotNeededForm
    template_name = "strategy/not_needed.html"
    button = "This is not needed"
    danger = True
    steps_say = "This ends the deadline. The reason stays on the case for everybody who may see it."
    message = "The deadline is ended, with your reason."
    thing: Deadline

    def refusal(self) -> str | None:
        """A manager, while it runs, and only what may be set aside at all."""
        if self.thing.duty not in services.MAY_BE_VOIDED:
            return "This deadline cannot be set aside."
        if self.thing.state != ClockState.RUNNING:
            return f"This deadline is “{self.thing.get_state_display().lower()}” already."
        return permissions.refusal_to_void(self.user, self.now)

    def get_title(self) -> str:
        """What is set aside."""
        return f"Not needed: {self.thing.duty_title[0].lower()}{self.thing.duty_title[1:]}"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The question of its duty."""
        return {"question": services.MAY_BE_VOIDED[self.thing.duty]}

    def get_context(self) -> dict[str, Any]:
        """The clock."""
        return {"clock": self.thing}

    def act(self, form: NotNeededForm) -> Deadline:
        """Set it aside."""
        return services.decide_clock_not_needed(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class RecordPower(CasePage):
    """A child is in police protection, or an order was made."""

    found_in = Child
    joined = ("case__team", "case__allocated_worker")
    form_class = PowerForm
    template_name = "strategy/power.html"
    button = "Record the power"
    message = "It is recorded, and its end is watched."
    reads = events.POWERS_READ
    thing: Child

    def refusal(self) -> str | None:
        """Those who keep the family's details, or run the discussion that is being held."""
        if self.thing.is_unborn:
            return "This child is not born yet."
        return permissions.refusal_to_record_power(self.user, self.case, self.now)

    def get_back(self) -> tuple[str, str]:
        """Back to the case, or to the decision in the meeting room from which somebody came."""
        case, words = super().get_back()
        address = safe_next(self.request, case)
        return address, words if address == case else "Back to the decision"

    def get_title(self) -> str:
        """Whom it is about."""
        return f"Emergency power for {self.thing}"

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"started_at": self.now}

    def get_context(self) -> dict[str, Any]:
        """The child's powers so far."""
        ends = refusal_to_change(self.user, self.case, self.now) is None
        return {"powers": list(self.thing.powers.select_related("by", "ended_by")), "may_end": ends}

    def act(self, form: PowerForm) -> EmergencyPower:
        """Record it."""
        return services.record_power(self.thing, PowerFacts(**form.cleaned_data), by=self.user, at=self.now)


class PowerPage(CasePage):
    """A page about one power, while it has not ended."""

    found_in = EmergencyPower
    joined = ("child__case__team", "child__case__allocated_worker", "by", "ended_by")
    template_name = "strategy/power.html"
    reads = events.POWERS_READ
    thing: EmergencyPower

    @property
    def case(self) -> Case:
        """The child's."""
        found: Case = self.thing.child.case
        return found

    def refusal(self) -> str | None:
        """Those who keep the family's details, until its end is recorded."""
        if self.thing.ended_at is not None:
            how = self.thing.get_ended_how_display()
            return f"Its end is recorded already, by {self.thing.ended_by}: {how[0].lower()}{how[1:]}."
        return refusal_to_change(self.user, self.case, self.now)

    def get_context(self) -> dict[str, Any]:
        """The power itself."""
        return {"powers": [self.thing], "power": self.thing}


class EndPower(PowerPage):
    """How a power ended."""

    form_class = EndForm
    button = "Record how it ended"
    message = "The end is recorded."

    def get_title(self) -> str:
        """What ended, for whom."""
        return f"End of {self.thing.get_kind_display().lower()} for {self.thing.child}"

    def act(self, form: EndForm) -> EmergencyPower:
        """Record it."""
        return services.end_power(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class ExtendPower(PowerPage):
    """A court has extended an order."""

    form_class = ExtendForm
    button = "Record the extension"
    message = "The extension is recorded, and the new end is watched."

    def get_title(self) -> str:
        """What is extended, for whom."""
        return f"Extension of the order for {self.thing.child}"

    def act(self, form: ExtendForm) -> EmergencyPower:
        """Record it."""
        return services.extend_power(self.thing, **form.cleaned_data, by=self.user, at=self.now)


class DecideLater(CasePage):
    """A decision for a child for whom the discussion deferred it."""

    found_in = Decision
    joined = ("discussion__case", "discussion__request__referral", "child")
    form_class = LaterForm
    template_name = "strategy/decide_later.html"
    button = "Record the decision"
    message = "The decision is recorded."
    reads = events.DECISION_READ
    thing: Decision

    @property
    def case(self) -> Case:
        """The discussion's."""
        found: Case = self.thing.discussion.case
        return found

    def refusal(self) -> str | None:
        """Whoever chaired, or a manager, while the child waits."""
        said = LaterDecision.objects.filter(decision=self.thing).first()
        if said is not None:
            return f"It is decided: {said.get_outcome_display().lower()}."
        if self.thing.outcome != "deferred":
            return "No decision for this child was deferred."
        return permissions.refusal_to_decide_later(self.user, self.thing, self.now)

    def get_title(self) -> str:
        """Whom it is about."""
        return f"Decision for {self.thing.child}"

    def get_initial(self) -> dict[str, Any]:
        """Now, unless told otherwise."""
        return {"decided_at": self.now}

    def get_context(self) -> dict[str, Any]:
        """What the discussion said."""
        return {"decision": self.thing}

    def act(self, form: LaterForm) -> LaterDecision:
        """Record it."""
        return services.decide_later(self.thing, **form.cleaned_data, by=self.user, at=self.now)
