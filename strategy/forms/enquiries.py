"""What becomes of a section 47 enquiry."""

from typing import Any

from django import forms

from accounts.models import User
from govuk import fields, widgets
from strategy.enums import EnquiryOutcome, Finding, Told
from strategy.forms.verbal import choose_from
from strategy.rules.enquiries import WITHOUT_CONFERENCE

CONFERENCE = EnquiryOutcome.CONFERENCE
ONE_HELD = [one for one in EnquiryOutcome.choices if one[0] not in (CONFERENCE, *WITHOUT_CONFERENCE)]
NONE_HELD = [*ONE_HELD, *[(one.value, one.label) for one in reversed(WITHOUT_CONFERENCE)]]


def finding_field() -> forms.ChoiceField:
    """What the enquiry found of the harm that was feared."""
    return forms.ChoiceField(
        label="What did the enquiry find?",
        choices=Finding.choices,
        widget=widgets.Radios(),
        error_messages={"required": "Choose what the enquiry found"},
    )


class ConferenceForm(forms.Form):
    """The child protection conference was held."""

    held_on = fields.DateField(label="When was the conference held?", what="the date of the conference")
    plan = forms.ChoiceField(
        label="Did it make a child protection plan?",
        choices=[one for one in Told.choices if one[0] != Told.UNKNOWN],
        widget=widgets.Radios(inline=True),
        error_messages={"required": "Choose whether a child protection plan was made"},
    )


class CloseForm(forms.Form):
    """How the enquiry ended, its conference held."""

    finding = finding_field()
    outcomes = forms.MultipleChoiceField(
        label="What else follows, beside the conference?",
        help_text="Choose all that apply, or none",
        choices=ONE_HELD,
        required=False,
        widget=widgets.Checkboxes(),
    )
    closing = forms.CharField(
        label="How did the enquiry end, in a sentence?",
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter how the enquiry ended"},
    )


class NoConferenceForm(forms.Form):
    """Who decided that no conference is required, and why; and how the enquiry ended."""

    why = forms.CharField(
        label="Why is no conference required?",
        max_length=2000,
        widget=widgets.Textarea(rows=4),
        error_messages={"required": "Enter why no conference is required"},
    )
    manager = forms.ModelChoiceField(
        label="Which manager decided it?",
        help_text="Who decided is told by letter, unless you did",
        queryset=User.objects.none(),
        empty_label="Somebody who is not listed",
        required=False,
        widget=widgets.Select(),
    )
    decided_by = forms.CharField(
        label="If they are not listed: who decided it?", max_length=120, required=False,
        widget=widgets.Text(width=30),
    )  # fmt: skip
    decided_role = forms.CharField(
        label="What is their role?", max_length=120, required=False, widget=widgets.Text(width=30)
    )
    decided_at = fields.DateTimeField(label="When was it decided?", what="when it was decided")
    finding = finding_field()
    outcomes = forms.MultipleChoiceField(
        label="What follows?",
        help_text="Choose all that apply",
        choices=NONE_HELD,
        widget=widgets.Checkboxes(
            divider_before=EnquiryOutcome.NO_ACTION, exclusive=EnquiryOutcome.NO_ACTION
        ),
        error_messages={"required": "Choose what follows the enquiry"},
    )
    closing = forms.CharField(
        label="How did the enquiry end, in a sentence?",
        help_text="Leave empty if the reason above says it",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )

    def __init__(self, *args: Any, managers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["manager"], managers, nobody="Somebody who is not listed")
        for name in ("manager", "decided_by", "decided_role"):
            self.fields[name].widget.mark_optional = False  # one of the two ways is wanted

    def clean(self) -> dict[str, Any]:
        """Who decided is chosen, or named with their role: one of the two."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("manager") is None and "manager" not in self.errors:
            for field, sentence in (
                ("decided_by", "Choose the manager who decided it, or enter who it was"),
                ("decided_role", "Enter their role"),
            ):
                if not told.get(field):
                    self.add_error(field, sentence)
        elif told.get("decided_by"):
            self.add_error("decided_by", "Choose a manager or enter a name, not both")
        return told


class ConfirmForm(forms.Form):
    """The manager stands by what was recorded in their name, or says that it is not so."""

    is_so = forms.ChoiceField(
        label="Did you decide this?",
        choices=[(Told.YES, "Yes, I decided that no conference is required"), (Told.NO, "It is not so")],
        widget=widgets.Radios(reveals={Told.NO: ["reason"]}),
        error_messages={"required": "Choose whether you decided this"},
    )
    reason = forms.CharField(
        label="What is not so?",
        help_text="The enquiry is open again and its conference owed. Whoever wrote it down is told",
        max_length=300,
        required=False,
        widget=widgets.Textarea(rows=3),
    )


class DelayForm(forms.Form):
    """A conference later than its limit, agreed beforehand."""

    planned_on = fields.DateField(label="For which day is it planned now?", what="the day now planned")
    why = forms.CharField(
        label="Why will it be later?",
        max_length=800,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why the conference will be later"},
    )
    manager = forms.CharField(
        label="Which social care manager agreed?",
        help_text="Name and role",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter the social care manager who agreed"},
    )
    chair = forms.CharField(
        label="Which conference chair agreed?",
        help_text="The name of whoever chairs the child protection conference",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter the chair of the conference who agreed"},
    )
    safety_plan = forms.CharField(
        label="What keeps the child safe until then?",
        help_text="The interim safety plan, in a sentence or two",
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter what keeps the child safe until then"},
    )


class PoliceLeadForm(forms.Form):
    """Who leads a joint enquiry for the police."""

    police_lead = forms.CharField(
        label="Who leads for the police?",
        help_text="Name, rank and unit",
        max_length=120,
        widget=widgets.Text(width=30),
        error_messages={"required": "Enter who leads for the police"},
    )


class KindForm(forms.Form):
    """Why an enquiry becomes joint or single, and who leads for the police where they join."""

    police_lead = forms.CharField(
        label="Who leads for the police?",
        help_text="Name and rank",
        max_length=120,
        error_messages={"required": "Enter who leads for the police"},
    )
    why = forms.CharField(
        label="Why, and with whom was this agreed?",
        help_text="The enquiry and its deadlines go on as they are: only who leads it changes",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why it changes, and with whom this was agreed"},
    )

    def __init__(self, *args: Any, becomes_joint: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not becomes_joint:
            del self.fields["police_lead"]
