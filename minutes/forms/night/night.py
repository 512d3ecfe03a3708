"""All that one page of the night asks, beside the rows: what came in, why, and protection."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import TeamKind
from accounts.models import Team
from govuk import fields, widgets
from minutes.forms.night.held import DecidedForm, HeldForm
from minutes.services.night import Call, Protection
from referrals.enums import CircumstanceKind
from referrals.rules import CircumstanceFacts, problems_with_circumstance
from strategy.forms.adults import FamilyForm
from strategy.forms.circumstances import SCREENING, DetailsForm, details_of
from strategy.forms.family import ChildForm, ReportedChildForm
from strategy.forms.protecting import CallForm
from strategy.forms.referrals import ReferralForm
from strategy.forms.requests import ParentsForm

Kind = CircumstanceKind
YES, NO = "yes", "no"
NOT_AT_NIGHT = ("received_at", "trigger")


class NightForm(HeldForm, ReferralForm, ParentsForm, DetailsForm):
    """What came in, from whom and when; why harm is suspected; what was done to protect; the conference."""

    threshold_reason = forms.CharField(
        label="Why do you suspect significant harm?",
        max_length=5000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why you suspect significant harm"},
    )
    kinds = forms.MultipleChoiceField(
        label="Which of these apply?",
        choices=Kind.choices,
        required=False,
        widget=widgets.Checkboxes(
            small=True,
            reveals={
                Kind.PENETRATIVE_SEXUAL_ABUSE: ["forensic_needed", "forensic_reason"],
                Kind.EMERGENCY_ACTION: ["action_at"],
                Kind.IN_HOSPITAL: ["hospital", "planned_discharge_at"],
                Kind.OTHER: ["consulted", "advice", "earlier_limit_at"],
            },
        ),
    )
    was_held = forms.ChoiceField(
        label="Has the discussion been held?",
        choices=[(YES, "Yes, it has been held"), (NO, "No, it is still to come")],
        widget=widgets.Radios(
            hints={NO: "It is asked for now, and booked when a manager has authorised it"},
            reveals={YES: [*HeldForm.TALK, *HeldForm.END]},
        ),
        error_messages={"required": "Choose whether the discussion has been held"},
    )
    decision = forms.CharField(
        label="What was decided to protect the children now?",
        help_text="Needed where the same day counts. What happens, who does it, where they sleep tonight",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )
    police_contact = forms.CharField(
        label="With whom in the police?", max_length=200, required=False, widget=widgets.Text(width=30)
    )
    decided_at = fields.DateTimeField(
        label="When was that decided?", what="when it was decided", required=False
    )

    another_because = forms.CharField(
        label="Why is this another child, or another family?",
        help_text="Only when somebody like this is recorded already. For example, the parents differ",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )

    REFERRED = (
        "triggered_at", "narrative", "source", "referrer_name", "referrer_role", "referrer_agency",
        "referrer_phone", "referrer_email",
    )  # fmt: skip
    WHY = ("threshold_reason", "parents_informed", "kinds", *SCREENING)
    OF_KINDS = (
        "forensic_needed", "forensic_reason", "action_at", "hospital", "planned_discharge_at", "consulted",
        "advice", "earlier_limit_at", *SCREENING,
    )  # fmt: skip
    DECIDED = ("decision", "police_contact", "decided_at")
    DAY = ("team", "another_because")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fieldsets: Any = []
        self._leave_out(*NOT_AT_NIGHT)
        parts = (self.REFERRED, self.WHY, self.DECIDED, self.WORD, (*self.ASKED, "was_held"), self.DAY)
        self.order_fields([name for part in parts for name in part])  # as the page shows them
        self.fields["screened_on"].label = "If exploitation: when was the screening tool completed?"
        self.fields["format"].label = "How was it held, or is it to be held?"
        self.fields["urgent_reason"].label = "By telephone: why can it not wait for a meeting?"
        if not self.is_held:
            for name in (*self.TALK, *self.WORD):
                if name in self.fields:
                    self.fields[name].required = False

    @property
    def is_held(self) -> bool:
        """Whether it has been held, as far as was said."""
        return not is_to_come(self.data)

    def clean(self) -> dict[str, Any]:
        """Judge each part by the rules that the services use too."""
        cleaned = super().clean() or {}
        self._judge_protection(cleaned)
        if not self.is_held:
            self._judge_word(cleaned)
        if not {"kinds", *self.OF_KINDS} & set(self.errors):
            now = timezone.now()
            came_in_at = cleaned.get("triggered_at") or now
            for told in self.circumstances:
                for name, sentence in problems_with_circumstance(told, came_in_at, now).items():
                    self.add_error("action_at" if name == "learned_at" else name, sentence)
        return cleaned

    def of_referral(self) -> Iterator[forms.BoundField]:
        """What came in and from whom."""
        return self._some(*self.REFERRED)

    def of_reason(self) -> Iterator[forms.BoundField]:
        """Why harm is suspected, and the circumstances (what they reveal is printed with them)."""
        return self._some(*self.WHY)

    def of_protection(self) -> Iterator[forms.BoundField]:
        """The immediate protection decision."""
        return self._some(*self.DECIDED)

    def of_case(self) -> Iterator[forms.BoundField]:
        """Which team it goes to, for a family that has no case yet, and why a child is another one."""
        return self._some(*self.DAY)

    @property
    def circumstances(self) -> list[CircumstanceFacts]:
        """What was ticked, as the service takes it."""
        return [self._circumstance(kind) for kind in self.cleaned_data.get("kinds", [])]

    @property
    def protection(self) -> Protection | None:
        """The decision, where one was made."""
        said = self.cleaned_data
        return Protection(**{name: said[name] for name in self.DECIDED}) if said["decision"] else None

    @property
    def what_happened(self) -> dict[str, Any]:
        """Why harm is suspected, as the service takes it."""
        names = ("threshold_reason", "parents_informed", "parents_reason")
        return {name: self.cleaned_data[name] for name in names}

    def of_asked(self) -> Iterator[forms.BoundField]:
        """How it is held; whether it has been says the rest."""
        return self._some(*self.ASKED, "was_held")

    def _judge_word(self, cleaned: dict[str, Any]) -> None:
        if not any(cleaned.get(name) for name in self.WORD):
            return
        for name in self.WORD:
            if name in self.fields and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(self.fields[name].error_messages["required"]))

    def _circumstance(self, kind: str) -> CircumstanceFacts:
        told = details_of(kind, self.cleaned_data)
        taken_at = self.cleaned_data.get("action_at")
        if kind == Kind.EMERGENCY_ACTION and taken_at:
            told = {"learned_at": taken_at, "learned_by": "The action taken"}
        return CircumstanceFacts(kind=kind, **told)

    def _judge_protection(self, cleaned: dict[str, Any]) -> None:
        if not any(cleaned.get(name) for name in self.DECIDED):
            return
        for name, sentence in (
            ("decision", "Enter what was decided to protect the children now"),
            ("police_contact", "Enter who in the police this was decided with"),
            ("decided_at", "Enter when it was decided, day and time"),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)


class NewFamilyNightForm(NightForm):
    """The same about a family that has no case yet: which team of the day takes it."""

    team = forms.ModelChoiceField(
        label="Which team of the day takes it?",
        queryset=Team.objects.filter(kind=TeamKind.SOCIAL_WORK),
        widget=widgets.Select(),
        empty_label="Choose",
        error_messages={"required": "Choose which team of the day takes it"},
    )


class NightChildForm(DecidedForm, ReportedChildForm):
    """A child of a new family, with what one must know at night, and what was decided."""

    ASKED = ("given_names", "family_name", "birth", "date_of_birth", "expected_date", "sex", "address",
             "address_confidential", "abuse_types")  # fmt: skip

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = (*self.ASKED, *self.DECIDED, *self.asked(kwargs.get("needed", ())))
        for name in set(self.fields) - set(wanted):
            del self.fields[name]
        self.order_fields(wanted)


class OtherChildForm(ChildForm):
    """A child of the family or household whom it is not about: what one must know at night."""

    ASKED = ("given_names", "family_name", "birth", "date_of_birth", "expected_date", "sex", "school")

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.ASKED):
            del self.fields[name]
        self.order_fields(self.ASKED)


class RelativeForm(FamilyForm):
    """Somebody of the family or household; what is optional need not say so in a row."""

    mark_optional = False


def is_to_come(data: Mapping[str, Any]) -> bool:
    """Whether the discussion is still to come. Until it is said, the page hides what one tells of it."""
    return data.get("was_held") != YES


def calls_of(rows: list[dict[str, Any]]) -> list[Call]:
    """The calls that were made, as the service takes them."""
    return [Call(**typed) for typed in rows]


__all__ = [
    "CallForm",
    "NewFamilyNightForm",
    "NightChildForm",
    "NightForm",
    "OtherChildForm",
    "RelativeForm",
    "calls_of",
    "is_to_come",
]
