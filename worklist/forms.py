"""Search on the desk."""

from django import forms

from cases.rules import Sought, sought_in


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
