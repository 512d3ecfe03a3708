"""What is filled in about the directory of professionals."""

from typing import Any

from django import forms

from accounts.forms import Mailbox
from accounts.models import Agency
from attendees.enums import QuorumRole
from attendees.models import Professional
from govuk import fields, widgets


class DirectoryFilter(forms.Form):
    """Which entries the list shows."""

    words = forms.CharField(
        label="Name, what they do, or email", required=False, max_length=80, widget=widgets.Search()
    )
    agency = forms.ModelChoiceField(
        label="Agency", queryset=Agency.objects.all(), required=False, empty_label="Every agency"
    )
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[("", "In use"), ("duty", "Duty contacts"), ("retired", "No longer in use")],
        widget=widgets.Select(),
    )


class FindForm(forms.Form):
    """Who is looked for, in a form that asks for more than that."""

    _find = forms.CharField(
        label="Look for somebody in the directory",
        help_text="By name, job or agency. Nothing of this page is lost or sent by it",
        required=False,
        max_length=100,
        widget=widgets.Text(width=20),
    )
    mark_optional = False


class ProfessionalForm(forms.Form):
    """Somebody who may be invited."""

    name = forms.CharField(
        label="Name", max_length=120, error_messages={"required": "Enter the professional’s name"}
    )
    agency = forms.ModelChoiceField(label="Agency", queryset=Agency.objects.all(), empty_label="Choose")
    job_role = forms.CharField(
        label="What they do",
        max_length=120,
        help_text="For example: detective sergeant",
        error_messages={"required": "Enter what the professional does, such as detective sergeant"},
    )
    quorum_role = forms.ChoiceField(
        label="Whom do they stand for in the quorum?",
        choices=[("", "Nobody who must take part"), *QuorumRole.choices],
        required=False,
        widget=widgets.Select(),
    )
    phone = fields.TelField(label="Telephone", required=False)
    email = Mailbox(
        label="Email", required=False, max_length=254, help_text="Without one, everything goes by hand"
    )
    is_duty_contact = forms.BooleanField(
        label="Duty contact of the agency", required=False, help_text="Whom to ring when nobody is named"
    )
    is_shared = forms.BooleanField(
        label="Shared mailbox",
        required=False,
        help_text="Several people read it, such as a referral desk: one of them takes over what comes to it",
    )


class CorrectForm(ProfessionalForm):
    """The same of somebody who is there; those with an account are named and reached as it says."""

    def __init__(self, *args: Any, person: Professional, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["agency"]
        if person.user_id is not None:
            for name in ("name", "quorum_role", "phone", "email", "is_shared"):
                del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        """As the service takes it: what the form does not ask stays as it is."""
        told = self.cleaned_data
        asked = {name: told[name] for name in self.fields}
        return {"phone": "", "email": "", **asked}


class MergeForm(forms.Form):
    """Which entry of the same address is kept."""

    keep = forms.ModelChoiceField(
        label="Which entry do you keep?",
        queryset=Professional.objects.none(),
        empty_label=None,
        widget=widgets.Radios(),
        error_messages={"required": "Choose the entry that is kept"},
    )

    def __init__(self, *args: Any, alike: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["keep"]
        field.queryset = alike
        field.label_from_instance = lambda one: (
            f"{one.name}, {one.job_role}, {one.agency}" + (f", {one.phone}" if one.phone else "")
        )
