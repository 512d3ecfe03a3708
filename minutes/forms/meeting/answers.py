"""What is asked beside a child's decision (rows H13, C31, G08): in the room, afterwards, and of a night."""

from collections.abc import Collection
from typing import Any

from django import forms

from attendees.models import Professional
from govuk import fields, widgets
from minutes.forms.meeting.choices import person_field
from minutes.rules.answers import NEEDED, Answer
from minutes.rules.decisions import NO, YES, medical_problems
from minutes.services.answers import Medical
from strategy.enums import PlanAfter, Told

MEDICAL = ("needed", "why", "kind", "place", "at", "owner")


class AnswerFields(forms.Form):
    """The questions; who asks them says which must be answered before the minutes can be authorised."""

    plan = forms.ChoiceField(
        label="Which plan takes the risks over?",
        choices=PlanAfter.choices,
        required=False,
        widget=widgets.Radios(small=True, label_size="s"),
    )
    medical = forms.ChoiceField(
        label="Is a medical assessment needed, on health’s advice?",
        choices=[(YES, "Yes"), (NO, "No")],
        required=False,
        widget=widgets.Radios(
            label_size="s",
            reveals={YES: ["medical_kind", "medical_place", "medical_at", "medical_owner"]},
        ),
    )
    medical_kind = forms.CharField(
        label="What kind?",
        required=False,
        max_length=120,
        help_text="For example, a child protection medical by a community paediatrician",
    )
    medical_place = forms.CharField(label="Where?", required=False, max_length=200)
    medical_at = fields.DateTimeField(label="When?", what="when it is", required=False)
    medical_owner: forms.Field = forms.ModelChoiceField(Professional.objects.none(), required=False)
    medical_why = forms.CharField(
        label="What health advises, and why",
        required=False,
        max_length=5000,
        widget=widgets.Textarea(rows=2, count=None),
    )
    under_pressure = forms.ChoiceField(
        label="Does somebody keep the child from speaking freely?",
        choices=Told.choices,
        required=False,
        widget=widgets.Radios(inline=True, label_size="s"),
    )
    pressure_note = forms.CharField(
        label="Who, and how it shows", required=False, max_length=500, widget=widgets.Textarea(rows=2)
    )

    def mark_needed(self, needed: Collection[Answer], more: str = "") -> None:
        """Say beside each question that needs an answer that it does; it still may be left for later."""
        for answer in needed:
            field: Any = self.fields[answer]
            unless = ", unless the decision is deferred" if answer == Answer.PLAN else ""
            field.help_text = f"{NEEDED}{unless}{more}"
            field.widget.mark_optional = False

    def judge_medical(self, said: dict[str, Any]) -> None:
        """A medical that is needed says what, where, when and by whom; either answer says why.

        What it comes to is kept as `told_of_medical`, for the service; None where it is not answered.
        """
        told = {name: said.get(f"medical_{name}") for name in MEDICAL[1:]}
        name_of_owner = said.get("medical_owner_name", "")
        found = medical_problems(
            needed=said.get("medical", ""),
            why=told["why"] or "",
            kind=told["kind"] or "",
            place=told["place"] or "",
            at=told["at"],
            has_owner=bool(told["owner"] or name_of_owner),
        )
        for name, sentence in found.items():
            if name not in self.errors:
                self.add_error(name, sentence)
        answered = said.get("medical") in (YES, NO)
        said["told_of_medical"] = {"needed": said["medical"], **told} if answered else None
        if answered and name_of_owner:
            said["told_of_medical"]["owner_name"] = name_of_owner


class AnswersForm(AnswerFields):
    """The questions on their own, as they are asked once the discussion has ended."""

    legal_reason = forms.CharField(
        label="Legal advice", required=False, max_length=5000, widget=widgets.Textarea(rows=2, count=None),
        help_text="Needed when an emergency power was used and there is no section 47 enquiry",
    )  # fmt: skip
    fieldsets = [
        ("The plan", ["plan"]),
        (
            "Health and medical assessment",
            ["medical", "medical_kind", "medical_place", "medical_at", "medical_owner", "medical_why"],
        ),
        ("The child’s voice", ["under_pressure", "pressure_note"]),
        ("If it applies", ["legal_reason"]),
    ]

    def __init__(self, *args: Any, here: list[int], needed: Collection[Answer] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["medical_owner"] = person_field(here, label="Who sees to it?", required=False)
        self.mark_needed(needed)

    def clean(self) -> dict[str, Any]:
        """Judge the medical by the rule that the service uses too."""
        said = super().clean() or {}
        self.judge_medical(said)
        return said


def told_beside(typed: dict[str, Any]) -> dict[str, Any]:
    """The answers that a form was given, as a service takes them; those it did not ask are left out."""
    said = {name: typed[name] for name in ("plan", "under_pressure", "pressure_note") if name in typed}
    told = typed.get("told_of_medical")
    return said | {"medical": Medical(**told) if told else None}
