"""What the chair puts right once the discussion has ended: a decision, and who took part."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.forms import Mailbox
from attendees.enums import Mode
from attendees.models import Professional
from govuk import fields, widgets
from govuk.moments import clock_time, read_time
from minutes.forms.meeting.choices import person_field
from minutes.forms.meeting.deciding import DecidedFields
from minutes.forms.meeting.people import HERE, NewcomerForm
from minutes.services.versions import LONGEST_REASON


class WrongForm(forms.Form):
    """What was wrong, and how it is known: asked with everything that is put right."""

    reason = forms.CharField(
        label="What was wrong, and how do you know?",
        help_text="It is printed in the new version, beside what was put right",
        widget=widgets.Textarea(rows=3, label_size="s"),
        max_length=LONGEST_REASON,
        error_messages={"required": "Say what was wrong, and how you know"},
    )


class CorrectDecisionForm(DecidedFields, WrongForm):
    """A decision as it should have been recorded."""

    take_back = forms.BooleanField(
        label="The section 47 enquiry is taken back: it never began",
        required=False,
        widget=widgets.Checkbox(),
    )

    def __init__(self, *args: Any, can_take_back: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ["risk_level", "risk_text", "outcome", "police_lead", "deferred_to", "rationale"]
        last = ["take_back", "reason"] if can_take_back else ["reason"]
        if not can_take_back:
            del self.fields["take_back"]
        self.fieldsets = [
            ("As it should be recorded", names),
            ("If it applies", ["lead", "legal_reason"]),
            ("Why it is put right", last),
        ]


class CallTimesForm(WrongForm):
    """From when until when a call lasted."""

    began_at = fields.DateTimeField(label="When did the call begin?", what="when the call began")
    ended_at = fields.DateTimeField(label="When did it end?", what="when the call ended")
    fieldsets = [
        ("As it should be recorded", ["began_at", "ended_at"]),
        ("Why it is put right", ["reason"]),
    ]


class TimesAway(forms.CharField):
    """Times of day between which somebody was away: “2:10pm to 2:25pm, 3pm to 3:10pm”."""

    widget = widgets.Text

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=widgets.Text(width=20), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The times as they are typed."""
        if isinstance(value, list):
            return ", ".join(f"{clock_time(left)} to {clock_time(back)}" for left, back in value)
        return value

    def clean(self, value: Any) -> Any:
        """Pairs of times. Raises ValidationError."""
        typed = super().clean(value)
        pairs = [
            re.split(r"\s*(?:\bto\b|-|–)\s*", one) for one in re.split(r",|;|\band\b", typed) if one.strip()
        ]
        read = [[read_time(one.strip()) for one in pair] for pair in pairs]
        if any(len(pair) != 2 or None in pair for pair in read):
            raise forms.ValidationError("Enter the times like 2:10pm to 2:25pm, with a comma before the next")
        return read


class PresenceForm(WrongForm):
    """How somebody took part, from when until when."""

    mode = forms.ChoiceField(
        label="How did they take part?", choices=Mode.choices, widget=widgets.Radios(label_size="s")
    )
    arrived_at = fields.TimeField(
        label="When did they join?",
        help_text="Leave it empty if they were there from the start",
        required=False,
    )
    left_at = fields.TimeField(
        label="When did they leave?", help_text="Leave it empty if they stayed to the end", required=False
    )
    away = TimesAway(
        label="When were they away in between?",
        help_text="For example, 2:10pm to 2:25pm. Leave it empty if they were there throughout",
        required=False,
        max_length=200,
    )
    can_decide = forms.BooleanField(
        label="They could decide for their agency", required=False, initial=True, widget=widgets.Checkbox()
    )
    deputy_for = forms.CharField(
        label="Instead of", required=False, max_length=120, help_text="If they were somebody’s deputy"
    )
    fieldsets = [
        ("As it should be recorded", ["mode", "arrived_at", "left_at", "away", "can_decide", "deputy_for"]),
        ("Why it is put right", ["reason"]),
    ]


class AddPresenceForm(PresenceForm, NewcomerForm):
    """Somebody who was there and was not recorded."""

    phone = forms.CharField(label="Direct number", required=False, max_length=40, widget=widgets.Tel())
    email = Mailbox(label="E-mail address", required=False, help_text="Leave empty to hand papers over")
    fieldsets = [
        ("Who was there?", ["professional"]),
        ("If they are not in the list", ["name", "agency", "job_role", "quorum_role", "phone", "email"]),
        ("How", ["mode", "arrived_at", "left_at", "away", "can_decide", "deputy_for"]),
        ("Why it is put right", ["reason"]),
    ]

    def __init__(self, *args: Any, known: Iterable[Professional], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = [one.pk for one in known]
        self.fields["professional"] = person_field(here, label="Somebody we know", required=False)
        self.fields["mode"].choices = HERE  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for somebody: of the directory, or typed anew."""
        said = super().clean()
        if not said.get("professional") and not said.get("name"):
            self.add_error("professional", "Choose who was there, or enter their name, agency and job below")
        return said
