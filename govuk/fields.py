"""Form fields that read what people type: dates in three boxes, times as they are said, addresses."""

import unicodedata
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelChoiceField

from govuk import widgets
from govuk.moments import clock_time, london, read_time

MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        start=1,
    )
    for name in names.split()
}


LAST_YEAR = 2999


def in_reach(day: date) -> date:
    """Return the day, or raise ValueError: at the ends of the calendar there is no room to count on."""
    if not 1000 <= day.year <= LAST_YEAR:
        raise ValueError(day)
    return day


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class PartsField(forms.Field):
    """What date and date-and-time share: telling which boxes are missing or wrong.

    `what` is how errors name it: "the date of birth".
    """

    default_error_messages = {
        "required": "Enter {what}",
        "missing": "{What} must include a {missing}",
        "unreal": "{What} must be a real date",
        "far": "{What} must be before the year 3000",
        "year": "The year must have four numbers",
    }

    def __init__(self, *, what: str = "the date", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what

    def fail(self, code: str, *parts: str, **words: str) -> ValidationError:
        """Return the error, naming the boxes that are wrong."""
        what = self.what
        text = self.error_messages[code].format(what=what, What=what[:1].upper() + what[1:], **words)
        return ValidationError(text, code=code, params={"parts": parts})

    def validate(self, value: Any) -> None:
        if self.required and value is None:
            raise self.fail("required")

    def read_date(self, texts: dict[str, str], needed: tuple[str, ...]) -> date | None:
        """Return the date, None when every box is empty, or raise which boxes are missing or wrong."""
        missing = [part for part in needed if not texts.get(part)]
        if len(missing) == len(needed):
            return None
        if missing:
            raise self.fail("missing", *missing, missing=_joined(missing))
        month = MONTH_NAMES.get(texts["month"].lower(), texts["month"])
        try:
            day, month, year = int(texts["day"]), int(month), int(texts["year"])
            if not 1000 <= year <= 9999:
                raise self.fail("year", "year")
            if year > LAST_YEAR:
                raise self.fail("far", "year")
            return in_reach(date(year, month, day))
        except (ValueError, OverflowError):
            raise self.fail("unreal", "day", "month", "year") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(data, dict) and not any(data.values()) and initial is None:
            return False
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class DateField(PartsField):
    """A day, in three boxes; gives a `date`. An ISO text posted under the field's own name is read too."""

    widget = widgets.DateParts

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return cast("date | None", value or None)
        if isinstance(value, str):
            try:
                return in_reach(date.fromisoformat(value))
            except ValueError:
                raise self.fail("unreal", "day", "month", "year") from None
        return self.read_date(value, ("day", "month", "year"))


class DateTimeField(PartsField):
    """A day in three boxes and a time; gives an aware `datetime`, typed in London's time.

    The hour that is skipped in spring is refused; of the hour that comes twice in autumn the first is meant.
    """

    widget = widgets.DateTimeParts
    default_error_messages = {
        "required": "Enter {what}, day and time",
        "time": "Enter the time like 4:30pm or 16:30",
        "skipped": "{What} is in the hour that is skipped when the clocks go forward. Enter another time",
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or isinstance(value, datetime):
            return cast("datetime | None", value or None)
        if isinstance(value, str):
            return self._from_iso(value)
        day = self.read_date(value, ("day", "month", "year", "time"))
        if day is None:
            return None
        at = read_time(value["time"])
        if at is None:
            raise self.fail("time", "time")
        return self._moment(day, at)

    def _from_iso(self, text: str) -> datetime:
        try:
            found = datetime.fromisoformat(text)
            in_reach(found.date())
        except ValueError:
            raise self.fail("unreal", "day", "month", "year") from None
        return found if found.tzinfo else self._moment(found.date(), found.time())

    def _moment(self, day: date, at: time) -> datetime:
        found = london(day, at)
        if found is None:
            raise self.fail("skipped", "time")
        return found


class TimeField(forms.TimeField):
    """A time of day as people write it: "4:30pm", "16:30", "4pm", "midday"."""

    widget = widgets.Text
    default_error_messages = {"invalid": "Enter the time like 4:30pm or 16:30"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", widgets.Text(width=5))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return clock_time(value) if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return cast("time | None", None if value == "" else value)
        found = read_time(str(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def _yes_no(value: Any) -> bool | None:
    return {"yes": True, "no": False, True: True, False: False}.get(value)


class YesNo(forms.TypedChoiceField):
    """Yes or no, as radios; gives `True` or `False`, and None when it may be left open and is."""

    def __init__(self, **kwargs: Any) -> None:
        hints = {name: kwargs.pop(name) for name in ("hints", "reveals") if name in kwargs}
        kwargs.setdefault("widget", widgets.Radios(inline=not hints, **hints))
        super().__init__(choices=[("yes", "Yes"), ("no", "No")], coerce=_yes_no, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class Address(forms.EmailField):
    """One e-mail address: lower case, normalised, and nothing that could open a second header."""

    widget = widgets.Email

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", str(value or ""))
        return super().to_python(text.strip().lower()) or ""


class TelField(forms.CharField):
    """A telephone number: digits, spaces, brackets, a plus and an extension."""

    widget = widgets.Tel
    default_error_messages = {"digits": "Enter a telephone number, like 01632 960 001 or 07700 900 982"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", widgets.Tel(width=20))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and sum(character.isdigit() for character in value) < 3:
            raise ValidationError(self.error_messages["digits"], code="digits")


def for_model(field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """Give a model's field the form field of the house (`class Meta: formfield_callback = for_model`)."""
    if isinstance(field, models.DateTimeField):
        return field.formfield(form_class=DateTimeField, **kwargs)
    if isinstance(field, models.DateField):
        return field.formfield(form_class=DateField, **kwargs)
    if isinstance(field, models.TimeField):
        return field.formfield(form_class=TimeField, **kwargs)
    if isinstance(field, models.EmailField):
        return field.formfield(form_class=Address, **kwargs)
    if field.choices and len(list(field.flatchoices)) <= 7 and "widget" not in kwargs:
        return field.formfield(widget=widgets.Radios, **kwargs)
    return field.formfield(**kwargs)


__all__ = [
    "Address",
    "DateField",
    "DateTimeField",
    "ModelChoiceField",
    "TelField",
    "TimeField",
    "YesNo",
    "for_model",
]
