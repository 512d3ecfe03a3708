"""What to look for, and who takes over what somebody holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.models import User
from cases.rules import Sought, sought_in
from govuk import widgets
from worklist.enums import Kind


class SearchForm(forms.Form):
    """A name, a date of birth, a number, a postcode. Posted: names never reach an address."""

    words = forms.CharField(
        label="Child, family or case",
        help_text="Name, date of birth, number, postcode or telephone. Spelling need not be right",
        min_length=2,
        max_length=300,
    )

    @property
    def sought(self) -> Sought:
        """What was typed, taken apart."""
        return sought_in(self.cleaned_data["words"])


class Takers(forms.Form):
    """Who takes over each kind of thing that somebody holds; only what is held is asked."""

    def __init__(self, *args: Any, able: Mapping[Kind, Sequence[User]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {}
        for kind, people in able.items():
            field: Any = forms.ModelChoiceField(
                label=f"Who takes over {kind.label}?",
                queryset=User.objects.filter(pk__in=[one.pk for one in people]),
                widget=widgets.Select(),
                error_messages={"required": f"Choose who takes over {kind.label}"},
            )
            told = [(one.pk, f"{one.name}, {one.role_titles.lower()}") for one in people]
            field.choices = [("", "Choose"), *told]
            asked[str(kind)] = field
        self.fields = {**asked, **self.fields}

    @property
    def takers(self) -> dict[Kind, User]:
        """As the service takes them."""
        return {kind: self.cleaned_data[kind] for kind in Kind if self.cleaned_data.get(kind)}


class HandOverForm(Takers):
    """Hand over everything, with a note."""

    note = forms.CharField(
        label="Note for whoever takes over",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        help_text="It stands in each case, for those who may see it",
        error_messages={"required": "Write a note for whoever takes over"},
    )


class CloseForm(Takers):
    """Close an account, handing over what is held in the same step."""

    why = forms.CharField(
        label="Why is the account closed?",
        max_length=300,
        help_text="For instance: left on 30 November",
        error_messages={"required": "Say why the account is closed"},
    )
    note = forms.CharField(
        label="Note for whoever takes over",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=3),
        help_text="It stands in each case, for those who may see it",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.fields) == 2:  # nothing is held, so nobody takes over
            del self.fields["note"]
        else:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = "Write a note for whoever takes over"
