"""What came in: the search, the family and the referral itself."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import TeamKind
from accounts.forms import Mailbox
from accounts.models import Agency, Team, User
from deadlines.rules.wording import names_a_moment
from govuk import fields, widgets
from referrals.enums import ReferralSource, Trigger
from referrals.rules import FromWhom, ReferralFacts, problems_with_referral

REFERRAL_FIELDS = tuple(name for name in ReferralFacts.__dataclass_fields__ if name != "referrer_agency_id")
FROM_WHOM_FIELDS = tuple(name for name in FromWhom.__dataclass_fields__ if name != "referrer_agency_id")
WHO_REFERRED = [
    "source", "referrer_name", "referrer_role", "referrer_agency", "referrer_phone", "referrer_email",
]  # fmt: skip


def ask_for_trigger(form: forms.Form, meaning: str) -> None:
    """Ask for the moment from which the procedure counts, in its own words (X2, row G02)."""
    field = form.fields["triggered_at"]
    if names_a_moment(meaning):
        field.label = f"When was {meaning}?"
    field.help_text = f"The deadline counts from {meaning}. For example, 24 12 2026 at 4:30pm"


class FromWhomForm(forms.Form):
    """What was said, who referred, and how they are reached."""

    narrative = forms.CharField(
        label="What happened?",
        help_text="In the referrer’s and the child’s own words where you can",
        max_length=10000,
        widget=widgets.Textarea(rows=8),
        error_messages={"required": "Enter what happened"},
    )
    source = forms.ChoiceField(
        label="Who referred?",
        choices=[("", "Choose"), *ReferralSource.choices],
        widget=widgets.Select(),
        error_messages={"required": "Choose who referred, or “unknown”"},
    )
    referrer_name = forms.CharField(
        label="Referrer’s name", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    referrer_role = forms.CharField(
        label="Referrer’s job", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    referrer_agency = forms.ModelChoiceField(
        label="Referrer’s agency",
        queryset=Agency.objects.all(),
        required=False,
        empty_label="None, or not listed",
        widget=widgets.Select(),
    )
    referrer_phone = forms.CharField(
        label="Referrer’s telephone", max_length=40, required=False, widget=widgets.Tel(width=20)
    )
    referrer_email = Mailbox(label="Referrer’s e-mail address", required=False)

    def told(self, *names: str) -> dict[str, Any]:
        """What was typed of these, as the services take it."""
        typed = self.cleaned_data
        agency = typed.get("referrer_agency")
        return {"referrer_agency_id": agency.pk if agency else None} | {
            name: typed[name] for name in names if name in typed
        }


class CorrectForm(FromWhomForm):
    """Correct who referred and what they said."""

    reason = forms.CharField(
        label="Why is this corrected?",
        help_text="What is replaced is kept in the ledger, and shown below",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why this is corrected"},
    )
    fieldsets = [
        ("What was said", ["narrative"]),
        ("Who referred", WHO_REFERRED),
        ("The correction", ["reason"]),
    ]

    @property
    def facts(self) -> FromWhom:
        """What was typed, as the service takes it."""
        return FromWhom(**self.told(*FROM_WHOM_FIELDS))


class ReferralForm(FromWhomForm):
    """What came in, from whom, and when."""

    trigger = forms.ChoiceField(
        label="What came in?",
        choices=Trigger.choices,
        initial=Trigger.REFERRAL,
        widget=widgets.Radios(small=True),
    )
    triggered_at = fields.DateTimeField(
        label="When did it come in, or happen?",
        what="when it came in",
    )
    received_at = fields.DateTimeField(
        label="When was the referral received, if later?", what="when it was received", required=False
    )
    field_order = ("trigger", "triggered_at", "received_at")

    fieldsets = [
        ("What came in", ["trigger", "triggered_at", "received_at", "narrative"]),
        ("Who referred", WHO_REFERRED),
    ]

    def __init__(self, *args: Any, meaning: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_trigger(self, meaning)

    def clean(self) -> dict[str, Any]:
        """Judge the moments by the rules that the service uses too."""
        cleaned = super().clean() or {}
        if not self.errors:
            for name, sentence in problems_with_referral(self.facts, timezone.now()).items():
                self.add_error(name, sentence)
        return cleaned

    @property
    def facts(self) -> ReferralFacts:
        """What was typed, as the service takes it."""
        return ReferralFacts(**self.told(*REFERRAL_FIELDS))


class NewFamilyForm(ReferralForm):
    """A referral about a family that has no case yet."""

    team = forms.ModelChoiceField(
        label="Which team takes the case?",
        queryset=Team.objects.filter(kind__in=[TeamKind.SOCIAL_WORK, TeamKind.EMERGENCY_DUTY]),
        widget=widgets.Select(),
        empty_label=None,
    )
    known_before = forms.BooleanField(
        label="Children’s social care is already working with this family", required=False
    )
    worker_safety = forms.CharField(
        label="What must a visiting worker know to be safe?",
        help_text="For example, a dog, a weapon, or somebody who has been violent",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )

    another_because = forms.CharField(
        label="Why is this another child, or another family?",
        help_text="Only when somebody like this is recorded already. For example, the parents differ",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )

    fieldsets = [
        *ReferralForm.fieldsets,
        ("The case", ["team", "known_before", "worker_safety", "another_because"]),
    ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = user.teams.filter(kind__in=[TeamKind.SOCIAL_WORK, TeamKind.EMERGENCY_DUTY]).first()
        self.fields["team"].initial = own.pk if own else None


class TimesForm(forms.Form):
    """Correct when it happened or came in."""

    triggered_at = fields.DateTimeField(label="When did it come in, or happen?", what="when it came in")
    received_at = fields.DateTimeField(
        label="When was it received?", what="when it was received", required=False
    )
    reason = forms.CharField(
        label="Why is the time changed?",
        help_text="A time that moves a deadline later needs a manager",
        max_length=300,
        widget=widgets.Textarea(rows=3),
    )

    def __init__(self, *args: Any, meaning: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_trigger(self, meaning)
