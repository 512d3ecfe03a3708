"""Making two records one: which other, what is kept of each, and who may see it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cases.models import Access, Child
from govuk import widgets

KEEP, OTHER = "keep", "other"


class WhichChildForm(forms.Form):
    """Which other record is the same child."""

    other = forms.ModelChoiceField(
        label="Which other record is the same child?",
        queryset=Child.objects.none(),
        empty_label=None,
        widget=widgets.Radios(),
        error_messages={"required": "Choose the other record of this child"},
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = others


class MergeChildForm(forms.Form):
    """Of each thing on which two records differ, which is right."""

    def __init__(self, *args: Any, differences: Sequence[tuple[str, str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label, kept, other in differences:
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[(KEEP, kept), (OTHER, other)],
                initial=KEEP if kept != "Not recorded" else OTHER,
                widget=widgets.Radios(small=True),
            )

    @property
    def from_other(self) -> list[str]:
        """What the record that goes knows better."""
        return [name for name, chosen in self.cleaned_data.items() if chosen == OTHER]


class WhichCaseForm(forms.Form):
    """Into which case this one goes."""

    reference = forms.CharField(
        label="Which case is of the same family?",
        help_text="Its reference, like TH-2026-00012. That case stays, and this one becomes part of it",
        max_length=20,
        widget=widgets.Text(width=10),
        error_messages={"required": "Enter the reference of the case that stays"},
    )

    def clean_reference(self) -> str:
        """References are written in capitals."""
        return str(self.cleaned_data["reference"]).strip().upper()


class MergeCaseForm(forms.Form):
    """Which children are the same, how it is known, and who may see a restricted case afterwards."""

    why = forms.CharField(
        label="How do you know that this is one family?", max_length=300, widget=widgets.Textarea(rows=3)
    )

    def __init__(
        self,
        *args: Any,
        going: Sequence[Child],
        staying: Sequence[Child],
        choose: Sequence[Access],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        answers = [("", "Another child"), *((str(child.pk), f"The same as {child}") for child in staying)]
        for child in going:
            self.fields[f"same_{child.pk}"] = forms.ChoiceField(
                label=f"{child}, {born(child)}", choices=answers, required=False, widget=widgets.Select()
            )
        if choose:
            self.fields["may_see"] = forms.MultipleChoiceField(
                label="Who of these may see the merged case? It is restricted",
                help_text="Each could see only one of the two cases until now. Leave out who need not know",
                choices=[
                    (
                        str(one.pk),
                        f"{one.user or one.team}: {one.get_purpose_display()}, {one.case.reference}",
                    )
                    for one in choose
                ],
                required=False,
                widget=widgets.Checkboxes(),
            )
        self.order_fields([*(name for name in self.fields if name != "why"), "why"])

    def clean(self) -> dict[str, Any]:
        """Two children cannot be the same as one."""
        cleaned = super().clean() or {}
        chosen = [value for name, value in cleaned.items() if name.startswith("same_") and value]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError("Two children of this case cannot be the same child of the other one")
        return cleaned

    @property
    def same(self) -> dict[int, int]:
        """Children who are one: who goes, and who stays."""
        told = self.cleaned_data.items()
        return {int(name[5:]): int(value) for name, value in told if name.startswith("same_") and value}

    @property
    def may_see(self) -> list[int]:
        """The grants chosen."""
        return [int(pk) for pk in self.cleaned_data.get("may_see", [])]


def born(child: Child) -> str:
    """A child's date of birth in few words."""
    if child.is_unborn:
        return f"expected {child.expected_date:%d/%m/%Y}"
    return f"born {child.date_of_birth:%d/%m/%Y}" if child.date_of_birth else "date of birth not known"
