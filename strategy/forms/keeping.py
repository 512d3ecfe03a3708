"""What an administrator fills in about duty lines, rooms, conference lines and video links."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from govuk import fields, widgets
from strategy.enums import PlaceKind
from strategy.models import DutyLine
from strategy.rules.lines import DAYS
from strategy.services.keeping import LineFacts, PlaceFacts


class LineForm(forms.Form):
    """A line to call, its hours on each weekday, and what to do outside them."""

    mark_optional = False
    name = forms.CharField(
        label="Whose line is it?",
        max_length=120,
        help_text="For example: Duty sergeant, Northshire Police",
        error_messages={"required": "Enter whose line it is, such as “Duty sergeant”"},
    )
    number = fields.TelField(
        label="Number",
        help_text="Shown only during the hours below",
        error_messages={"required": "Enter the number to call"},
    )
    on_bank_holidays = forms.BooleanField(label="Answered on bank holidays too", required=False)
    fallback = forms.CharField(
        label="What to do outside these hours",
        max_length=1000,
        widget=widgets.Textarea(rows=4),
        help_text="Shown in place of the number. Say whom to call instead, such as 999 and emergency duty",
        error_messages={
            "required": "Say what to do outside these hours: nobody may be left without an answer"
        },
    )
    is_active = fields.YesNo(label="Is it in use?", initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(DAYS):
            for name, word in ((f"day_{number}", "from"), (f"day_{number}_until", "until")):
                self.fields[name] = fields.TimeField(
                    label=f"{day} {word}", required=False, widget=widgets.Text(width=10, label_hidden=True)
                )

    def week(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """Each weekday with its two boxes, for the page."""
        for number, day in enumerate(DAYS):
            yield day, self[f"day_{number}"], self[f"day_{number}_until"]

    @property
    def facts(self) -> LineFacts:
        """As the service takes it."""
        told = self.cleaned_data
        week = {n: (told.get(f"day_{n}"), told.get(f"day_{n}_until")) for n in range(7)}
        return LineFacts(told["name"], told["number"], week, told["fallback"], told["on_bank_holidays"])

    @staticmethod
    def first_values(line: DutyLine | None) -> dict[str, Any]:
        """What the form shows at first; Monday to Friday, nine to five, for a new line."""
        if line is None:
            week: dict[int, tuple[time, time] | None] = dict.fromkeys(range(5), (time(9), time(17)))
            values: dict[str, Any] = {"is_active": True}
        else:
            week = {n: line.hours.on(n) for n in range(7)}
            names = ("name", "number", "on_bank_holidays", "fallback", "is_active")
            values = {name: getattr(line, name) for name in names}
        for n, times in week.items():
            if times is not None:
                values[f"day_{n}"], values[f"day_{n}_until"] = times
        return values


class PlaceForm(forms.Form):
    """A room, a conference line or a video link."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter the name of the room, line or link"},
    )
    kind = forms.ChoiceField(label="What is it?", choices=PlaceKind.choices, widget=widgets.Radios())
    joining = forms.CharField(
        label="How to get there, or to join",
        required=False,
        max_length=1000,
        widget=widgets.Textarea(rows=4),
        help_text="It stands in every invitation: nothing about a child",
    )
    opens_at = fields.TimeField(
        label="Opens", required=False, help_text="Leave both empty when it is always open"
    )
    closes_at = fields.TimeField(label="Closes", required=False)

    @property
    def facts(self) -> PlaceFacts:
        """As the service takes it."""
        names = ("name", "kind", "joining", "opens_at", "closes_at")
        return PlaceFacts(**{name: self.cleaned_data[name] for name in names})
