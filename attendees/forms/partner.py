"""What partners fill in: a code, a reply, what their agency knows."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

from attendees.enums import InformationStatus, Marking, Reply
from attendees.models import InformationRequest, Passage
from attendees.rules.headings import HINTS, headings_for
from attendees.rules.tokens import CODE_DIGITS, digits_of
from attendees.services.information import LONGEST, Text
from govuk import fields, widgets


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label="Six-digit code",
        help_text="It is in an email that we have just sent you",
        max_length=20,
        widget=widgets.Text(width=10, inputmode="numeric", autocomplete="one-time-code"),
        error_messages={"required": "Enter the six-digit code"},
    )

    def clean_code(self) -> str:
        """Return the digits; spaces and dashes between them do not matter."""
        digits = digits_of(self.cleaned_data["code"])
        if len(digits) != CODE_DIGITS:
            raise forms.ValidationError("The code has six digits, like 123 456")
        return digits


class ReplyForm(forms.Form):
    """Coming, not coming, or a deputy."""

    answer = forms.ChoiceField(
        label="Will you come?",
        choices=[
            (Reply.COMING, "Yes, I will come"),
            (Reply.DEPUTY, "No, but somebody comes in my place"),
            (Reply.NOT_COMING, "No"),
        ],
        widget=widgets.Radios(
            reveals={
                Reply.DEPUTY: ["deputy_name", "deputy_job_role", "deputy_email", "deputy_can_decide"],
                Reply.NOT_COMING: ["reason"],
            },
            label_size="m",
        ),
        error_messages={"required": "Choose whether you are coming"},
    )
    deputy_name = forms.CharField(label="Their name", max_length=120, required=False)
    deputy_job_role = forms.CharField(
        label="Their role", max_length=120, required=False, help_text="For example, detective inspector"
    )
    deputy_email = fields.Address(
        label="Their work email address",
        required=False,
        help_text="Business support sends them an invitation of their own",
    )
    deputy_can_decide = forms.BooleanField(
        label="They are senior enough to decide for our agency", required=False
    )
    reason = forms.CharField(
        label="Why not?",
        required=False,
        max_length=300,
        widget=widgets.Textarea(rows=3),
        help_text="The chair sees this",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for what the answer needs."""
        cleaned: dict[str, Any] = super().clean() or {}
        answer = cleaned.get("answer")
        if answer == Reply.NOT_COMING and not cleaned.get("reason"):
            self.add_error("reason", "Say why, so that the chair can decide what to do")
        if answer == Reply.DEPUTY:
            for field, sentence in (
                ("deputy_name", "Enter their name"),
                ("deputy_job_role", "Enter their role"),
            ):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, sentence)
        return cleaned


class RecordReplyForm(ReplyForm):
    """The same, told to business support."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer = self.fields["answer"]
        answer.label = "Will they come?"
        answer.choices = [  # type: ignore[attr-defined]
            (Reply.COMING, "Yes"),
            (Reply.DEPUTY, "No, but somebody comes in their place"),
            (Reply.NOT_COMING, "No"),
        ]
        answer.error_messages["required"] = "Choose whether they are coming"
        self.fields["deputy_can_decide"].label = "The deputy is senior enough to decide for their agency"

    how = forms.CharField(
        label="How did they tell you?", max_length=120, help_text="For example, by telephone, to Bea Bright",
        error_messages={"required": "Say how they told you, for instance by telephone"},
    )  # fmt: skip


class InformationForm(forms.Form):
    """What an agency knows, under the headings of its kind, each with who may read it."""

    def __init__(self, *args: Any, information: InformationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.information = information
        self.headings = headings_for(information.professional.agency.kind)
        stored: dict[str, Passage] = {one.heading: one for one in information.passages.all()}
        for place, heading in enumerate(self.headings):
            passage = stored.get(heading)
            self.fields[f"text_{place}"] = forms.CharField(
                label=heading,
                help_text=HINTS.get(heading, ""),
                required=False,
                strip=False,
                validators=[MaxLengthValidator(LONGEST)],
                widget=widgets.Textarea(rows=5, label_size="m", count=None),
                initial=passage.text if passage else "",
            )
            self.fields[f"marking_{place}"] = forms.ChoiceField(
                label="Who may read this?",
                choices=Marking.choices,
                required=False,
                initial=passage.marking if passage else Marking.NOT_FAMILY,
                widget=widgets.Select(),
            )
            self.fields[f"version_{place}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=passage.version if passage else 0
            )

    @property
    def passages(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Text, marking and version of each heading, for the template."""
        return [
            (self[f"text_{place}"], self[f"marking_{place}"], self[f"version_{place}"])
            for place in range(len(self.headings))
        ]

    @property
    def texts(self) -> list[Text]:
        """What was typed, for the service."""
        return [
            Text(
                heading=heading,
                text=self.cleaned_data[f"text_{place}"],
                marking=self.cleaned_data[f"marking_{place}"] or Marking.NOT_FAMILY,
                version=self.cleaned_data[f"version_{place}"] or None,
            )
            for place, heading in enumerate(self.headings)
        ]


class SendInformationForm(InformationForm):
    """The same with what is to become of it."""

    status = forms.ChoiceField(
        label="What would you like to do?",
        choices=[
            ("save", "Save what I have written and finish later"),
            (InformationStatus.RETURNED, "Send it now"),
            (InformationStatus.AT_MEETING, "Tell it at the discussion"),
            (InformationStatus.NONE_HELD, "We hold nothing about this family"),
        ],
        widget=widgets.Radios(
            hints={
                "save": "Nobody else reads it yet",
                InformationStatus.RETURNED: "You can send it again until the discussion ends",
            },
            label_size="m",
        ),
        error_messages={"required": "Choose what to do with it"},
    )


class RecordInformationForm(InformationForm):
    """Information that reached business support in another way."""

    status = forms.ChoiceField(
        label="What did they say?",
        choices=[
            (InformationStatus.RETURNED, "They sent or told what is written above"),
            (InformationStatus.AT_MEETING, "They will tell it at the discussion"),
            (InformationStatus.NONE_HELD, "They hold nothing about this family"),
        ],
        widget=widgets.Radios(label_size="m"),
        error_messages={"required": "Choose what they said"},
    )
    how = forms.CharField(
        label="How did it reach you?",
        max_length=120,
        help_text="For example, by secure email or telephone, from whom",
        error_messages={"required": "Say how it reached you"},
    )
