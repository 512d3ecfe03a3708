"""What came in and nobody asks to discuss: a HIGH screening, and the manager's answer."""

from typing import Any

from django import forms

from govuk import fields, widgets


class HighRatingForm(forms.Form):
    """An exploitation screening that was rated HIGH (rows H11, H12)."""

    screened_on = fields.DateField(
        label="When was the screening tool completed?", what="when the tool was completed"
    )
    screened_by = forms.CharField(
        label="By whom?",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter who completed the screening tool"},
    )
    came_in_at = fields.DateTimeField(
        label="When did you learn that it is rated HIGH?", what="when you learnt it"
    )
    narrative = forms.CharField(
        label="What does the screening say?",
        max_length=10000,
        widget=widgets.Textarea(rows=6),
        error_messages={"required": "Enter what the screening says"},
    )


class AnswerForm(forms.Form):
    """Is a discussion needed? Only a manager may say no, with the reason."""

    needed = fields.YesNo(
        label="Is a strategy discussion needed?",
        reveals={"no": ["rationale"]},
        hints={"yes": "You begin the request now", "no": "The deadline ends. The referrer is told"},
        error_messages={"required": "Choose whether a strategy discussion is needed"},
    )
    rationale = forms.CharField(
        label="Why is no discussion needed?",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=6),
    )

    def __init__(self, *args: Any, may_ask: bool, may_refuse: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["needed"]
        assert isinstance(field, forms.ChoiceField)
        open_to = {"yes": may_ask, "no": may_refuse}
        field.choices = [one for one in (("yes", "Yes"), ("no", "No")) if open_to[one[0]]]
        if not may_refuse:
            field.help_text = "That none is needed is for a manager to decide"

    def clean(self) -> dict[str, Any]:
        """No needs its reason."""
        told = super().clean() or {}
        if told.get("needed") is False and not told.get("rationale", "").strip():
            self.add_error("rationale", "Enter why no discussion is needed")
        return told
