"""The search, a child, and somebody of the family."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cases.enums import ChildStatus, Disability, Ethnicity, Sex
from cases.models import Child
from cases.rules import (
    ChildFacts,
    FamilyFacts,
    Sought,
    TieFacts,
    problems_with_child,
    problems_with_family,
    sought_in,
)
from govuk import fields, widgets
from referrals.enums import AbuseType

BORN, UNBORN = "born", "unborn"
CHILD_FIELDS = tuple(name for name in ChildFacts.__dataclass_fields__)
FAMILY_FIELDS = tuple(name for name in FamilyFacts.__dataclass_fields__)


class SearchForm(forms.Form):
    """Is the child known already?"""

    words = forms.CharField(
        label="Look for a child",
        help_text="Name, date of birth, NHS or case number, postcode, address or telephone: what you have."
        " Spelling need not be right. For example, ruby fenwick 27/3/2017",
        max_length=300,
        widget=widgets.Text(),
        error_messages={"required": "Enter a name, a date of birth or a number"},
    )

    def clean_words(self) -> str:
        """Something that can be looked for."""
        words = str(self.cleaned_data["words"])
        if sought_in(words).is_empty:
            raise forms.ValidationError(
                "Enter a name, a date of birth or a number: there is nothing here to look for"
            )
        return words

    @property
    def sought(self) -> Sought:
        """What was typed, taken apart."""
        return sought_in(self.cleaned_data["words"])


def _text(
    label: str, length: int, *, help_text: str = "", width: int | None = 20, **more: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=help_text,
        widget=widgets.Text(width=width) if width else widgets.Text(),
        **more,
    )


class ChildForm(forms.Form):
    """One child: what is asked of every child of a referral."""

    known_birth: date | None = None  # the date of birth on record, of a child who is recorded already
    given_names = _text("Given names", 120)
    family_name = forms.CharField(
        label="Family name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the child’s family name, or “not known”"},
    )
    also_known_as = _text("Also known as", 120)
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
    school = _text("School, nursery or college", 120, width=30)
    address = forms.CharField(
        label="Address", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    postcode = _text("Postcode", 12, width=10)
    address_confidential = forms.BooleanField(
        label="Keep this address confidential",
        help_text="Only those who may see the case read it. It is left out of every sheet, letter and minute",
        required=False,
    )
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    language = _text("Language", 60)
    disability = _text("Disability or communication needs, in words", 200, width=None)

    def clean(self) -> dict[str, Any]:
        """Judge the child by the rules that the service uses too."""
        cleaned = super().clean() or {}
        if not self.errors:
            today = timezone.localdate()
            for name, sentence in problems_with_child(self.facts, today, self.known_birth).items():
                self.add_error(name if name in self.fields else None, sentence)
        return cleaned

    @property
    def facts(self) -> ChildFacts:
        """What was typed, as the service takes it."""
        return child_facts(self.cleaned_data)


class WholeChildForm(ChildForm):
    """Everything that is kept of a child."""

    ethnicity = forms.ChoiceField(
        label="Ethnicity",
        choices=[("", "Not recorded"), *Ethnicity.choices],
        required=False,
        widget=widgets.Select(),
    )
    disabilities = forms.MultipleChoiceField(
        label="Disability",
        choices=Disability.choices,
        required=False,
        widget=widgets.Checkboxes(small=True, exclusive="NONE"),
    )
    previous_addresses = forms.CharField(
        label="Previous addresses",
        help_text="One a line, with the authority if it was another one, so that it can be asked",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )
    gp = _text("GP", 120, width=30)
    nhs_number = _text("NHS number", 14, help_text="10 digits", width=10)
    upn = _text("Unique pupil number", 15, help_text="A letter and 12 digits", width=10)
    local_identifier = _text("Child’s number in the case system", 20, help_text="Letters and digits")
    home_authority = _text("Home authority, if it is another one", 120, width=30)
    placing_authority = _text("Authority that placed the child here, if another one", 120, width=30)
    host_authority = _text(
        "Authority in whose area the child lives, if another one",
        120,
        help_text="For example, of a child whom we look after and have placed there",
        width=30,
    )

    fieldsets = [
        (
            "Who the child is",
            ["given_names", "family_name", "also_known_as", "birth", "date_of_birth", "expected_date", "sex",
             "ethnicity"],
        ),
        ("Where the child lives", ["address", "postcode", "address_confidential", "previous_addresses"]),
        ("Talking with the child", ["language", "interpreter_needed", "disabilities", "disability"]),
        ("School and health", ["school", "upn", "gp", "nhs_number"]),
        (
            "Children’s social care",
            ["status", "local_identifier", "home_authority", "placing_authority", "host_authority"],
        ),
    ]  # fmt: skip

    def __init__(self, *args: Any, known_birth: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_birth = known_birth


class AnotherChildForm(WholeChildForm):
    """A child to be added: like one who is recorded already, it needs a reason."""

    another_because = forms.CharField(
        label="Why is this another child?",
        help_text="Only when somebody like this is recorded already",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )
    fieldsets = [*WholeChildForm.fieldsets, ("If somebody like this is recorded", ["another_because"])]


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


class BornForm(WholeChildForm):
    """A child who was recorded unborn is born."""

    told_at = fields.DateTimeField(
        label="When did you learn of the birth?",
        what="when you learnt of the birth",
        help_text="The child must be seen from then on. For example, 24 12 2026 at 4:30pm",
    )
    fieldsets = [
        ("The birth", ["told_at", "given_names", "family_name", "date_of_birth", "sex"]),
        (
            "If they are known already",
            ["ethnicity", "nhs_number", "gp", "address", "postcode", "address_confidential"],
        ),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {name for _, names in self.fieldsets for name in names}
        for name in set(self.fields) - asked:
            del self.fields[name]
        self.fields["date_of_birth"].required = True

    @property
    def facts(self) -> ChildFacts:
        """What was typed, of a child who is born."""
        return child_facts(self.cleaned_data | {"birth": BORN})


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
    position_of_trust = _text("Works or volunteers with children as", 120)
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
    language = _text("Language", 60)
    address = forms.CharField(
        label="Address, if it is another one",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    postcode = _text("Postcode", 12, width=10)
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
            self.fields[f"relationship_{child.pk}"] = _text(
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


class SameForAllForm(forms.Form):
    """What of one child is the same for its brothers and sisters."""

    fields_same = forms.MultipleChoiceField(
        label="What is the same for all the children of this case?",
        choices=[
            ("address", "Address"),
            ("previous_addresses", "Previous addresses"),
            ("school", "School"),
            ("gp", "GP"),
            ("ethnicity", "Ethnicity"),
            ("language", "Language and interpreter"),
            ("home_authority", "Home and host authority"),
        ],
        widget=widgets.Checkboxes(),
        error_messages={"required": "Choose what is the same for all the children"},
    )


class WhyForm(forms.Form):
    """Why somebody is taken off the family."""

    why = forms.CharField(
        label="Why?",
        help_text="For example, entered by mistake, or of another family",
        max_length=300,
        widget=widgets.Textarea(rows=3),
    )


class SafetyForm(forms.Form):
    """What a visiting worker must know."""

    words = forms.CharField(
        label="What must a visiting worker know to be safe?",
        help_text="For example, a dog, a weapon, or somebody who has been violent. Empty if nothing",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=4),
    )


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
