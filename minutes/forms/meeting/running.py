"""The start, the end, and signing."""

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import User
from attendees.enums import SignatureMethod
from attendees.models import Attendance
from govuk import fields, widgets
from minutes.enums import Answer
from minutes.forms.releasing import LetThrough
from minutes.rules.release import Finding

SILENT = "silent"


class RightMeetingForm(forms.Form):
    """When it was confirmed; by one press in the room it is now."""

    confirmed_at = fields.DateTimeField(
        label="When was it confirmed?",
        what="when it was confirmed",
        help_text="The children’s names, dates of birth and addresses were read out, and everyone said so",
        required=False,
    )
    mark_optional = False


class StartForm(forms.Form):
    """The moment it started, and a reason when somebody is missing."""

    started_at = fields.DateTimeField(
        label="When did it start?",
        what="when it started",
        help_text="Change this only when you type it in afterwards",
    )
    no_quorum_reason = forms.CharField(
        label="Why do you start without quorum?",
        required=False,
        max_length=300,
        widget=widgets.Textarea(rows=3),
        help_text="The clock for convening keeps running until everybody who must take part has joined",
    )

    def __init__(self, *args: Any, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_why:
            del self.fields["no_quorum_reason"]


class CloseForm(LetThrough):
    """What everybody present says of the record, the end, and that it was read back."""

    ended_at = fields.DateTimeField(label="When did it end?", what="when it ended")
    read_back = forms.BooleanField(
        label="The decisions and actions were read back, and who is told what", required=False
    )
    not_read_back = forms.CharField(
        label="If they were not read back: why?",
        required=False,
        max_length=300,
        help_text="The record tells it. Leave this empty when they were",
    )
    mark_optional = False

    def __init__(self, *args: Any, people: list[Attendance], said: dict[int, Any], **kwargs: Any) -> None:
        found: list[Finding] = kwargs.pop("findings", [])
        super().__init__(*args, **kwargs)
        self.people = people
        self.ask_of(found)
        for one in people:
            known = said.get(one.pk)
            self.fields[f"answer_{one.pk}"] = forms.ChoiceField(
                label=str(one),
                choices=[(Answer.AGREES, "Agrees"), (Answer.OBJECTS, "Objects"), (SILENT, "Has not said")],
                initial=known.answer if known else SILENT,
                widget=widgets.Radios(inline=True, small=True, label_size="s"),
                error_messages={"required": f"Say whether {one.name} agrees"},
            )
            self.fields[f"text_{one.pk}"] = forms.CharField(
                label=f"What {one.name} objects to",
                required=False,
                max_length=2000,
                initial=known.text if known else "",
                widget=widgets.Textarea(rows=2),
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for one in self.people:
            if said.get(f"answer_{one.pk}") == Answer.OBJECTS and not said.get(f"text_{one.pk}"):
                self.add_error(f"text_{one.pk}", f"Say what {one.name} objects to")
        return said

    def lines(self) -> Iterator[tuple[Attendance, Any, Any]]:
        """Each person with their answer and its text."""
        for one in self.people:
            yield one, self[f"answer_{one.pk}"], self[f"text_{one.pk}"]

    def answers(self) -> Iterator[tuple[Attendance, str, str]]:
        """Everybody who said something."""
        for one in self.people:
            answer = self.cleaned_data[f"answer_{one.pk}"]
            if answer != SILENT:
                yield one, answer, self.cleaned_data[f"text_{one.pk}"]


class SignForm(forms.Form):
    """How the action log is signed, when it is not by link."""

    method = forms.ChoiceField(
        label="How is it signed?",
        choices=[(SignatureMethod.SCREEN, "On this screen"), (SignatureMethod.RECORDED, "Recorded by you")],
        initial=SignatureMethod.SCREEN,
        widget=widgets.Radios(
            hints={
                SignatureMethod.SCREEN: "They have read the actions and press the button themselves",
                SignatureMethod.RECORDED: "They told you that they sign; you are the witness",
            },
            reveals={SignatureMethod.RECORDED: ["how"]},
        ),
    )
    how = forms.CharField(
        label="What did they say, and how?",
        required=False,
        max_length=200,
        help_text="By telephone at 4pm, for example",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("method") == SignatureMethod.RECORDED and not said.get("how"):
            self.add_error("how", "Say what they said, and how they told you")
        return said


class AllocatedForm(forms.Form):
    """The allocated social worker and the number everybody is given (row B12)."""

    worker = forms.ModelChoiceField(
        User.objects.none(),
        label="Allocated social worker",
        widget=widgets.Select(),
        error_messages={"required": "Choose the allocated social worker"},
    )
    number = forms.CharField(
        label="Telephone number", max_length=40, widget=widgets.Tel(width=20),
        help_text="Everybody who takes part is given this number. Empty: the number of their account",
        required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, agency_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ["social_worker", "advanced_practitioner", "assessment_practice_manager", "team_manager"]
        workers = User.objects.filter(is_active=True, agency_id=agency_id or 0, roles__overlap=roles)
        self.fields["worker"].queryset = workers.order_by("name")  # type: ignore[attr-defined]
