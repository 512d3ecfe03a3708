"""Decisions, arrangements, plans and actions."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import User
from cases.models import Child, FamilyMember
from govuk import fields, widgets
from minutes.enums import About, ActionKind, Forum
from minutes.forms.meeting.answers import AnswersForm
from minutes.forms.meeting.choices import child_field, person_field
from strategy.enums import Outcome, RiskLevel


class DecidedFields(forms.Form):
    """What is decided for one child, and why."""

    risk_level = forms.ChoiceField(
        label="Level of risk",
        choices=RiskLevel.choices,
        widget=widgets.Radios(inline=True, label_size="s"),
        error_messages={"required": "Choose the level of risk"},
    )
    risk_text = forms.CharField(
        label="What the risk is",
        max_length=10000,
        widget=widgets.Textarea(rows=3, count=None, label_size="s"),
    )
    outcome = forms.ChoiceField(
        label="What is decided",
        choices=Outcome.choices,
        widget=widgets.Radios(
            label_size="s",
            hints={
                Outcome.SECTION_47_JOINT: "Reasonable cause to suspect significant harm, and a crime",
                Outcome.SECTION_47_SINGLE: "Reasonable cause to suspect significant harm",
                Outcome.SECTION_17: "An assessment of need, with the family’s agreement",
            },
            reveals={
                Outcome.SECTION_47_JOINT: ["police_lead"],
                Outcome.DEFERRED: ["deferred_to"],
            },
        ),
    )
    police_lead = forms.CharField(
        label="Who leads for the police",
        required=False,
        max_length=120,
        help_text="Empty: the officer who is here",
    )
    deferred_to = fields.DateField(label="Decided by", what="the date", required=False)
    lead = forms.ModelChoiceField(
        User.objects.none(),
        label="Who leads the enquiry for social care",
        required=False,
        empty_label="The allocated social worker",
        widget=widgets.Select(),
    )
    rationale = forms.CharField(
        label="Why",
        max_length=10000,
        widget=widgets.Textarea(rows=5, count=None, label_size="s"),
        help_text="Every outcome needs its reasons, section 17 as much as section 47",
        error_messages={"required": "Enter why this is decided"},
    )
    legal_reason = forms.CharField(
        label="Legal advice", required=False, max_length=5000, widget=widgets.Textarea(rows=2, count=None),
        help_text="Needed when an emergency power was used and there is no section 47 enquiry",
    )  # fmt: skip

    def __init__(self, *args: Any, case_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        workers = User.objects.filter(is_active=True, case_access__case=case_id, case_access__until=None)
        self.fields["lead"].queryset = workers.filter(  # type: ignore[attr-defined]
            Q(roles__overlap=["social_worker", "advanced_practitioner"])
        ).distinct()


class DecisionForm(DecidedFields, AnswersForm):
    """The threshold decision for one child, with what is asked beside it."""

    fieldsets = [
        ("", ["risk_level", "risk_text", "outcome", "police_lead", "deferred_to", "rationale", "plan"]),
        *AnswersForm.fieldsets[1:-1],
        ("If it applies", ["lead", "legal_reason"]),
    ]


class ArrangeForm(forms.Form):
    """A Laming arrangement: who is seen, where, when and by whom."""

    about = forms.ChoiceField(
        label="Who is seen?",
        choices=About.choices,
        widget=widgets.Radios(),
        error_messages={"required": "Choose who is seen, or that the home is visited"},
    )
    family_member = forms.ModelChoiceField(
        FamilyMember.objects.none(),
        label="Which parent or carer?",
        required=False,
        empty_label="All of them",
        widget=widgets.Select(),
    )
    place = forms.CharField(
        label="Where", max_length=200, error_messages={"required": "Enter where they are seen"}
    )
    at = fields.DateTimeField(
        label="When", what="when they are seen", help_text="For example, 24 12 2026 at 4:30pm"
    )

    def __init__(
        self,
        *args: Any,
        children: list[Child],
        family: list[FamilyMember],
        here: list[int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"] = child_field(
            children, label="Which child?", error_messages={"required": "Choose which child it is about"}
        )
        self.fields["family_member"].queryset = FamilyMember.objects.filter(  # type: ignore[attr-defined]
            pk__in=[one.pk for one in family]
        )
        self.fields["by_whom"] = person_field(
            here, label="By whom", error_messages={"required": "Choose who sees them"}
        )
        self.order_fields(["about", "child", "family_member", "place", "at", "by_whom"])


class RearrangeForm(ArrangeForm):
    """The same, changed later; with what its action says besides."""

    how_known = forms.CharField(label="How we will know that it is done", required=False, max_length=300)
    forum = forms.ChoiceField(label="Where it is reviewed", choices=Forum.choices, widget=widgets.Select())


class ActionForm(forms.Form):
    """Who does what by when, and how we will know."""

    text = forms.CharField(
        label="What is to be done", max_length=2000, widget=widgets.Textarea(rows=3, count=None)
    )
    due_at = fields.DateTimeField(
        label="By when", what="by when it is done", help_text="For example, 24 12 2026 at 4:30pm"
    )
    how_known = forms.CharField(label="How we will know that it is done", required=False, max_length=300)
    kind = forms.ChoiceField(
        label="What kind of action is it?",
        choices=ActionKind.choices,
        initial=ActionKind.ORDINARY,
        widget=widgets.Radios(inline=True, small=True),
    )
    usual = forms.CharField(required=False, widget=forms.HiddenInput)
    forum = forms.ChoiceField(
        label="Where it is reviewed",
        choices=Forum.choices,
        initial=Forum.SUPERVISION,
        widget=widgets.Select(),
    )

    def __init__(self, *args: Any, here: list[int], children: list[Child], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = person_field(here, label="Who does it")
        self.fields["child"] = child_field(children, label="For", empty="All the children", required=False)
        self.order_fields(["text", "owner", "due_at", "child", "kind", "how_known", "forum"])


class PlanForm(forms.Form):
    """What the sharing plan and the information still needed have in common."""

    what = forms.CharField(
        label="What",
        max_length=1000,
        widget=widgets.Textarea(rows=2, count=None),
        error_messages={"required": "Enter what it is about"},
    )
    whom = forms.CharField(label="Whom", max_length=200)
    how = forms.CharField(
        label="How", required=False, max_length=200, help_text="In person, by telephone, in writing"
    )
    due_at = fields.DateTimeField(
        label="By when", what="by when it is done", help_text="For example, 24 12 2026 at 4:30pm"
    )
    whom_label = ""

    def __init__(self, *args: Any, here: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].label = self.whom_label
        self.fields["owner"] = person_field(here, label="Who does it")
        self.order_fields(["what", "whom", "how", "owner", "due_at"])


class SharingForm(PlanForm):
    """A row of the sharing plan."""

    whom_label = "Who is told"


class InformationForm(PlanForm):
    """Information still needed."""

    whom_label = "Who knows it"


class StrikeForm(forms.Form):
    """Why an action is struck out."""

    reason = forms.CharField(label="Why is it struck out?", max_length=300)
