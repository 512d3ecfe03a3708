"""Whom the requester wants in the discussion: picked from the directory, or typed in."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.forms import Mailbox
from accounts.models import Agency
from attendees.enums import AgreedWay, QuorumRole
from attendees.models import Professional
from attendees.services.wanted import Chosen
from govuk import widgets
from strategy.rules.asking import Problem


def agreed_way() -> forms.ChoiceField:
    """How somebody agreed to be reached, where the requester asked."""
    return forms.ChoiceField(
        label="How did they agree to be reached?",
        choices=[("", "Not asked"), *AgreedWay.choices],
        required=False,
        widget=widgets.Select(),
    )


class PickedForm(forms.Form):
    """Somebody in the directory."""

    professional = forms.ModelChoiceField(
        label="Who?",
        queryset=Professional.objects.filter(is_active=True).select_related("agency"),
        empty_label="Choose from the directory",
        widget=widgets.Select(),
        error_messages={"required": "Choose somebody from the directory, or remove this row"},
    )
    agreed_way = agreed_way()
    not_invited_reason = forms.CharField(
        label="Known to the family but not to be invited? Say why",
        max_length=300,
        required=False,
        widget=widgets.Text(),
    )

    def __init__(self, *args: Any, people: Sequence[Professional] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["professional"]
        field.choices = [("", field.empty_label), *[(one.pk, str(one)) for one in people]]

    @property
    def chosen(self) -> Chosen:
        """What was typed, as the service takes it."""
        return Chosen(**self.cleaned_data)


class TypedForm(forms.Form):
    """Somebody who is not in the directory yet."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the professional’s name"},
    )
    job_role = forms.CharField(
        label="Job",
        max_length=120,
        widget=widgets.Text(width=20),
        help_text="For example, detective sergeant or health visitor",
        error_messages={"required": "Enter what the professional does"},
    )
    agency = forms.ModelChoiceField(
        label="Agency",
        queryset=Agency.objects.all(),
        empty_label="Choose",
        widget=widgets.Select(),
        error_messages={"required": "Choose the professional’s agency"},
    )
    phone = forms.CharField(
        label="Direct number", max_length=40, required=False, widget=widgets.Tel(width=20)
    )
    email = Mailbox(
        label="E-mail address",
        required=False,
        help_text="Leave empty if they have none: their letters are then delivered by hand",
    )
    quorum_role = forms.ChoiceField(
        label="Do they stand for one of these?",
        choices=[("", "None of them"), *QuorumRole.choices],
        required=False,
        widget=widgets.Select(),
    )
    agreed_way = agreed_way()

    @property
    def chosen(self) -> Chosen:
        """What was typed, as the service takes it."""
        return Chosen(**self.cleaned_data)


class AuthoriseForm(forms.Form):
    """What the manager adds."""

    note = forms.CharField(
        label="Is there anything that the chair or business support should know?",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )


class NotApplicableForm(forms.Form):
    """One box for each thing that the procedure asks for and that may not apply."""

    def __init__(self, *args: Any, asked: Mapping[str, Problem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, problem in asked.items():
            source = f" ({problem.source})" if problem.source else ""
            self.fields[key] = forms.CharField(
                label="Not applicable, because",
                help_text=f"{problem.sentence}{source}",
                max_length=300,
                required=False,
                widget=widgets.Textarea(rows=2),
            )
        self.mark_optional = False


def cleaned_chosen(rows: list[dict[str, Any]]) -> list[Chosen]:
    """Everybody named in some rows."""
    return [Chosen(**typed) for typed in rows]
