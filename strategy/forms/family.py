"""The search, a child, and what is said of a family as a whole."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cases.enums import ChildStatus, Disability, Ethnicity, Sex
from cases.rules import (
    ChildFacts,
    Sought,
    problems_with_child,
    sought_in,
)
from govuk import fields, widgets
from referrals.enums import AbuseType

BORN, UNBORN = "born", "unborn"
CHILD_FIELDS = tuple(name for name in ChildFacts.__dataclass_fields__)


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


def short_text(
    label: str, length: int, *, help_text: str = "", width: int | None = 20, **more: Any
) -> forms.CharField:
    """One line that may stay empty."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=False,
        help_text=help_text,
        widget=widgets.Text(width=width) if width else widgets.Text(),
        **more,
    )


class _Wanted(widgets.Text):
    """What a child who is born must have, though the field itself may stay empty."""

    mark_optional = False


class ChildForm(forms.Form):
    """One child: what is asked of every child of a referral."""

    known_birth: date | None = None  # the date of birth on record, of a child who is recorded already
    given_names = forms.CharField(
        label="Given names",
        help_text="Enter “not known” where they are; a baby who is not born yet needs none",
        max_length=120,
        required=False,
        widget=_Wanted(width=20),
    )
    family_name = forms.CharField(
        label="Family name",
        max_length=120,
        widget=widgets.Text(width=20),
        error_messages={"required": "Enter the child’s family name, or “not known”"},
    )
    also_known_as = short_text("Also known as", 120)
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
    school = short_text("School, nursery or college", 120, width=30)
    address = forms.CharField(
        label="Address", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    postcode = short_text("Postcode", 12, width=10)
    address_confidential = forms.BooleanField(
        label="Keep this address confidential",
        help_text="Only those who may see the case read it. It is left out of every sheet, letter and minute",
        required=False,
    )
    interpreter_needed = forms.BooleanField(label="An interpreter is needed", required=False)
    language = short_text("Language", 60)
    disability = short_text("Disability or communication needs, in words", 200, width=None)

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
    gp = short_text("GP", 120, width=30)
    nhs_number = short_text("NHS number", 14, help_text="10 digits", width=10)
    upn = short_text("Unique pupil number", 15, help_text="A letter and 12 digits", width=10)
    local_identifier = short_text("Child’s number in the case system", 20, help_text="Letters and digits")
    home_authority = short_text("Home authority, if it is another one", 120, width=30)
    placing_authority = short_text("Authority that placed the child here, if another one", 120, width=30)
    host_authority = short_text(
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
