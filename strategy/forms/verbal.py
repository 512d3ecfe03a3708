"""A manager's word: written down by whoever heard it, and countersigned."""

from typing import Any

from django import forms

from accounts.models import User
from govuk import fields, widgets

YES, NO = "yes", "no"


class WordForm(forms.Form):
    """Who authorised by word of mouth, when, and in which words (row W17)."""

    manager = forms.ModelChoiceField(
        label="Which manager authorised it?",
        queryset=User.objects.none(),
        empty_label="Choose",
        widget=widgets.Select(),
        error_messages={"required": "Choose which manager authorised it"},
    )
    said_at = fields.DateTimeField(label="When did they say so?", what="when they said so")
    words = forms.CharField(
        label="What did they say, in their words?",
        help_text="They read this, and countersign it or say that it is not so",
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter what the manager said, in their words"},
    )


class VerbalForm(WordForm):
    """The same on a page of its own."""

    def __init__(self, *args: Any, managers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self.fields["manager"], managers)


def choose_from(field: Any, people: list[User], nobody: str = "Choose") -> None:
    """Offer these people, whom the page has read already; `nobody` is what stands first."""
    field.queryset = User.objects.filter(pk__in=[one.pk for one in people])
    field.choices = [("", nobody), *[(one.pk, f"{one.name}, {one.role_titles.lower()}") for one in people]]


class CountersignForm(forms.Form):
    """The manager confirms their word, or says that they did not give it."""

    was_given = forms.ChoiceField(
        label="Did you give this authorisation?",
        choices=[(YES, "Yes, I authorised this"), (NO, "I did not give this authorisation")],
        widget=widgets.Radios(reveals={NO: ["reason"]}),
        error_messages={"required": "Choose whether you gave this authorisation"},
    )
    reason = forms.CharField(
        label="What is not so?",
        help_text="It stands on the record beside what was written down. The head of service is told",
        max_length=2000,
        required=False,
        widget=widgets.Textarea(rows=3),
    )


class SettleForm(forms.Form):
    """Another manager decides on what went ahead without authorisation."""

    authorises = forms.ChoiceField(
        label="Do you authorise this discussion now?",
        choices=[(YES, "Yes, I authorise it afterwards"), (NO, "No, I do not authorise it")],
        widget=widgets.Radios(),
        error_messages={"required": "Choose whether you authorise it now"},
    )
    note = forms.CharField(
        label="Why, and what follows from it?",
        help_text="It stands on the record beside what was written down",
        max_length=2000,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter what you decide about it, and why"},
    )
