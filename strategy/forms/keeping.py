"""What an administrator fills in about duty lines, rooms, conference lines and video links."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.utils.html import format_html

from govuk import fields, widgets
from strategy.enums import PlaceKind
from strategy.models import DutyLine, Place
from strategy.rules.lines import DAYS
from strategy.rules.places import BUFFER, SEATS, PlaceFacts, problems
from strategy.rules.slots import OpenFor
from strategy.services.keeping import LineFacts
from strategy.services.places import LONGEST_REASON

PLACE_NAMES = ("name", "kind", "joining", "opens_at", "closes_at", "on_bank_holidays", "is_hospital")


class WeekForm(forms.Form):
    """From when until when, for each weekday."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(DAYS):
            for name, word in ((f"day_{number}", "from"), (f"day_{number}_until", "until")):
                self.fields[name] = fields.TimeField(
                    label=f"{day} {word}", required=False, widget=widgets.Text(width=10, label_hidden=True)
                )

    def week(self) -> Iterator[tuple[Any, ...]]:
        """Each weekday with its boxes, for the page."""
        for number, day in enumerate(DAYS):
            yield day, self[f"day_{number}"], self[f"day_{number}_until"]

    def typed_week(self) -> dict[int, tuple[time | None, time | None]]:
        """What was typed for each weekday (Monday is 0)."""
        told = self.cleaned_data
        return {n: (told.get(f"day_{n}"), told.get(f"day_{n}_until")) for n in range(7)}


class LineForm(WeekForm):
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

    @property
    def facts(self) -> LineFacts:
        """As the service takes it."""
        told = self.cleaned_data
        return LineFacts(
            told["name"], told["number"], self.typed_week(), told["fallback"], told["on_bank_holidays"]
        )

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


class PlaceForm(WeekForm):
    """A room, a conference line or a video link: its hours, and what it needs around a booking."""

    mark_optional = False
    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter the name of the room, line or link"},
    )
    kind = forms.ChoiceField(label="What is it?", choices=PlaceKind.choices, widget=widgets.Radios())
    joining = forms.CharField(
        label="How to get there, or to join (optional)",
        required=False,
        max_length=1000,
        widget=widgets.Textarea(rows=4),
        help_text="It stands in every invitation: nothing about a child",
    )
    is_hospital = forms.BooleanField(
        label="It is in a hospital",
        required=False,
        help_text="A child who is in hospital is discussed there, before they leave",
    )
    capacity = forms.IntegerField(
        label="How many people does it hold? (optional)",
        required=False,
        widget=widgets.Number(width=4),
        error_messages={"invalid": SEATS},
    )
    opens_at = fields.TimeField(label="Opens", required=False, widget=widgets.Text(width=10))
    closes_at = fields.TimeField(label="Closes", required=False, widget=widgets.Text(width=10))
    on_bank_holidays = forms.BooleanField(label="Open on bank holidays too", required=False, initial=True)
    buffer_before = forms.IntegerField(
        label="Minutes kept free before each booking",
        required=False,
        widget=widgets.Number(width=3),
        help_text="To make it ready",
        error_messages={"invalid": BUFFER},
    )
    buffer_after = forms.IntegerField(
        label="Minutes kept free after each booking",
        required=False,
        widget=widgets.Number(width=3),
        help_text="To clear it, and for a discussion that runs over",
        error_messages={"invalid": BUFFER},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(DAYS):
            self.fields[f"day_{number}_closed"] = forms.BooleanField(
                label=format_html('Closed<span class="govuk-visually-hidden"> on {}</span>', day),
                required=False,
            )
        self.order_fields([name for name in self.fields if not name.startswith("buffer")])

    def week(self) -> Iterator[tuple[Any, ...]]:
        for number, (day, opens, closes) in enumerate(super().week()):
            yield day, opens, closes, self[f"day_{number}_closed"]

    def clean(self) -> dict[str, Any]:
        """Everything that cannot stand is said at once, each beside its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        for number, day in enumerate(DAYS):
            if cleaned.get(f"day_{number}_closed") and any(self.typed_week()[number]):
                self.add_error(f"day_{number}", f"On {day} it is either closed or open at these times")
        if not self.errors:
            for name, sentence in problems(self.facts).items():
                self.add_error(name, sentence)
        return cleaned

    @property
    def facts(self) -> PlaceFacts:
        """As the service takes it."""
        told = self.cleaned_data
        typed = self.typed_week()
        differ: dict[int, OpenFor | None] = {n: times for n, times in typed.items() if any(times)}
        closed = {n: None for n in range(7) if told.get(f"day_{n}_closed")}
        return PlaceFacts(
            **{name: told[name] for name in (*PLACE_NAMES, "capacity")},
            differ=differ | closed,
            buffer_before=told["buffer_before"] or 0,
            buffer_after=told["buffer_after"] or 0,
        )

    @staticmethod
    def first_values(place: Place) -> dict[str, Any]:
        """What the form shows at first of a place that is kept."""
        names = (*PLACE_NAMES, "capacity", "buffer_before", "buffer_after")
        values = {name: getattr(place, name) for name in names}
        for n, times in place.opening().differ.items():
            if times is None:
                values[f"day_{n}_closed"] = True
            else:
                values[f"day_{n}"], values[f"day_{n}_until"] = times
        return values


class BlockForm(forms.Form):
    """From when until when a place is out of use, and why."""

    start = fields.DateTimeField(label="Out of use from", what="when it goes out of use")
    end = fields.DateTimeField(
        label="Back in use at",
        what="when it is back in use",
        help_text="If nobody knows yet, choose a careful date: it can be put back into use earlier",
    )
    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        help_text="Everybody who books reads it: nothing about a child. For example, water in the ceiling",
        error_messages={"required": "Say why it is out of use"},
    )
