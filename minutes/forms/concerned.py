"""A child who joins a request, or is taken off it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.models import Child
from govuk import widgets
from referrals.enums import AbuseType, CircumstanceKind

SAME, DIFFERS = "yes", "no"
# What a tick alone tells; what needs more is told under “Something new is known”.
URGENT = (CircumstanceKind.IMMEDIATE_RISK, CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)


class AddChildForm(forms.Form):
    """Which child, how the child is concerned, and what is the same as for the others."""

    child = forms.ModelChoiceField(
        label="Which child is concerned too?",
        queryset=Child.objects.none(),
        empty_label=None,
        widget=widgets.Radios(),
        error_messages={"required": "Choose which child is concerned too"},
    )
    reason = forms.CharField(
        label="How did it turn out that the child is concerned?",
        help_text="It stands on the request, with your name and the time",
        max_length=500,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter how the child is concerned"},
    )
    same_harm = forms.ChoiceField(
        label="Is the same harm feared as for the others?",
        choices=[(SAME, "Yes"), (DIFFERS, "No, it differs")],
        initial=SAME,
        widget=widgets.Radios(small=True, reveals={DIFFERS: ["harm"]}),
        error_messages={"required": "Choose whether the same harm is feared"},
    )
    harm = forms.MultipleChoiceField(
        label="What harm is feared for this child?",
        choices=AbuseType.choices,
        required=False,
        widget=widgets.Checkboxes(small=True),
    )
    kinds = forms.MultipleChoiceField(
        label="Does one of these apply since this child is known to be concerned?",
        help_text="The deadline follows at once. Anything else goes under “Something new is known”",
        choices=[(one.value, one.label) for one in URGENT],
        required=False,
        widget=widgets.Checkboxes(small=True),
    )

    def __init__(
        self, *args: Any, children: Sequence[Child], known: Sequence[str], may_tell: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        child: Any = self.fields["child"]
        child.queryset = Child.objects.filter(pk__in=[one.pk for one in children])
        child.choices = [(one.pk, str(one)) for one in children]
        left = [(one.value, one.label) for one in URGENT if one not in known]
        self.fields["kinds"].choices = left  # type: ignore[attr-defined]
        if not (may_tell and left):
            del self.fields["kinds"]

    def clean(self) -> dict[str, Any]:
        """Where it differs it is said how."""
        cleaned = super().clean() or {}
        if cleaned.get("same_harm") == DIFFERS and not cleaned.get("harm") and "harm" not in self.errors:
            self.add_error("harm", "Choose what harm is feared for this child")
        return cleaned


class TakeOffForm(forms.Form):
    """Why a child is taken off."""

    reason = forms.CharField(
        label="Why is the child not concerned?",
        help_text="It stands on the request, with your name and the time",
        max_length=500,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why the child is not concerned"},
    )
