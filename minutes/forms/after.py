"""What is typed after the discussion: answers, reasons, recipients, references, what was done."""

from typing import Any

from django import forms

from accounts.forms import Mailbox
from accounts.models import User
from attendees.models import Professional
from attendees.rules import files
from attendees.services.files import Upload
from govuk import fields, widgets
from minutes.enums import Answer, Forum, OfferAnswer
from minutes.models import Section
from minutes.rules.passages import Passage
from minutes.rules.told import LONGEST_SAID


class ReasonForm(forms.Form):
    """One reason, for a return, a correction, a revoked copy or a blocked action."""

    reason = forms.CharField(label="Why", widget=widgets.Textarea(rows=3), max_length=300)

    def __init__(self, *args: Any, label: str = "Why", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint


class GiveTimeForm(forms.Form):
    """Until when an action may take, and why."""

    due_at = fields.DateTimeField(label="By when is it to be done now?", what="by when it is to be done")
    reason = forms.CharField(label="Why may it take longer?", widget=widgets.Textarea(rows=3), max_length=300)


class FindForm(forms.Form):
    """Who is looked for in the directory."""

    find = forms.CharField(label="Look for somebody else", required=False, max_length=100)

    def __init__(self, *args: Any, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["find"].help_text = hint


class OfferForm(forms.Form):
    """Who is asked to do an action, and why."""

    to = forms.ChoiceField(
        label="Who is asked to do it?",
        widget=widgets.Select(),
        error_messages={
            "required": "Choose who is asked to do it",
            "invalid_choice": "Choose one of the people in the list",
        },
    )
    why = forms.CharField(
        label="Why is somebody else to do it?",
        help_text="They read it before they answer",
        widget=widgets.Textarea(rows=3),
        max_length=300,
        error_messages={"required": "Say why somebody else is to do it"},
    )

    def __init__(self, *args: Any, people: list[Professional | User], hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"{one._meta.model_name}-{one.pk}": one for one in people}
        told = [
            (key, f"{one.name}, {one.agency}" + ("" if one.email else " (no email: by hand)"))
            for key, one in self.people.items()
        ]
        self.fields["to"].choices = [("", "Choose"), *told]  # type: ignore[attr-defined]
        self.fields["to"].help_text = hint

    @property
    def chosen(self) -> Professional | User:
        """Whom they chose."""
        return self.people[self.cleaned_data["to"]]


class AnswerOfferForm(forms.Form):
    """Whether somebody takes an action on; told by them, or recorded for them."""

    answer = forms.ChoiceField(
        label="Do you take this action on?",
        choices=[(OfferAnswer.ACCEPTED, "Yes, I will do it"), (OfferAnswer.DECLINED, "No")],
        widget=widgets.Radios(reveals={OfferAnswer.DECLINED: ["why"]}),
        error_messages={"required": "Choose yes or no"},
    )
    why = forms.CharField(label="Why not?", widget=widgets.Textarea(rows=3), max_length=300, required=False)

    def __init__(self, *args: Any, for_whom: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_whom:
            return
        self.fields["answer"].label = f"Does {for_whom} take this action on?"
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            (OfferAnswer.ACCEPTED, "Yes, they will do it"),
            (OfferAnswer.DECLINED, "No"),
        ]
        self.fields["how"] = forms.CharField(
            label=f"How did {for_whom} tell you?",
            help_text="For example, “By telephone at 4pm”",
            max_length=200,
            error_messages={"required": f"Say how {for_whom} told you"},
        )

    def clean(self) -> dict[str, Any]:
        """Ask why not."""
        typed = super().clean() or {}
        if typed.get("answer") == OfferAnswer.DECLINED and not typed.get("why") and "why" not in self.errors:
            self.add_error("why", "Say why not")
        return typed


class AnswerForm(forms.Form):
    """What an attendee says of the record."""

    answer = forms.ChoiceField(
        label="What do you say of this record?",
        choices=[
            (Answer.AGREES, "I agree with it"),
            (Answer.CORRECTS, "I propose a correction"),
            (Answer.OBJECTS, "I object to it"),
        ],
        widget=widgets.Radios(
            reveals={Answer.CORRECTS: ["passage", "correction"], Answer.OBJECTS: ["objection"]},
            label_hidden=True,
        ),
        error_messages={"required": "Choose whether you agree, propose a correction or object"},
    )
    passage = forms.ChoiceField(
        label="Which passage is it about?",
        widget=widgets.Select(),
        required=False,
        error_messages={"invalid_choice": "Choose one of the passages in the list"},
    )
    correction = forms.CharField(
        label="What should be put right?",
        help_text="Say what it should say. The chair answers with a reason",
        widget=widgets.Textarea(rows=4),
        max_length=4000,
        required=False,
    )
    objection = forms.CharField(
        label="What do you object to, and why?",
        widget=widgets.Textarea(rows=4),
        max_length=4000,
        required=False,
    )

    def __init__(self, *args: Any, passages: list[Passage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(one.key, one.name) for one in passages]
        self.fields["passage"].choices = [("", "No particular passage"), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the text that the answer needs."""
        typed = super().clean() or {}
        needed = {Answer.CORRECTS: "correction", Answer.OBJECTS: "objection"}.get(typed.get("answer", ""))
        if needed and not typed.get(needed) and needed not in self.errors:
            self.add_error(
                needed, "Say what should be put right" if needed == "correction" else "Say what you object to"
            )
        typed["text"] = typed.get(needed, "") if needed else ""
        return typed


class ToldForm(forms.Form):
    """How and when somebody told whoever writes it down."""

    told_at = fields.DateTimeField(label="When did they tell you?", what="when they told you")
    how = forms.CharField(
        label="How did they tell you?", help_text="For example, “By telephone”", max_length=200
    )


class AnswerForForm(AnswerForm, ToldForm):
    """What an attendee told somebody of the record."""

    field_order = ("answer", "passage", "correction", "objection", "told_at", "how")

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer: Any = self.fields["answer"]
        answer.label = f"What does {name} say of the record?"
        answer.choices = [
            (Answer.AGREES, "Agrees with it"),
            (Answer.CORRECTS, "Proposes a correction"),
            (Answer.OBJECTS, "Objects to it"),
        ]
        self.fields["objection"].label = "What do they object to, and why?"


class ResolveForm(forms.Form):
    """What the chair does with a correction or an objection."""

    accepted = fields.YesNo(label="Do you take it up?", help_text="If you do, amend the record as well")
    reason = forms.CharField(
        label="Why",
        widget=widgets.Textarea(rows=3),
        max_length=300,
        error_messages={"required": "Say why you do or do not take it up"},
    )


class AmendForm(forms.Form):
    """One passage of the record as the chair amends it."""

    text = forms.CharField(label="Text", widget=widgets.Textarea(rows=12), max_length=50_000, required=False)

    def __init__(self, *args: Any, section: Section, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class HandForm(forms.Form):
    """A printed copy handed to somebody."""

    handed_at = fields.DateTimeField(
        label="When was it handed over?", help_text="For example, 24 12 2026 at 4:30pm"
    )

    how = forms.CharField(
        label="Where and how?",
        help_text="For example, “At reception, shown her police warrant card”",
        max_length=200,
    )


class HandFamilyForm(HandForm):
    """The family's copy handed to somebody of the family."""

    handed_to = forms.CharField(
        label="To whom?", help_text="For example, “Sarah Fenwick, mother”", max_length=120
    )
    how = forms.CharField(
        label="Where and how?", help_text="For example, “At home, read through together”", max_length=200
    )
    field_order = ("handed_to", "handed_at", "how")


class AgainForm(forms.Form):
    """The address for a copy that did not arrive."""

    email = Mailbox(
        label="E-mail address", help_text="Check it with the person or their agency", widget=widgets.Email()
    )


class TimesForm(forms.Form):
    """When the discussion really began and ended."""

    started_at = fields.DateTimeField(label="When did it start?", what="when it started")
    ended_at = fields.DateTimeField(label="When did it end?", what="when it ended")
    reason = forms.CharField(
        label="Why are the times changed?",
        max_length=300,
        widget=widgets.Textarea(rows=3),
        error_messages={"required": "Enter why the times are changed"},
    )


class FileForm(forms.Form):
    """The reference under which the case system keeps the minutes."""

    reference = forms.CharField(label="Reference", max_length=120, widget=widgets.Text(width=20))

    def __init__(self, *args: Any, system: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = f"Reference in {system}"
        self.fields["reference"].error_messages["required"] = f"Enter the reference that it has in {system}"


class HeardForm(forms.Form):
    """How somebody who is not the `owner` of an action knows what they write down for them."""

    def __init__(self, *args: Any, owner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owner:
            self.fields["told_how"] = forms.CharField(
                label="How do you know?", help_text=f"For example, “{owner} telephoned”", max_length=200
            )


class BlockForm(ReasonForm, HeardForm):
    """What keeps an action from being done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = "Enter what keeps it from being done"


class DoneForm(HeardForm):
    """What was done, and when."""

    what_was_done = forms.CharField(
        label="What was done?",
        help_text="And what came of it, if you may say so",
        error_messages={"required": "Enter what was done"},
        widget=widgets.Textarea(rows=4),
        max_length=LONGEST_SAID,
    )
    evidence = forms.CharField(
        label="What shows that it was done?",
        help_text="A letter, a note, a reference in your records, and where it is. Paste a note whole",
        widget=widgets.Textarea(rows=3),
        max_length=LONGEST_SAID,
        required=False,
    )
    evidence_file = forms.FileField(
        label="Attach it, if you have it as a file",
        help_text=f"One file of 10 MB at most: {files.ACCEPTED}",
        widget=forms.FileInput(attrs={"accept": files.ENDINGS}),
        required=False,
        allow_empty_file=True,  # an empty one is told by its name
    )
    done_at = fields.DateTimeField(
        label="When was it done?", what="when it was done", help_text="For example, 24 12 2026 at 4:30pm"
    )

    @property
    def told(self) -> dict[str, Any]:
        """What was typed, for the service; the file is read no further than its size may be."""
        chosen = self.cleaned_data["evidence_file"]
        upload = Upload(chosen.name or "", chosen.read(files.MOST_BYTES + 1)) if chosen else None
        return {**self.cleaned_data, "evidence_file": upload}


class ReviewForm(forms.Form):
    """To which meeting an action is handed over."""

    forum = forms.ChoiceField(
        label="Which meeting reviews it?", choices=Forum.choices, widget=widgets.Radios()
    )
    meets_on = fields.DateField(label="When does it meet?", what="the day of the meeting")
    led_by = forms.CharField(
        label="Who leads it?",
        help_text="Name and role",
        max_length=120,
        error_messages={"required": "Enter who leads that meeting"},
    )
    note = forms.CharField(
        label="What should they know?", widget=widgets.Textarea(rows=3), max_length=300, required=False
    )


class SignForm(forms.Form):
    """Signing is a tick and a button: what is signed stands above it, with its hash."""

    read = forms.BooleanField(label="I have read this action log and I sign it", widget=widgets.Checkbox())
