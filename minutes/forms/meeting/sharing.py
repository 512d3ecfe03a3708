"""What the family is told."""

from typing import Any

from django import forms

from govuk import fields, widgets
from minutes.enums import FamilyIsTold
from minutes.forms.meeting.choices import person_field


class FamilySharingForm(forms.Form):
    """Share, wait or withhold."""

    told = forms.ChoiceField(
        label="Is the family told of this discussion?",
        choices=[
            (FamilyIsTold.SHARE, "Yes, they are told"),
            (FamilyIsTold.DELAY, "Not yet: decide anew"),
            (FamilyIsTold.WITHHOLD, "No, it is withheld"),
        ],
        widget=widgets.Radios(
            hints={
                FamilyIsTold.WITHHOLD: "Telling could harm a police investigation, or put a child at risk of "
                "significant harm"
            },
        ),
        error_messages={"required": "Choose whether the family is told"},
    )
    reason = forms.CharField(
        label="What risk was weighed, and why this is decided",
        max_length=5000,
        widget=widgets.Textarea(rows=3, count=None),
        error_messages={"required": "Say what risk was weighed, and why this is decided"},
    )
    what = forms.CharField(
        label="What may be told, and what may not",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=3, count=None),
        help_text="Needed when the family is told",
    )
    due_at = fields.DateTimeField(
        label="By when is the family told, or is it decided anew?", what="by when", required=False
    )
    mark_optional = False

    def __init__(self, *args: Any, here: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = person_field(here, label="Who sees to it?", required=False)
        self.order_fields(["told", "reason", "what", "owner", "due_at"])

    def clean(self) -> dict[str, Any]:
        """Say what is told; and who tells by when, unless nobody does."""
        said = super().clean() or {}
        told = said.get("told")
        if told == FamilyIsTold.SHARE and not said.get("what") and "what" not in self.errors:
            self.add_error("what", "Say what the family may be told, and what not")
        if told in (FamilyIsTold.SHARE, FamilyIsTold.DELAY):
            for name, sentence in (("owner", "Choose who sees to it"), ("due_at", "Enter by when")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return said
