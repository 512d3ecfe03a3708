"""Forwarding to the police, what they answer, and the requester's call."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import AgencyKind
from accounts.models import Agency, User
from accounts.roles import ROLES, Permission
from govuk import fields, widgets
from strategy.people import SUPPORT

BOOKERS = [name for name, role in ROLES.items() if Permission.BOOK in role.permissions]


class ForwardForm(forms.Form):
    """Which police unit."""

    agency = forms.ModelChoiceField(
        label="Which police unit?",
        queryset=Agency.objects.none(),
        empty_label=None,
        widget=widgets.Radios(),
        error_messages={"required": "Choose a police unit"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Agency.objects.filter(kind=AgencyKind.POLICE)
        self.fields["agency"].queryset = units  # type: ignore[attr-defined]
        self.fields["agency"].label_from_instance = lambda unit: (  # type: ignore[attr-defined]
            f"{unit.name} ({unit.mailbox or 'no mailbox yet'})"
        )
        first = units.first()
        if first is not None and "agency" not in self.initial:
            self.initial["agency"] = first.pk


class PoliceReferenceForm(forms.Form):
    """What the police answered."""

    reference = forms.CharField(
        label="Police reference", max_length=60, required=False, widget=widgets.Text(width=20)
    )
    officer = forms.CharField(
        label="Officer named", max_length=120, required=False, help_text="Name and rank"
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("reference") and not cleaned.get("officer"):
            self.add_error("reference", "Enter the police reference or the officer’s name")
        return cleaned


class ReceiptCallForm(forms.Form):
    """The requester's call: who, when, and when they can come."""

    caller = forms.CharField(
        label="Who telephoned?", max_length=120, error_messages={"required": "Enter who telephoned"}
    )
    at = fields.DateTimeField(
        label="When?", what="when you called", help_text="For example, 24 12 2026 at 4:30pm"
    )
    availability = forms.CharField(
        label="When can they come?",
        required=False,
        max_length=2000,
        widget=widgets.Textarea(rows=4),
        help_text="Their own words; they stand beside the times when you book",
    )

    def clean_at(self) -> datetime:
        """A call is written down after it was made."""
        moment: datetime = self.cleaned_data["at"]
        if moment > timezone.now():
            raise forms.ValidationError("The call must be in the past")
        return moment


class OfficerForm(forms.Form):
    """Who of business support is on, and on which days."""

    officer = forms.ModelChoiceField(
        label="Who is on?",
        queryset=User.objects.none(),
        empty_label="Choose",
        error_messages={"required": "Choose who is on"},
    )
    first = fields.DateField(label="On which day?", what="the day")
    last = fields.DateField(
        label="Until which day?", what="the last day", required=False, help_text="Leave empty for one day"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.filter(is_active=True, teams__kind__in=SUPPORT, roles__overlap=BOOKERS)
        self.fields["officer"].queryset = able.distinct().order_by("name")  # type: ignore[attr-defined]
