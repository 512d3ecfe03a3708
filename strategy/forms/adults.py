"""Somebody of the family or household."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from cases.models import Child
from cases.rules import FamilyFacts, TieFacts, problems_with_family
from govuk import fields, widgets
from strategy.forms.family import short_text

FAMILY_FIELDS = tuple(name for name in FamilyFacts.__dataclass_fields__)


class FamilyForm(forms.Form):
    """Somebody of the family or household."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the person’s name, or “not known”"},
    )
    relationship = forms.CharField(
        label="Who is this to the children?",
        help_text="For example, mother, stepfather or lodger",
        max_length=80,
        widget=widgets.Text(width=20),
        error_messages={
            "required": "Enter who this is to the children, such as mother, stepfather or lodger"
        },
    )
    date_of_birth = fields.DateField(label="Date of birth", what="the date of birth", required=False)
    has_parental_responsibility = forms.BooleanField(label="Has parental responsibility", required=False)
    lives_elsewhere = forms.BooleanField(label="Lives at another address", required=False)
    is_alleged_person = forms.BooleanField(label="May have caused the harm", required=False)
    position_of_trust = short_text("Works or volunteers with children as", 120)
    phone = forms.CharField(label="Telephone", max_length=40, required=False, widget=widgets.Tel(width=20))
    address_confidential = forms.BooleanField(
        label="Keep address and telephone confidential",
        help_text="Only those who may see the case read them. Left out of every sheet, letter and minute",
        required=False,
    )

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


class WholeFamilyForm(FamilyForm):
    """Everything that is kept of somebody of the family."""

    age = forms.IntegerField(
        label="Age, if the date of birth is not known",
        required=False,
        min_value=0,
        max_value=120,
        widget=widgets.Number(width=3),
    )
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    language = short_text("Language", 60)
    address = forms.CharField(
        label="Address, if it is another one",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    postcode = short_text("Postcode", 12, width=10)
    fieldsets = [
        ("Who this is", ["name", "relationship", "has_parental_responsibility", "date_of_birth", "age"]),
        ("Where they live", ["lives_elsewhere", "address", "postcode", "phone", "address_confidential"]),
        ("Talking with them", ["language", "interpreter_needed"]),
        ("Harm", ["is_alleged_person", "position_of_trust"]),
    ]

    def __init__(self, *args: Any, by_child: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_child:
            del self.fields["has_parental_responsibility"]


class AnotherMemberForm(WholeFamilyForm):
    """Somebody of the family to be added: like one who is recorded already, it needs a look."""

    has_looked = forms.BooleanField(
        label="I have looked: record this person here too",
        help_text="Only when somebody like this is recorded already, in this case or another",
        required=False,
    )
    fieldsets = [*WholeFamilyForm.fieldsets, ("If somebody like this is recorded", ["has_looked"])]


class TiesForm(forms.Form):
    """Who somebody is to each child, and for whom they have parental responsibility."""

    def __init__(self, *args: Any, children: Sequence[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        for child in children:
            self.fields[f"relationship_{child.pk}"] = short_text(
                f"Who is this to {child}?", 80, help_text="Leave empty for no relationship"
            )
            self.fields[f"responsible_{child.pk}"] = forms.BooleanField(
                label=f"Has parental responsibility for {child}", required=False
            )

    @property
    def ties(self) -> list[TieFacts]:
        """What was typed, child by child."""
        return [
            TieFacts(
                child=child.pk,
                relationship=self.cleaned_data[f"relationship_{child.pk}"],
                has_parental_responsibility=self.cleaned_data[f"responsible_{child.pk}"],
            )
            for child in self.children
        ]


def family_facts(typed: dict[str, Any]) -> FamilyFacts:
    """The person's facts out of what was typed."""
    known = {name: typed[name] for name in FAMILY_FIELDS if name in typed}
    return FamilyFacts(in_household=not typed.get("lives_elsewhere"), **known)
