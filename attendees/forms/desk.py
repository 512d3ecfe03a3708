"""Finding one request among an agency's many."""

from django import forms

from govuk import widgets


class DeskFilter(forms.Form):
    """Which tab, and a reference or a colleague's name."""

    mark_optional = False
    tab = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    words = forms.CharField(
        label="Reference or colleague",
        required=False,
        max_length=60,
        widget=widgets.Search(width=20),
    )

    @property
    def wanted(self) -> tuple[str, str]:
        """The tab and the words; what is not understood counts as nothing."""
        if not self.is_valid():
            return "", ""
        tab = self.cleaned_data["tab"]
        return (tab if tab in ("answered", "over") else ""), self.cleaned_data["words"].strip()
