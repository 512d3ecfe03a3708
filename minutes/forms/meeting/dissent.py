"""A differing view."""

from typing import Any

from django import forms

from attendees.models import Attendance
from cases.models import Child
from govuk import widgets
from minutes.enums import Settled
from minutes.forms.meeting.choices import child_field


class DissentForm(forms.Form):
    """Who thinks what, about whom, and how it was resolved, or was not."""

    view = forms.CharField(
        label="What they think, and why", max_length=5000, widget=widgets.Textarea(rows=3, count=None)
    )
    settled = forms.ChoiceField(
        label="Was it resolved?",
        choices=Settled.choices,
        initial=Settled.OPEN,
        widget=widgets.Radios(
            hints={Settled.OPEN: "It stands in the minutes as their view, and can be escalated"},
        ),
    )
    resolution = forms.CharField(
        label="How it was resolved, or why it was withdrawn",
        required=False,
        help_text="Leave empty if it was not resolved",
        max_length=5000,
        widget=widgets.Textarea(rows=2, count=None),
    )

    def __init__(self, *args: Any, people: list[Attendance], children: list[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who: Any = forms.ModelChoiceField(
            Attendance.objects.filter(pk__in=[one.pk for one in people]),
            label="Whose view is it?",
            widget=widgets.Select(),
            error_messages={"required": "Choose whose view it is"},
        )
        told = [(one.pk, f"{one.name}, {one.job_role}, {one.agency_name}") for one in people]
        who.choices = [("", "Choose"), *told]
        self.fields["attendance"] = who
        self.fields["child"] = child_field(children, label="About", empty="All the children", required=False)
        self.order_fields(["attendance", "child", "view", "settled", "resolution"])

    def clean(self) -> dict[str, Any]:
        """What is settled says how."""
        said = super().clean() or {}
        if said.get("settled") not in (None, "", Settled.OPEN) and not said.get("resolution"):
            self.add_error("resolution", "Say how it was resolved, or why it was withdrawn")
        if said.get("settled") == Settled.OPEN and said.get("resolution"):
            self.add_error("settled", "You say how it was resolved: choose that it was, or take that out")
        return said
