"""What came in and nobody asks to discuss: a HIGH screening, and the manager's answer."""

from typing import Any

from django import forms

from govuk import fields, widgets
from strategy.forms.requests import SAYS_NOTHING, TELLS_REFERRER, ask_for_referrer
from strategy.people import NOBODY, Referrer

NEEDED_FOR_NO = {"rationale": "Enter why no discussion is needed", "for_referrer": SAYS_NOTHING}


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
        reveals={"no": ["rationale", "for_referrer"]},
        hints={"yes": "You begin the request now"},
        error_messages={"required": "Choose whether a strategy discussion is needed"},
    )
    rationale = forms.CharField(
        label="Why is no discussion needed?",
        help_text="Those who may see the case read this, with your name",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=6),
    )
    for_referrer = forms.CharField(
        label=TELLS_REFERRER, max_length=2000, required=False, widget=widgets.Textarea(rows=4)
    )

    def __init__(
        self, *args: Any, may_ask: bool, may_refuse: bool, referrer: Referrer | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        ask_for_referrer(self, referrer)
        field = self.fields["needed"]
        assert isinstance(field, forms.ChoiceField)
        ends = f"The deadline ends. {referrer.told if referrer else NOBODY}"
        field.widget.hints = {**field.widget.hints, "no": ends}
        open_to = {"yes": may_ask, "no": may_refuse}
        field.choices = [one for one in (("yes", "Yes"), ("no", "No")) if open_to[one[0]]]
        if not may_refuse:
            field.help_text = "That none is needed is for a manager to decide"

    def clean(self) -> dict[str, Any]:
        """No needs its reason, and what whoever referred is told."""
        told = super().clean() or {}
        if told.get("needed") is False:
            for name, sentence in NEEDED_FOR_NO.items():
                if name in self.fields and not told.get(name, "").strip():
                    self.add_error(name, sentence)
        return told
