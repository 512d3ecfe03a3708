"""One telephone call of the discussion: who rang whom, when, what was said and agreed."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from django import forms

from attendees.enums import CallOutcome
from attendees.models import Professional
from govuk import fields, widgets
from minutes.forms.meeting.choices import person_field
from minutes.forms.meeting.people import NewcomerForm

OUTCOMES = [(one.value, one.label) for one in CallOutcome if one != CallOutcome.GOING_ON]


class CallForm(NewcomerForm):
    """A call that has ended or is ended here; whom, from those expected or typed anew."""

    people = forms.ModelMultipleChoiceField(
        Professional.objects.none(),
        label="Whom did you ring?",
        required=False,
        widget=widgets.Checkboxes(small=True),
        help_text="Choose everybody who was on this call",
    )
    phone = forms.CharField(label="Number rung", required=False, max_length=40, widget=widgets.Tel())
    began_at = fields.DateTimeField(label="When did the call begin?", what="when the call began")
    ended_at = fields.DateTimeField(label="When did it end?", what="when the call ended")
    outcome = forms.ChoiceField(
        label="Were they reached?", choices=OUTCOMES, widget=widgets.Radios(inline=True)
    )
    said = forms.CharField(
        label="What was said", required=False, max_length=20_000, widget=widgets.Textarea(rows=5)
    )
    agreed = forms.CharField(
        label="What was agreed", required=False, max_length=20_000, widget=widgets.Textarea(rows=3)
    )
    fieldsets = [
        ("Who", ["caller", "people", "somebody_else"]),
        ("If they are not in the list", ["name", "agency", "job_role", "quorum_role"]),
        ("The call", ["phone", "began_at", "ended_at", "outcome", "said", "agreed"]),
    ]

    def __init__(
        self, *args: Any, expected: Iterable[Professional], going_on: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if going_on:  # one is on the telephone: what is said comes first, who it is has been told
            self.fieldsets = [*CallForm.fieldsets[2:], *CallForm.fieldsets[:2]]
        listed = sorted(expected, key=lambda one: one.name)
        known = [one.pk for one in listed]
        people: Any = self.fields["people"]
        people.queryset = Professional.objects.filter(pk__in=known).select_related("agency")
        people.choices = [(one.pk, str(one)) for one in listed]
        self.fields["caller"] = person_field(known, label="Who made the call?")
        somebody: Any = deepcopy(self.fields["caller"])  # the directory is read once
        somebody.label, somebody.required = "Somebody else from the directory", False
        self.fields["somebody_else"] = somebody

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("people") and not said.get("somebody_else") and not said.get("name"):
            self.add_error("people", "Choose whom you rang, or enter their name, agency and job below")
        return said


class StrikeCallForm(forms.Form):
    """Why a call is struck."""

    reason = forms.CharField(
        label="Why is this call struck?",
        max_length=300,
        help_text="It stays in the list, crossed out, with this reason",
    )
