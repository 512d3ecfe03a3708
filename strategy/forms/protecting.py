"""What is done for the child at once."""

from typing import Any

from django import forms

from govuk import fields, widgets
from strategy.enums import SeenAlone, SeenHow


class LateForm(forms.Form):
    """Asks why, when the moment has passed: whoever meets a deadline late is asked at once."""

    late_reason = forms.CharField(
        label="The deadline has passed. Why is this late?",
        max_length=1000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )
    late_accepted_by = forms.CharField(
        label="Which manager accepted that?", max_length=120, required=False, widget=widgets.Text(width=30)
    )

    def __init__(self, *args: Any, is_late: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("late_reason", "late_accepted_by"):
            field = self.fields.pop(name)
            if is_late:  # last on the page
                self.fields[name] = field


class ProtectionForm(LateForm):
    """The immediate protection decision (row W32)."""

    decision = forms.CharField(
        label="What was decided to protect the child now?",
        help_text="What happens, who does it, and where the child sleeps tonight",
        max_length=5000,
        widget=widgets.Textarea(rows=6),
        error_messages={"required": "Enter what was decided"},
    )
    police_contact = forms.CharField(
        label="Who in the police was this decided with?",
        help_text="Name, rank, unit and number",
        max_length=200,
        widget=widgets.Text(),
        error_messages={"required": "Enter who in the police this was decided with"},
    )
    decided_at = fields.DateTimeField(label="When was it decided?", what="when it was decided")


class CallForm(forms.Form):
    """A call that was made before any form (rows W08, W09)."""

    callee = forms.CharField(
        label="Whom did you call?",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter whom you called"},
    )
    number = forms.CharField(
        label="On which number?", max_length=40, required=False, widget=widgets.Tel(width=20)
    )
    called_at = fields.DateTimeField(label="When did you call?", what="when you called")
    result = forms.CharField(
        label="What was agreed?",
        max_length=5000,
        widget=widgets.Textarea(rows=5),
        error_messages={"required": "Enter what was agreed"},
    )


class SeenForm(LateForm):
    """The child was seen (row W33)."""

    how = forms.ChoiceField(
        label="How was the child seen?",
        choices=SeenHow.choices,
        widget=widgets.Radios(),
        error_messages={"required": "Choose how the child was seen"},
    )
    alone = forms.ChoiceField(
        label="Was the child seen alone?",
        choices=SeenAlone.choices,
        widget=widgets.Radios(inline=True),
        error_messages={"required": "Choose whether the child was seen alone"},
    )
    seen_at = fields.DateTimeField(label="When was the child seen?", what="when the child was seen")
    seen_by = forms.CharField(
        label="Who saw the child?",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter who saw the child"},
    )
    place = forms.CharField(label="Where?", max_length=120, required=False, widget=widgets.Text(width=30))
    what = forms.CharField(
        label="What did the child say, or what was observed?",
        help_text="In the child’s own words",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=6),
    )
