"""What partners fill in: a code, a reply; what their agency knows is in `information`."""

from typing import Any

from django import forms

from accounts.forms import Mailbox
from attendees.enums import Reply
from attendees.rules.tokens import CODE_DIGITS, digits_of
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


class TakeOverForm(forms.Form):
    """Who deals with what came to a shared mailbox."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter the name"})
    job_role = forms.CharField(
        label="Rank or role",
        max_length=120,
        help_text="For example, detective sergeant",
        error_messages={"required": "Enter the rank or role"},
    )
    phone = fields.TelField(
        label="Direct telephone", error_messages={"required": "Enter a direct telephone number"}
    )
    email = fields.Address(
        label="Own work email address",
        help_text="Not the shared mailbox. The link goes there",
        error_messages={"required": "Enter their work email address"},
    )
    reference = forms.CharField(
        label="Your agency’s reference (optional)",
        max_length=60,
        required=False,
        help_text="For example, the number of the police log or the record",
    )


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
                Reply.DEPUTY: [
                    "deputy_name",
                    "deputy_job_role",
                    "deputy_email",
                    "deputy_phone",
                    "deputy_can_decide",
                ],
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
    deputy_email = Mailbox(
        label="Their work email address",
        required=False,
        help_text="Business support sends them an invitation of their own",
    )
    deputy_phone = fields.TelField(
        label="Their direct number", required=False, help_text="Where they can be reached on the day"
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

    def __init__(self, *args: Any, by_telephone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_telephone:  # row W13: without one they cannot take part, but a reply without one still counts
            self.fields[
                "deputy_phone"
            ].help_text = "The discussion is held by telephone: this is the number we ring"

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


class ReplyForAnotherForm(ReplyForm):
    """The same, answered for a colleague by the desk of their agency."""

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


class RecordReplyForm(ReplyForAnotherForm):
    """The same, told to business support."""

    how = forms.CharField(
        label="How did they tell you?", max_length=120, help_text="For example, by telephone this morning",
        error_messages={"required": "Say how they told you, for instance by telephone"},
    )  # fmt: skip
