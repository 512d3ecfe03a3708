"""Who is here: recorded together, joining, leaving."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django import forms

from accounts.forms import Mailbox
from accounts.models import Agency
from attendees.enums import TAKES_PART, Mode, QuorumRole
from attendees.models import Professional
from attendees.services.attendance import Part, Printed
from govuk import fields, widgets
from minutes.forms.meeting.choices import person_field
from minutes.rules.text import one_line

HERE = [(mode.value, mode.label) for mode in Mode if mode in TAKES_PART]


class AttendanceForm(forms.Form):
    """Everybody expected or recorded, one line each: how they take part, whether they can decide."""

    def __init__(self, *args: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        if self.is_bound:
            self.data = _with_the_unasked(self.data, parts)
        for part in parts:
            pk, name = part.professional.pk, part.name or part.professional.name
            self.fields[f"mode_{pk}"] = forms.ChoiceField(
                label=f"How {name} takes part",
                choices=Mode.choices,
                initial=part.mode,
                widget=widgets.Select(),
            )
            self.fields[f"can_decide_{pk}"] = forms.BooleanField(
                label=f"{name} can decide for their agency", required=False, initial=part.can_decide
            )
            self.fields[f"deputy_for_{pk}"] = forms.CharField(
                label=f"Whom {name} stands in for",
                required=False,
                max_length=120,
                initial=part.deputy_for,
                widget=widgets.Text(width=20),
            )

    @property
    def printed(self) -> dict[int, Printed]:
        """How each line stood on the page that was sent."""
        read = {part.professional.pk: self.data.get(f"was_{part.professional.pk}") for part in self.parts}
        split = {pk: f"{value}::".split(":", 2) for pk, value in read.items() if value}
        return {pk: Printed(mode, can == "1", other.rstrip(":")) for pk, (mode, can, other) in split.items()}

    def lines(self) -> Iterator[tuple[Part, Any, Any, Any]]:
        """Each person with their three questions."""
        for part in self.parts:
            pk = part.professional.pk
            yield part, self[f"mode_{pk}"], self[f"can_decide_{pk}"], self[f"deputy_for_{pk}"]

    def told(self) -> list[Part]:
        """What was recorded; somebody who was already here keeps the time they came."""
        return [self._told(part) for part in self.parts]

    def _told(self, part: Part) -> Part:
        pk = part.professional.pk
        mode = self.cleaned_data[f"mode_{pk}"]
        here, stands_in = mode in TAKES_PART, f"deputy_for_{pk}"
        return replace(
            part,
            mode=mode,
            can_decide=self.cleaned_data[f"can_decide_{pk}"],
            deputy_for=one_line(self.cleaned_data[stands_in]) if stands_in in self.data else part.deputy_for,
            arrived_at=part.arrived_at if here else None,
            left_at=part.left_at if here else None,
            away=part.away if here else (),
        )


def _with_the_unasked(data: Any, parts: list[Part]) -> Any:
    """Whoever was added after the page was printed stands as they are recorded."""
    missing = [part for part in parts if f"mode_{part.professional.pk}" not in data]
    told = data.copy()
    for part in missing:
        pk = part.professional.pk
        told[f"mode_{pk}"], told[f"was_{pk}"] = part.mode, f"{part.mode}:{int(part.can_decide)}"
        if part.can_decide:
            told[f"can_decide_{pk}"] = "on"
    return told


class DialForm(forms.Form):
    """Who came on the line: the button beside their number."""

    joined = forms.ModelChoiceField(
        Professional.objects.none(),
        error_messages={"required": "Press “Joined” beside who came on the line"},
    )

    def __init__(self, *args: Any, people: list[Professional], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self.fields["joined"]
        known.queryset = Professional.objects.filter(pk__in=[one.pk for one in people])


class NewcomerForm(forms.Form):
    """Somebody whom nobody expected and the directory may not know, typed anew."""

    name = forms.CharField(label="Name", required=False, max_length=120)
    agency = forms.ModelChoiceField(
        Agency.objects.none(), label="Agency", required=False, empty_label="Choose", widget=widgets.Select()
    )
    job_role = forms.CharField(label="Job", required=False, max_length=120)
    quorum_role = forms.ChoiceField(
        label="Do they count towards quorum?",
        required=False,
        choices=[("", "No"), *QuorumRole.choices],
        widget=widgets.Select(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = Agency.objects.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("name") and not said.get("agency"):
            self.add_error("agency", "Choose their agency")
        if said.get("name") and not said.get("job_role"):
            self.add_error("job_role", "Enter what they do, such as detective sergeant")
        return said


class ArriveForm(NewcomerForm):
    """Somebody joins, expected or not."""

    mode = forms.ChoiceField(label="How do they take part?", choices=HERE, widget=widgets.Radios(inline=True))
    arrived_at = fields.TimeField(label="When did they join?", help_text="For example, 2:40pm")
    replaces = forms.BooleanField(
        label="They are recorded as here already: this time replaces the one recorded", required=False
    )
    can_decide = forms.BooleanField(label="They can decide for their agency", required=False, initial=True)
    deputy_for = forms.CharField(
        label="Instead of", required=False, max_length=120, help_text="If they are somebody’s deputy"
    )
    phone = forms.CharField(label="Direct number", required=False, max_length=40, widget=widgets.Tel())
    email = Mailbox(label="E-mail address", required=False, help_text="Leave empty to hand papers over")
    fieldsets = [
        ("Who has joined?", ["professional"]),
        ("How", ["mode", "arrived_at", "replaces", "can_decide", "deputy_for"]),
        ("If they are not in the list", ["name", "agency", "job_role", "quorum_role", "phone", "email"]),
    ]

    def __init__(self, *args: Any, expected: Iterable[Professional], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["professional"] = person_field(
            [one.pk for one in expected], label="Somebody we know", required=False
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("professional") and not said.get("name"):
            self.add_error("professional", "Choose who has joined, or enter their name, agency and job below")
        return said


class LeaveForm(forms.Form):
    """Somebody leaves before the end."""

    left_at = fields.TimeField(label="When did they leave?", help_text="For example, 2:40pm")
