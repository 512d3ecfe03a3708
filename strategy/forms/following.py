"""What follows: the assessment, an emergency power, a decision that waited, a deadline that is not needed."""

from typing import Any

from django import forms

from govuk import fields, widgets
from strategy.enums import DECIDED_LATER, AssessmentOutcome, Outcome, PowerEnd, PowerKind


class AssessmentForm(forms.Form):
    """What the assessment came to (row C21)."""

    outcome = forms.ChoiceField(
        label="What did the assessment come to?",
        choices=AssessmentOutcome.choices,
        widget=widgets.Radios(),
        error_messages={"required": "Choose what the assessment came to"},
    )
    decision = forms.CharField(
        label="What was decided, and why?",
        max_length=5000,
        widget=widgets.Textarea(rows=5),
        error_messages={"required": "Enter what was decided and why"},
    )
    decided_by = forms.CharField(
        label="Who decided it?",
        help_text="Name and role",
        max_length=120,
        widget=widgets.Text(width=30, attrs={"list": "deciders"}),  # the page offers who may be meant
        error_messages={"required": "Enter who decided it"},
    )
    decided_at = fields.DateTimeField(label="When was it decided?", what="when it was decided")


class AssessmentDateForm(forms.Form):
    """A shorter date for one family's assessment."""

    due_on = fields.DateField(label="By which day should it be finished?", what="the day")
    reason = forms.CharField(
        label="Why this day, and with whom was it agreed?",
        max_length=1000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why this day, and with whom it was agreed"},
    )


class PowerForm(forms.Form):
    """An emergency power (rows C20, C26)."""

    kind = forms.ChoiceField(
        label="Which power is it?",
        choices=PowerKind.choices,
        widget=widgets.Radios(
            hints={
                PowerKind.POLICE_PROTECTION: "It ends by law after 72 hours at most",
                PowerKind.EMERGENCY_PROTECTION_ORDER: "At most 8 days; once extended, 15 in all",
            },
            reveals={PowerKind.EMERGENCY_PROTECTION_ORDER: ["expires_at"]},
        ),
        error_messages={"required": "Choose which power it is"},
    )
    expires_at = fields.DateTimeField(
        label="When does the order end?", what="when the order ends", required=False
    )
    started_at = fields.DateTimeField(label="When did it begin?", what="when it began")
    authority = forms.CharField(
        label="Which officer took the child into protection, or which court made the order?",
        max_length=200,
        widget=widgets.Text(),
        error_messages={"required": "Enter the officer, or the court that made the order"},
    )
    told = forms.CharField(
        label="Who was told, and when?",
        help_text="The parents, the child, the council",
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter who was told, and when"},
    )


class ExtendForm(forms.Form):
    """A court has extended an order."""

    expires_at = fields.DateTimeField(label="When does the order end now?", what="when the order ends now")


class EndForm(forms.Form):
    """How and when a power ended."""

    ended_how = forms.ChoiceField(
        label="How did it end?",
        choices=PowerEnd.choices,
        widget=widgets.Radios(
            hints={
                PowerEnd.RAN_OUT: "Its time is up and nothing took its place",
                PowerEnd.MISTAKE: "There was no such power; say what was meant",
            }
        ),
        error_messages={"required": "Choose how it ended"},
    )
    ended_at = fields.DateTimeField(
        label="When did it end?",
        what="when it ended",
        help_text="Leave empty when it ran out or was recorded by mistake",
        required=False,
    )
    ended_note = forms.CharField(
        label="Where is the child now?", max_length=2000, required=False, widget=widgets.Textarea(rows=3)
    )


class LaterForm(forms.Form):
    """What is decided for a child who waited (row G03)."""

    outcome = forms.ChoiceField(
        label="What is decided?",
        choices=[(one.value, one.label) for one in DECIDED_LATER],
        widget=widgets.Radios(
            hints={Outcome.SECTION_17: "An assessment of need, with the family’s agreement"}
        ),
        error_messages={"required": "Choose what is decided"},
    )
    rationale = forms.CharField(
        label="Why?",
        max_length=10000,
        widget=widgets.Textarea(rows=5, count=None),
        error_messages={"required": "Enter why this is decided"},
    )
    decided_at = fields.DateTimeField(label="When was it decided?", what="when it was decided")
    legal_reason = forms.CharField(
        label="Legal advice",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=2, count=None),
        help_text="Needed while an emergency power is in force",
    )


class NotNeededForm(forms.Form):
    """Why what a deadline asks for is not needed."""

    reason = forms.CharField(
        max_length=1000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": "Enter why this is not needed"},
    )

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = question
