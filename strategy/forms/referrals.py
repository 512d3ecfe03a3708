"""What came in: the search, the family and the referral itself."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import TeamKind
from accounts.models import Agency, Team, User
from cases.enums import ChildStatus, Sex
from cases.rules import ChildFacts, FamilyFacts, problems_with_child, problems_with_family
from deadlines.rules.wording import names_a_moment
from govuk import fields, widgets
from referrals.enums import AbuseType, ReferralSource, Trigger
from referrals.rules import ReferralFacts, problems_with_referral

BORN, UNBORN = "born", "unborn"
CHILD_FIELDS = tuple(name for name in ChildFacts.__dataclass_fields__)
FAMILY_FIELDS = tuple(name for name in FamilyFacts.__dataclass_fields__)
REFERRAL_FIELDS = tuple(name for name in ReferralFacts.__dataclass_fields__ if name != "referrer_agency_id")


class SearchForm(forms.Form):
    """Is the child known already?"""

    given_names = forms.CharField(
        label="Child’s given names", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    family_name = forms.CharField(
        label="Child’s family name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the child’s family name"},
    )
    date_of_birth = fields.DateField(
        label="Date of birth", what="the date of birth", required=False, help_text="For example, 27 3 2017"
    )


class ChildForm(forms.Form):
    """One child."""

    given_names = forms.CharField(
        label="Given names", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    family_name = forms.CharField(
        label="Family name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the child’s family name, or “not known”"},
    )
    also_known_as = forms.CharField(
        label="Also known as", max_length=120, required=False, widget=widgets.Text(width=20)
    )
    birth = forms.ChoiceField(
        label="Is the child born?",
        choices=[(BORN, "Yes"), (UNBORN, "Not yet")],
        initial=BORN,
        widget=widgets.Radios(small=True, reveals={BORN: ["date_of_birth"], UNBORN: ["expected_date"]}),
    )
    date_of_birth = fields.DateField(
        label="Date of birth", what="the date of birth", required=False, help_text="For example, 27 3 2017"
    )
    expected_date = fields.DateField(
        label="When is the baby expected?", what="the expected date", required=False
    )
    sex = forms.ChoiceField(
        label="Sex", choices=Sex.choices, initial=Sex.UNKNOWN, widget=widgets.Radios(inline=True, small=True)
    )
    status = forms.ChoiceField(
        label="What is the child to children’s social care?",
        choices=ChildStatus.choices,
        initial=ChildStatus.NOT_KNOWN,
        widget=widgets.Select(),
    )
    school = forms.CharField(
        label="School, nursery or college", max_length=120, required=False, widget=widgets.Text(width=30)
    )
    address = forms.CharField(
        label="Address", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    address_confidential = forms.BooleanField(
        label="Keep this address confidential",
        help_text="It is then left out of every sheet, letter and minute",
        required=False,
    )
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    language = forms.CharField(label="Language", max_length=60, required=False, widget=widgets.Text(width=20))
    disability = forms.CharField(
        label="Disability or communication needs", max_length=200, required=False, widget=widgets.Text()
    )

    def clean(self) -> dict[str, Any]:
        """Judge the child by the rules that the service uses too."""
        cleaned = super().clean() or {}
        if not self.errors:
            for name, sentence in problems_with_child(self.facts, timezone.localdate()).items():
                self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    @property
    def facts(self) -> ChildFacts:
        """What was typed, as the service takes it."""
        return child_facts(self.cleaned_data)


class ReportedChildForm(ChildForm):
    """One child of a referral, with the harm feared."""

    field_order = [
        "given_names",
        "family_name",
        "birth",
        "date_of_birth",
        "expected_date",
        "sex",
        "abuse_types",
    ]

    abuse_types = forms.MultipleChoiceField(
        label="What harm is feared for this child?",
        choices=AbuseType.choices,
        required=False,
        widget=widgets.Checkboxes(small=True),
    )


class FamilyForm(forms.Form):
    """Somebody of the family or household."""

    name = forms.CharField(label="Name", max_length=120, widget=widgets.Text(width=20))
    relationship = forms.CharField(
        label="Who is this to the children?",
        help_text="For example, mother, stepfather or lodger",
        max_length=80,
        widget=widgets.Text(width=20),
    )
    date_of_birth = fields.DateField(label="Date of birth", what="the date of birth", required=False)
    has_parental_responsibility = forms.BooleanField(label="Has parental responsibility", required=False)
    lives_elsewhere = forms.BooleanField(label="Lives at another address", required=False)
    is_alleged_person = forms.BooleanField(label="May have caused the harm", required=False)
    position_of_trust = forms.CharField(
        label="Works or volunteers with children as",
        max_length=120,
        required=False,
        widget=widgets.Text(width=20),
    )
    phone = forms.CharField(label="Telephone", max_length=40, required=False, widget=widgets.Tel(width=20))

    def clean(self) -> dict[str, Any]:
        """Judge the person by the rules that the service uses too."""
        cleaned = super().clean() or {}
        if not self.errors:
            for name, sentence in problems_with_family(self.facts, timezone.localdate()).items():
                self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    @property
    def facts(self) -> FamilyFacts:
        """What was typed, as the service takes it."""
        return family_facts(self.cleaned_data)


def ask_for_trigger(form: forms.Form, meaning: str) -> None:
    """Ask for the moment from which the procedure counts, in its own words (X2, row G02)."""
    field = form.fields["triggered_at"]
    if names_a_moment(meaning):
        field.label = f"When was {meaning}?"
    field.help_text = f"The deadline counts from {meaning}. For example, 24 12 2026 at 4:30pm"


class ReferralForm(forms.Form):
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
    referrer_email = fields.Address(label="Referrer’s e-mail address", required=False)

    fieldsets = [
        ("What came in", ["trigger", "triggered_at", "received_at", "narrative"]),
        (
            "Who referred",
            [
                "source",
                "referrer_name",
                "referrer_role",
                "referrer_agency",
                "referrer_phone",
                "referrer_email",
            ],
        ),
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
        typed = self.cleaned_data
        agency = typed.get("referrer_agency")
        return ReferralFacts(
            referrer_agency_id=agency.pk if agency else None,
            **{name: typed[name] for name in REFERRAL_FIELDS if name in typed},
        )


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

    fieldsets = [*ReferralForm.fieldsets, ("The case", ["team", "known_before", "worker_safety"])]

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


def child_facts(typed: dict[str, Any]) -> ChildFacts:
    """The child's facts out of what was typed, fields that the form lacks left as they are by default."""
    known = {name: typed[name] for name in CHILD_FIELDS if name in typed}
    # What the answer hides does not count, whatever was typed there before.
    hidden = "date_of_birth" if typed.get("birth") == UNBORN else "expected_date"
    return ChildFacts(**known | {"is_unborn": typed.get("birth") == UNBORN, hidden: None})


def family_facts(typed: dict[str, Any]) -> FamilyFacts:
    """The person's facts out of what was typed."""
    known = {name: typed[name] for name in FAMILY_FIELDS if name in typed}
    return FamilyFacts(in_household=not typed.get("lives_elsewhere"), **known)
