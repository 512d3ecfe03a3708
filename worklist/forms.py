"""The one thing to type on pages that only read."""

from django import forms


class SearchForm(forms.Form):
    """Part of a child's name, or the whole reference of a case."""

    words = forms.CharField(label="Child’s name or case reference", min_length=2, max_length=80)
