"""The sections of a request, and withdrawing it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from cases.models import Child
from govuk import fields, widgets
from protocols.rules.settings import Protocol
from referrals.enums import AbuseType, CircumstanceKind, Consent, ParentsInformed
from referrals.models import Concern
from strategy.enums import MEETINGS, Format, Section
from strategy.people import Referrer

TELLS_REFERRER = "What do you tell whoever referred?"
SAYS_NOTHING = "Enter what whoever referred is told"


class ChildrenForm(forms.Form):
    """Which of the family's children the discussion is about."""

    children = forms.ModelMultipleChoiceField(
        label="Which children is the discussion about?",
        queryset=Child.objects.none(),
        widget=widgets.Checkboxes(),
        error_messages={"required": "Choose at least one child"},
    )

    def __init__(self, *args: Any, case_pk: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["children"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Child.objects.filter(case=case_pk)


def _harm(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=AbuseType.choices, required=False, widget=widgets.Checkboxes(small=True)
    )


SUBMITTED_MEANWHILE = "The request was submitted while you were writing."


class ParentsForm(forms.Form):
    """Whether the parents know that it is asked for; and why not."""

    parents_informed = forms.ChoiceField(
        label="Have the parents been told that you ask for this?",
        choices=ParentsInformed.choices,
        widget=widgets.Radios(reveals={ParentsInformed.NOT_INFORMED: ["parents_reason"]}),
        error_messages={"required": "Choose whether the parents have been told"},
    )
    parents_reason = forms.CharField(
        label="Why could it put a child at risk, or harm an investigation?",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=3),
    )

    def clean(self) -> dict[str, Any]:
        """A reason is needed when the parents are not told."""
        cleaned = super().clean() or {}
        not_told = cleaned.get("parents_informed") == ParentsInformed.NOT_INFORMED
        if not_told and not cleaned.get("parents_reason"):
            self.add_error("parents_reason", "Enter why telling the parents could put a child at risk")
        return cleaned


class WhatHappenedForm(ParentsForm):
    """Why significant harm is suspected (row W02)."""

    CONSENT = ("consent", "consent_note")
    TOLD = ("new_information", "harm_summary", "previous_involvement", "other_areas")  # the parents last
    threshold_reason = forms.CharField(
        label="Why do you suspect that a child is suffering, or is likely to suffer, significant harm?",
        max_length=5000,
        widget=widgets.Textarea(rows=6),
        error_messages={"required": "Enter why you suspect significant harm"},
    )
    new_information = forms.CharField(
        label="What new information affects the current safeguarding plan?",
        help_text=(
            "A discussion was held on this case already. What it agreed is followed in the child in need, "
            "child protection or child in care meetings"
        ),
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=4),
    )
    harm_summary = forms.CharField(
        label="The harm in short",
        help_text="Injuries, what was said and seen, and how the child is now",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=4),
    )
    previous_involvement = forms.CharField(
        label="What has children’s social care done before?",
        max_length=5000,
        required=False,
        widget=widgets.Textarea(rows=4),
    )
    other_areas = forms.CharField(
        label="Previous addresses and other authorities",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )

    consent = forms.ChoiceField(
        label="Did the parents, or the child, agree to information being shared?",
        help_text="Sought where it is safe; to protect a child, information is shared without it",
        choices=Consent.choices,
        required=False,
        widget=widgets.Radios(small=True),
    )
    consent_note = forms.CharField(
        label="Who agreed and when, or why not?",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=2),
    )

    def __init__(
        self,
        *args: Any,
        is_further: bool = False,
        may_change: Collection[str] = (),
        children: Sequence[Child] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        self._ask_harm()
        self.fields["new_information"].widget.mark_optional = False  # asked only where it must be said
        if not is_further:
            del self.fields["new_information"]
        shut = set(self.fields) - {*may_change, *self.asks_harm} if may_change else set()
        self._shut = {name: self.fields.pop(name) for name in sorted(shut)}  # it was submitted
        self.given_back: dict[str, str] = {}  # by field: what of a page from before that stays as it was

    def _ask_harm(self) -> None:
        """Once for all the children; with a box for each when it is not the same for all."""
        own = [f"harm_{child.pk}" for child in self.children] if len(self.children) > 1 else []
        self.asks_harm = ["harm", "same_harm", *own]
        self.fields["harm"] = _harm("What harm is feared?")
        if own:
            self.fields["harm"].help_text = "For all the children chosen; you can say what differs below"
            self.fields["same_harm"] = forms.ChoiceField(
                label="Is it the same for all the children?",
                choices=[("yes", "Yes"), ("no", "No, it differs")],
                required=False,
                widget=widgets.Radios(reveals={"no": own}),
            )
        for child, name in zip(self.children, own, strict=False):
            self.fields[name] = _harm(f"What harm is feared for {child}?")
        parents = ("parents_informed", "parents_reason", *self.CONSENT)
        self.order_fields(["threshold_reason", "harm", "same_harm", *own, *self.TOLD, *parents])

    @property
    def harm(self) -> dict[int, list[str]]:
        """The harm feared by child: its own where it differs, else the same for all."""
        typed = self.cleaned_data
        differs = typed.get("same_harm") == "no"
        name_of = {child.pk: f"harm_{child.pk}" if differs else "harm" for child in self.children}
        return {pk: typed[name] for pk, name in name_of.items() if name in typed}

    def clean(self) -> dict[str, Any]:
        """What is shut is given back."""
        cleaned = super().clean()
        self._give_back()
        return cleaned

    def _give_back(self) -> None:
        """What was written where nothing can change any more, in a page from before it went in."""
        for name, field in self._shut.items():
            typed = (
                field.widget.value_from_datadict(self.data, self.files, name) if name in self.data else None
            )
            if not typed or not _differs(self.initial.get(name), typed):
                continue
            stays = f"{SUBMITTED_MEANWHILE} “{field.label}” stays as it was."
            self.given_back[name] = stays
            self.add_error(None, f"{stays} You wrote: {str(typed).strip()}")


def _differs(kept: Any, typed: Any) -> bool:
    return str(kept or "").split() != str(typed).split()  # lines end differently in a browser


def harm_in(children: Sequence[Child], concerns: Iterable[Concern]) -> dict[str, Any]:
    """What the form shows of the harm recorded: once where it is the same for all the children."""
    feared: dict[int, list[str]] = {child.pk: [] for child in children}
    for one in concerns:
        feared.setdefault(one.child_id, []).append(one.abuse_type)
    of_each = [sorted(feared[child.pk]) for child in children]
    is_same = all(kinds == of_each[0] for kinds in of_each)
    shown: dict[str, Any] = {f"harm_{child.pk}": feared[child.pk] for child in children}
    return shown | {
        "harm": of_each[0] if of_each and is_same else [],
        "same_harm": "yes" if is_same else "no",
    }


class FormatForm(forms.Form):
    """How the discussion should be held."""

    format_wanted = forms.ChoiceField(
        label="How should the discussion be held?",
        widget=widgets.Radios(),
        error_messages={"required": "Choose how the discussion should be held"},
    )
    agencies_plan = fields.YesNo(
        label="Is this complex, with more than one agency a key part of the planning?",
        error_messages={"required": "Choose whether more than one agency is a key part of the planning"},
    )
    is_urgent = forms.BooleanField(label="This is urgent", required=False)
    urgent_reason = forms.CharField(
        label="Why is it urgent?",
        help_text="Needed when you ask for a telephone discussion",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=3),
    )
    direct_number = forms.CharField(
        label="Your direct number",
        help_text="People ring you here; a telephone discussion cannot be held without it",
        max_length=40,
        required=False,
        widget=widgets.Tel(width=20),
    )
    hospital_setting = forms.CharField(
        label="Hospital and ward",
        help_text="The discussion must be held there before the child leaves",
        max_length=120,
        required=False,
        widget=widgets.Text(width=30),
    )

    def __init__(self, *args: Any, protocol: Protocol, circumstances: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["format_wanted"]
        assert isinstance(field, forms.ChoiceField)
        allowed = [Format(one.value) for one in protocol.allowed_formats.value]
        field.choices = [(one.value, one.label) for one in allowed]
        field.widget.hints = {one.value: self._hint(one, protocol) for one in allowed}
        if CircumstanceKind.IN_HOSPITAL not in circumstances:
            del self.fields["hospital_setting"]
        several = protocol.multi_agency_meeting
        if several.value:
            self.fields["agencies_plan"].help_text = f"Then it needs a meeting ({several.source})"
        else:
            del self.fields["agencies_plan"]

    @staticmethod
    def _hint(one: Format, protocol: Protocol) -> str:
        if one in MEETINGS:
            return ""
        said = ["Only when it is urgent"] if protocol.telephone_urgent_only.value else []
        said += ["needs everybody’s direct number"] if protocol.direct_numbers_required.value else []
        return "; ".join(said)


class AvailabilityForm(forms.Form):
    """When the requester and others can meet."""

    availability = forms.CharField(
        label="When can you and the others meet?",
        help_text="For example, “today from 2pm; the health visitor not before 3pm”",
        max_length=2000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": "Enter when you can meet"},
    )


class OnBehalfForm(forms.Form):
    """For whom somebody asks."""

    on_behalf_of = forms.ModelChoiceField(
        label="For whom do you ask?",
        help_text="They see the request, may write in it, and are told what becomes of it",
        queryset=User.objects.none(),
        required=False,
        empty_label="For myself",
        widget=widgets.Select(),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["on_behalf_of"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        self.mark_optional = False


class WithdrawForm(forms.Form):
    """Why the request is withdrawn."""

    reason = forms.CharField(
        label="Why do you withdraw this request?",
        max_length=2000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": "Enter why the request is withdrawn"},
    )


class ReturnForm(forms.Form):
    """A reason for each section that must be put right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in Section:
            self.fields[section.value] = forms.CharField(
                label=section.label, max_length=2000, required=False, widget=widgets.Textarea(rows=2)
            )
        self.mark_optional = False

    def clean(self) -> dict[str, Any]:
        """At least one section has a reason."""
        cleaned = super().clean() or {}
        if not any(text.strip() for text in cleaned.values()):
            self.add_error(Section.CHILDREN.value, "Enter what must be put right in at least one section")
        return cleaned


class NotNeededForm(forms.Form):
    """Why no discussion is needed."""

    rationale = forms.CharField(
        label="Why is no discussion needed?",
        help_text="Those who may see the case read this, with your name",
        max_length=5000,
        widget=widgets.Textarea(rows=6),
        error_messages={"required": "Enter why no discussion is needed"},
    )
    for_referrer = forms.CharField(
        label=TELLS_REFERRER,
        max_length=2000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": SAYS_NOTHING},
    )

    def __init__(self, *args: Any, referrer: Referrer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_referrer(self, referrer)


def ask_for_referrer(form: forms.Form, referrer: Referrer | None) -> None:
    """Say how they learn what is written for them; ask for nothing when nobody is recorded."""
    if referrer is None:
        del form.fields["for_referrer"]
    else:
        form.fields["for_referrer"].help_text = referrer.reads
