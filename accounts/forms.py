"""What an administrator fills in about people, agencies and teams, and who acts for whom."""

from typing import Any

from django import forms

from accounts.enums import AgencyKind, TeamKind
from accounts.models import Agency, Team, User
from accounts.roles import ROLES, Permission
from accounts.rules import read_domains
from govuk import fields, widgets
from outbox.rules import BadAddressError, normalise_address

MANAGING = [name for name, role in ROLES.items() if Permission.AUTHORISE_REQUEST in role.permissions]


class Mailbox(forms.CharField):
    """One address, checked as letters will be: one only, nothing that opens a second header, not retired."""

    widget = widgets.Email

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return normalise_address(text) if text else ""
        except BadAddressError as fault:
            raise forms.ValidationError(str(fault)) from None


class TeamsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """Teams, each with its agency."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.agency}"


class PeopleFilter(forms.Form):
    """Which people the list shows."""

    words = forms.CharField(label="Name or email", required=False, max_length=80, widget=widgets.Search())
    role = forms.ChoiceField(label="Role", required=False, widget=widgets.Select())
    team = forms.ModelChoiceField(
        label="Team", queryset=Team.objects.select_related("agency"), required=False, empty_label="Every team"
    )
    active = forms.ChoiceField(
        label="Account",
        required=False,
        choices=[("", "Open"), ("closed", "Closed"), ("all", "Open and closed")],
        widget=widgets.Select(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [("", "Every role"), *[(role.name, role.title) for role in ROLES.values()]]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """Who somebody is, how they are reached, and what they may do."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the person’s name"}
    )
    email = Mailbox(
        label="Email",
        max_length=254,
        help_text="They sign in with it, and letters go there",
        error_messages={"required": "Enter the person’s email address"},
    )
    phone = fields.TelField(label="Direct number", required=False)
    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.all(), empty_label="Choose", widget=widgets.Select()
    )
    roles = forms.MultipleChoiceField(
        label="What may they do?",
        choices=[(role.name, role.title) for role in ROLES.values()],
        widget=widgets.Checkboxes(hints={role.name: role.sentence for role in ROLES.values()}),
        error_messages={"required": "Choose at least one role"},
    )
    teams = TeamsField(
        label="Teams",
        queryset=Team.objects.select_related("agency"),
        required=False,
        widget=widgets.Checkboxes(small=True),
        help_text="Whoever is in a team sees the team’s cases",
    )


class AgencyForm(forms.Form):
    """A body that takes part."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the agency’s name"}
    )
    kind = forms.ChoiceField(
        label="What kind of agency?", choices=AgencyKind.choices, widget=widgets.Select()
    )
    mailbox = Mailbox(
        label="Mailbox",
        required=False,
        max_length=254,
        help_text="Where requests to the agency itself go, such as to the police unit",
    )
    phone = fields.TelField(label="Telephone", required=False)
    secure_domains = forms.CharField(
        label="Secure domains",
        required=False,
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        help_text="One a line, like example.gov.uk. Only to these are minutes attached; everybody else "
        "gets a link with a one-time code",
    )
    is_authority = fields.YesNo(label="Is this the authority itself?", initial=False)

    def clean_secure_domains(self) -> str:
        """Each is a whole domain that still exists."""
        typed: str = self.cleaned_data["secure_domains"]
        if problem := read_domains(typed)[1]:
            raise forms.ValidationError(problem)
        return typed


class TeamForm(forms.Form):
    """A team of an agency."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter the team’s name"})
    kind = forms.ChoiceField(label="What is the team for?", choices=TeamKind.choices, widget=widgets.Radios())
    area = forms.CharField(
        label="Area",
        max_length=60,
        required=False,
        help_text="Empty if it works for all. Area business support circulates for teams of its own area",
    )
    manager = forms.ModelChoiceField(
        label="Manager", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )
    mailbox = Mailbox(
        label="Mailbox", required=False, max_length=254, help_text="Replies to the team’s letters arrive here"
    )
    phone = fields.TelField(label="Telephone", required=False)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.filter(agency=agency, is_active=True, roles__overlap=MANAGING)
        self.fields["manager"].queryset = able  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """Who is away, who acts for them, from when until when."""

    absent = forms.ModelChoiceField(
        label="Who is away?", queryset=User.objects.none(), empty_label="Choose", widget=widgets.Select()
    )
    deputy = forms.ModelChoiceField(
        label="Who acts for them?",
        queryset=User.objects.none(),
        empty_label="Choose",
        widget=widgets.Select(),
        help_text="They may do what the other may do; it is recorded under their own name",
    )
    starts_at = fields.DateTimeField(
        label="From", what="the start", help_text="For example, 21 12 2026 at 9am"
    )
    ends_at = fields.DateTimeField(
        label="Until", what="the end", help_text="It ends by itself. Six months at most"
    )
    reason = forms.CharField(
        label="Why?",
        max_length=300,
        help_text="For instance: annual leave. No detail of somebody’s health",
        error_messages={"required": "Say why, for instance “annual leave”"},
    )

    def __init__(self, *args: Any, absent: Any, deputies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].queryset = absent  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = deputies  # type: ignore[attr-defined]
        for name, sentence in (("absent", "Choose who is away"), ("deputy", "Choose who acts for them")):
            self.fields[name].error_messages["required"] = sentence
