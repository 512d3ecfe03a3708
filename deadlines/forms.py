"""The calculator's questions, of which nothing is stored and no name asked for; and why it was late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from deadlines.choosing import protocol_choices
from deadlines.enums import Forensic, Trigger
from deadlines.rules import Facts, Held
from deadlines.rules.facts import COMPLEX, HOSPITAL, SAME_DAY
from deadlines.rules.told import EARLIEST, LATEST
from govuk import fields, widgets

TRIGGERS = [
    (Trigger.REFERRAL.value, "A referral"),
    (Trigger.INCIDENT.value, "An incident of concern about a child known to services"),
    (Trigger.NETWORK_DECISION.value, "A decision that the child in need plan is not meeting needs"),
    (Trigger.NEW_INFORMATION.value, "New information on an open case"),
    (Trigger.DURING_ASSESSMENT.value, "Something found during an assessment"),
    (Trigger.INCREASED_RISK.value, "Increased risk"),
    (Trigger.EMERGENCY_ACTION.value, "Emergency action"),
]
CIRCUMSTANCES = [
    ("immediate_risk", "Serious or immediate risk of harm, or immediate protection needed"),
    ("serious_injury_or_neglect", "Serious physical injury or serious neglect"),
    ("penetrative_sexual_abuse", "Penetrative sexual abuse"),
    ("emergency_action", "Emergency action by police or social care"),
    ("in_hospital", "The child is in hospital"),
    ("organised_or_multiple_abuse", "Organised or multiple abuse"),
    ("fabricated_or_induced_illness", "Fabricated or induced illness"),
    ("position_of_trust", "An allegation against a person in a position of trust"),
    ("child_sexual_exploitation", "Child sexual exploitation"),
    ("cin_plan_not_meeting_needs", "The child in need plan is not meeting needs"),
    ("exploitation_rated_high", "An exploitation screening tool rated high"),
    ("other", "Something else"),
    ("missing_episode", "A missing episode"),
]
LEARNED = "learned_"
CIRCUMSTANCE_LIMITS = (*SAME_DAY, HOSPITAL, *COMPLEX)
FORENSIC = [
    (Forensic.YES.value, "Yes"),
    (Forensic.NO.value, "No"),
    (Forensic.UNKNOWN.value, "Not known"),
]
FORMATS = [
    ("", "Choose a format"),
    ("face_to_face", "Face to face"),
    ("virtual", "Virtual meeting"),
    ("hybrid", "Hybrid meeting"),
    ("telephone", "Telephone"),
    ("telephone_conference", "Telephone conference"),
    ("series_of_calls", "Series of calls"),
]


class Countable(forms.Form):
    """A form of moments from which every limit still ends inside the calendar."""

    def clean(self) -> dict[str, Any]:
        """Refuse moments too far away to count from."""
        told: dict[str, Any] = super().clean() or {}
        for name, value in list(told.items()):
            if isinstance(value, datetime) and not EARLIEST <= value.year <= LATEST:
                self.add_error(name, f"The year must be {LATEST} or earlier")
        return told


class CircumstancesForm(Countable):
    """What happened and when: enough to say by when the discussion must be held."""

    trigger = forms.ChoiceField(label="What started it?", choices=TRIGGERS, widget=widgets.Radios(small=True))
    triggered_at = fields.DateTimeField(label="When did that happen?", what="the date it happened")
    requested_at = fields.DateTimeField(
        label="When was the discussion asked for?",
        what="the date of the request",
        required=False,
        help_text="Leave empty while no request has been submitted",
    )
    circumstances = forms.MultipleChoiceField(
        label="Which of these apply?",
        choices=CIRCUMSTANCES,
        required=False,
        widget=widgets.Checkboxes(
            small=True,
            reveals={
                "penetrative_sexual_abuse": ["forensic_evidence_needed"],
                "in_hospital": ["planned_discharge_at"],
            },
        ),
    )
    forensic_evidence_needed = forms.ChoiceField(
        label="Is forensic evidence needed?",
        choices=FORENSIC,
        initial=Forensic.UNKNOWN.value,
        required=False,
        widget=widgets.Radios(inline=True),
    )
    planned_discharge_at = fields.DateTimeField(
        label="When is the child to be discharged?",
        what="the planned discharge",
        required=False,
        help_text="Leave empty if it is not known",
    )

    def facts(self, held: tuple[Held, ...] = ()) -> Facts:
        """The facts as the rules want them; only when valid."""
        told = self.cleaned_data
        trigger = Trigger(told["trigger"])
        received = told.get("referral_received_at")
        return Facts(
            trigger=trigger,
            triggered_at=told["triggered_at"],
            referral_received_at=told["triggered_at"]
            if trigger == Trigger.REFERRAL and not received
            else received,
            requested_at=told["requested_at"],
            circumstances=frozenset(told["circumstances"]),
            learned_at={
                kind: moment
                for kind in told["circumstances"]
                if (moment := told.get(f"{LEARNED}{kind}")) is not None
            },
            forensic=Forensic(told["forensic_evidence_needed"] or Forensic.UNKNOWN),
            planned_discharge_at=told["planned_discharge_at"],
            discussions=held,
        )


class CalculatorForm(CircumstancesForm):
    """The what-if of a policy lead: one or two protocols, and the facts of a case."""

    protocol = forms.ChoiceField(label="Local procedure", widget=forms.Select)
    other = forms.ChoiceField(label="Compare with", required=False, widget=forms.Select)
    referral_received_at = fields.DateTimeField(
        label="When was the referral received?",
        what="the receipt of the referral",
        required=False,
        help_text="Leave empty if it was a referral that started it, or if there was none",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_when_learned()
        choices = protocol_choices()
        self.fields["protocol"].choices = choices  # type: ignore[attr-defined]
        self.fields["other"].choices = [("", "No other procedure"), *choices]  # type: ignore[attr-defined]

    def _ask_when_learned(self) -> None:
        """Each circumstance with a limit of its own may have become known later than the trigger."""
        widget = self.fields["circumstances"].widget
        reveals = dict(widget.reveals)  # a form's widget shares this with its class
        asked = []
        for kind in CIRCUMSTANCE_LIMITS:
            name = f"{LEARNED}{kind}"
            is_action = kind == "emergency_action"
            self.fields[name] = fields.DateTimeField(
                label="When was the action taken?" if is_action else "When did this become known, if later?",
                what="when the action was taken" if is_action else "when it became known",
                required=False,
            )
            reveals[kind] = [*reveals.get(kind, []), name]
            asked.append(name)
        widget.reveals = reveals
        self.fieldsets = [
            ("Local procedures", ["protocol", "other"]),
            ("What happened", ["trigger", "triggered_at", "referral_received_at", "requested_at"]),
            ("Circumstances", ["circumstances", "forensic_evidence_needed", "planned_discharge_at", *asked]),
        ]


class HeldForm(Countable):
    """A discussion that was held; left empty it counts for nothing."""

    started_at = fields.DateTimeField(label="When did it start?", what="the start", required=False)
    ended_at = fields.DateTimeField(label="When did it end?", what="the end", required=False)
    format = forms.ChoiceField(label="Format", choices=FORMATS, required=False)
    quorate = forms.BooleanField(label="Everyone needed for quorum was there at the start", required=False)
    quorate_at = fields.DateTimeField(
        label="If quorum was complete only later, when?", what="the moment of quorum", required=False
    )
    initiated_s47 = forms.BooleanField(label="Section 47 enquiries were initiated", required=False)

    def clean(self) -> dict[str, Any]:
        """A discussion needs its start and format, and cannot end before it starts."""
        told = super().clean()
        if not any(told.values()) and not self.errors:
            return told
        if not self.errors and not told.get("started_at"):
            self.add_error("started_at", "Enter when the discussion started")
        if not told.get("format"):
            self.add_error("format", "Choose how it was held")
        started, ended = told.get("started_at"), told.get("ended_at")
        if started and ended and ended < started:
            self.add_error("ended_at", "The end must be after the start")
        return told

    def held(self, place: int) -> Held | None:
        """The discussion as the rules want it, or none when nothing was entered."""
        told = self.cleaned_data
        if not told.get("started_at"):
            return None
        at_start = told["started_at"] if told["quorate"] else None
        return Held(
            started_at=told["started_at"],
            ended_at=told["ended_at"],
            format=told["format"],
            quorate_at=told["quorate_at"] or at_start,
            initiated_s47=told["initiated_s47"],
            place=place,
        )


class LateForm(forms.Form):
    """Why a deadline was met late, and who accepted that."""

    late_reason = forms.CharField(
        label="Why was this late?",
        max_length=1000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": "Enter why this was late"},
    )
    late_accepted_by = forms.CharField(
        label="Which manager accepted that?",
        help_text="Name and role",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter which manager accepted that this was late"},
    )


class ClosureDayForm(forms.Form):
    """A day on which the authority's offices are closed."""

    day = fields.DateField(label="Which day?", what="the day", help_text="For example, 29 12 2026")
    name = forms.CharField(
        label="Why are the offices closed?",
        max_length=120,
        help_text="For example: between Christmas and New Year",
        error_messages={"required": "Say why the offices are closed"},
    )
