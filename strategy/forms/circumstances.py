"""The circumstances of a referral: what is ticked, and what must be known about each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from govuk import fields, widgets
from protocols.rules.settings import Protocol
from referrals.enums import CircumstanceKind, Forensic, ScreeningRating
from referrals.models import Circumstance
from referrals.rules import CircumstanceFacts, problems_with_circumstance

Kind = CircumstanceKind
NONE = "none"
EXPLOITATION = (Kind.CHILD_SEXUAL_EXPLOITATION, Kind.EXPLOITATION_RATED_HIGH)
OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.PENETRATIVE_SEXUAL_ABUSE: ("forensic_needed", "forensic_reason"),
    Kind.IN_HOSPITAL: ("hospital", "planned_discharge_at", "left_hospital_at"),
    Kind.OTHER: ("consulted", "advice", "earlier_limit_at"),
}
SCREENING = ("screened_on", "screened_by", "screening_rating")
LEARNING = ("learned_at", "learned_by", "action_at")


class DetailsForm(forms.Form):
    """What must be known of circumstances wherever they are told, by day or at night."""

    forensic_needed = forms.ChoiceField(
        label="Is forensic evidence needed?",
        choices=Forensic.choices,
        required=False,
        widget=widgets.Radios(small=True, inline=True),
    )
    forensic_reason = forms.CharField(
        label="If not, who decided and why?", max_length=300, required=False, widget=widgets.Text()
    )
    action_at = fields.DateTimeField(
        label="When was the action taken?", what="when the action was taken", required=False
    )
    hospital = forms.CharField(
        label="Which hospital and ward?", max_length=120, required=False, widget=widgets.Text(width=30)
    )
    planned_discharge_at = fields.DateTimeField(
        label="When is the child planned to leave?",
        what="when the child is to leave",
        help_text="Leave empty while it is not known",
        required=False,
    )
    consulted = forms.CharField(
        label="Which manager did you consult?", max_length=200, required=False, widget=widgets.Text(width=30)
    )
    advice = forms.CharField(
        label="What was advised?", max_length=2000, required=False, widget=widgets.Textarea(rows=3)
    )
    earlier_limit_at = fields.DateTimeField(
        label="Did they set an earlier moment?", what="the earlier moment", required=False
    )
    screened_on = fields.DateField(
        label="When was the exploitation screening tool completed?",
        what="when the tool was completed",
        required=False,
    )
    screened_by = forms.CharField(
        label="By whom?", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    screening_rating = forms.ChoiceField(
        label="What did it say?",
        choices=ScreeningRating.choices,
        required=False,
        widget=widgets.Radios(small=True, inline=True),
    )


class CircumstancesForm(DetailsForm):
    """Tick what applies; the deadline follows at once."""

    field_order = ("kinds",)
    kinds = forms.MultipleChoiceField(
        label="Which of these apply?",
        choices=[*CircumstanceKind.choices, (NONE, "None of these")],
        error_messages={"required": "Choose what applies, or “None of these”"},
        widget=widgets.Checkboxes(
            exclusive=NONE,
            divider_before=NONE,
            hints={
                Kind.IMMEDIATE_RISK: "Call the police before you fill in anything else",
                Kind.SERIOUS_INJURY_OR_NEGLECT: "The discussion is held on the same day",
                Kind.EMERGENCY_ACTION: "Police protection, an emergency protection order, or a rescue",
            },
            reveals={
                Kind.PENETRATIVE_SEXUAL_ABUSE: ["forensic_needed", "forensic_reason"],
                Kind.EMERGENCY_ACTION: ["action_at"],
                Kind.IN_HOSPITAL: ["hospital", "planned_discharge_at", "left_hospital_at"],
                Kind.OTHER: ["consulted", "advice", "earlier_limit_at"],
            },
        ),
    )
    left_hospital_at = fields.DateTimeField(
        label="When did the child leave, if gone already?", what="when the child left", required=False
    )
    learned_at = fields.DateTimeField(
        label="When did you learn what you newly tick?",
        what="when you learnt it",
        help_text="Leave empty for what was known from the start",
        required=False,
    )
    learned_by = forms.CharField(
        label="Who learnt it, and how?", max_length=200, required=False, widget=widgets.Text(width=30)
    )
    reason = forms.CharField(
        label="Reason, if this moves the deadline later",
        help_text="Only a manager may move it later",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )

    def __init__(
        self,
        *args: Any,
        protocol: Protocol,
        stored: list[Circumstance],
        triggered_at: datetime,
        was_submitted: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stored = {one.kind: one for one in stored}
        self.triggered_at = triggered_at
        if not protocol.screening_required.value and not set(EXPLOITATION) & set(self.stored):
            for name in SCREENING:
                del self.fields[name]
        if not was_submitted:
            del self.fields["reason"]
        self.fieldsets = [
            ("", ["kinds"]),
            ("Exploitation screening", list(SCREENING)),
            ("Learnt later", ["learned_at", "learned_by", "reason"]),
        ]

    def clean(self) -> dict[str, Any]:
        """Judge each circumstance by the rules that the service uses too."""
        cleaned = super().clean() or {}
        if NONE in cleaned.get("kinds", []) and len(cleaned["kinds"]) > 1:
            self.add_error("kinds", "Choose what applies, or “None of these”, but not both")
        if not self.errors:
            for told in self.told():
                problems = problems_with_circumstance(told, self.triggered_at, timezone.now())
                for name, sentence in problems.items():
                    self.add_error(self._field_of(name, told.kind), sentence)
        return cleaned

    def told(self) -> list[CircumstanceFacts]:
        """What was typed, as the service takes it."""
        return [self._one(kind) for kind in self.cleaned_data.get("kinds", []) if kind != NONE]

    def worth_keeping(self) -> list[CircumstanceFacts]:
        """What can be kept while the rest is still being typed: what is not whole stays as it is recorded."""
        kept = []
        for kind in self._ticked():
            told, now = self._one(kind), timezone.now()
            is_wrong = any(name in self.errors for name in names_of(kind))
            if not is_wrong and not problems_with_circumstance(told, self.triggered_at, now):
                kept.append(told)
            elif kind in self.stored:
                kept.append(facts_of(self.stored[kind]))
        return kept

    def _ticked(self) -> list[str]:
        return [kind for kind in (self["kinds"].data or []) if kind in CircumstanceKind.values]

    def _one(self, kind: str) -> CircumstanceFacts:
        return CircumstanceFacts(kind=kind, **details_of(kind, self.cleaned_data), **self._learning(kind))

    def _learning(self, kind: str) -> dict[str, Any]:
        """What is stored keeps when it was learnt; what is newly ticked takes what was typed."""
        typed, known = self.cleaned_data, self.stored.get(kind)
        if kind == Kind.EMERGENCY_ACTION and typed.get("action_at"):
            return {
                "learned_at": typed["action_at"],
                "learned_by": known.learned_by if known else "The action taken",
            }
        if known is not None:
            return {"learned_at": known.learned_at, "learned_by": known.learned_by}
        if typed.get("learned_at"):
            return {"learned_at": typed["learned_at"], "learned_by": typed.get("learned_by", "")}
        return {}

    def _field_of(self, name: str, kind: str) -> str | None:
        wanted = "action_at" if kind == Kind.EMERGENCY_ACTION and name == "learned_at" else name
        return wanted if wanted in self.fields else None


def names_of(kind: str) -> tuple[str, ...]:
    """The fields that belong to a circumstance."""
    return (*OF_KIND.get(kind, ()), *(SCREENING if kind in EXPLOITATION else ()), *LEARNING)


def details_of(kind: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed of what must be known about a circumstance."""
    names = OF_KIND.get(kind, ()) + (SCREENING if kind in EXPLOITATION else ())
    return {name: typed[name] for name in names if name in typed}


def facts_of(one: Circumstance) -> CircumstanceFacts:
    """What is recorded of a circumstance, as a service takes it."""
    names = CircumstanceFacts.__dataclass_fields__
    return CircumstanceFacts(**{name: getattr(one, name) for name in names})


def initial_of(stored: list[Circumstance], *, is_finished: bool = False) -> dict[str, Any]:
    """What the form shows of circumstances that are recorded; none was answered when it is finished so."""
    nothing = [NONE] if is_finished and not stored else []
    initial: dict[str, Any] = {"kinds": [one.kind for one in stored] or nothing}
    for one in stored:
        names = OF_KIND.get(one.kind, ()) + (SCREENING if one.kind in EXPLOITATION else ())
        initial |= {name: getattr(one, name) for name in names}
        if one.kind == Kind.EMERGENCY_ACTION:
            initial["action_at"] = one.learned_at
    return initial
