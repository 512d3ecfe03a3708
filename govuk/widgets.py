"""Widgets that say more than Django's: widths, hints of answers, dividers, reveals, parts of a date."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.timezone import localtime

from govuk.moments import clock_time

Attrs = dict[str, Any]


class Dressed(forms.Widget):
    """What a widget may say about how it looks; read by `GovukBoundField`."""

    width: int | None = None
    prefix = ""
    suffix = ""
    label_size = ""
    label_hidden = False
    mark_optional = True  # set to False where a field may stay empty now, and is wanted all the same

    def __init__(
        self,
        *args: Any,
        width: int | None = None,
        prefix: str = "",
        suffix: str = "",
        label_size: str = "",
        label_hidden: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.width, self.prefix, self.suffix = width, prefix, suffix
        self.label_size, self.label_hidden = label_size, label_hidden


class Text(Dressed, forms.TextInput):
    """One line of text."""

    preset: ClassVar[Attrs] = {}

    def __init__(self, attrs: Attrs | None = None, **kwargs: Any) -> None:
        named = {
            name: kwargs.pop(name) for name in ("autocomplete", "spellcheck", "inputmode") if name in kwargs
        }
        named = {
            name: str(value).lower() if value in (True, False) else value for name, value in named.items()
        }
        super().__init__(attrs={**self.preset, **named, **(attrs or {})}, **kwargs)


class Number(Text):
    """A whole number; `type=number` is not used, since it loses what it cannot read."""

    preset = {"inputmode": "numeric"}


class Email(Text):
    """An e-mail address."""

    input_type = "email"
    preset = {"autocomplete": "email", "spellcheck": "false"}


class Tel(Text):
    """A telephone number."""

    input_type = "tel"
    preset = {"autocomplete": "tel"}


class Search(Text):
    """A search box."""

    input_type = "search"


class Password(Dressed, forms.PasswordInput):
    """A password with a show button; never kept as a draft."""


class Textarea(Dressed, forms.Textarea):
    """Several lines; counts characters when `count` or the field's `max_length` is given."""

    def __init__(
        self, attrs: Attrs | None = None, *, rows: int = 5, count: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(attrs={"rows": rows, **(attrs or {})}, **kwargs)
        self.count = count


class Select(Dressed, forms.Select):
    """A list that drops down; for more than about ten answers."""


class Checkbox(Dressed, forms.CheckboxInput):
    """One box to tick."""


class Choices(Dressed):
    """Arguments that radios and checkboxes share."""

    def __init__(
        self,
        *args: Any,
        hints: Mapping[Any, str] | None = None,
        divider_before: Any = None,
        reveals: Mapping[Any, Sequence[str]] | None = None,
        inline: bool = False,
        small: bool = False,
        exclusive: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hints = {str(value): hint for value, hint in (hints or {}).items()}
        self.reveals = {str(value): list(names) for value, names in (reveals or {}).items()}
        self.divider_before = None if divider_before is None else str(divider_before)
        self.exclusive = None if exclusive is None else str(exclusive)
        self.inline, self.small = inline, small


class Radios(Choices, forms.RadioSelect):
    """One of a few answers, each with a hint, some opening further fields."""


class Checkboxes(Choices, forms.CheckboxSelectMultiple):
    """Any of several answers; `exclusive` is the one that unticks the others."""


class DateParts(Dressed):
    """A date as three boxes: day, month, year."""

    use_fieldset = True
    parts: tuple[tuple[str, str, int], ...] = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_{index or self.parts[0][0]}" if id_ else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        if name in data and f"{name}_day" not in data:
            return data[name]
        return {part: str(data.get(f"{name}_{part}", "")).strip() for part, _, _ in self.parts}

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return name not in data and all(f"{name}_{part}" not in data for part, _, _ in self.parts)

    def decompress(self, value: Any) -> dict[str, str]:
        """Return the text of each box for a date, a dictionary of parts, or nothing."""
        if isinstance(value, datetime):
            value = localtime(value) if value.tzinfo else value
        if isinstance(value, dict):
            return {part: str(value.get(part, "")) for part, _, _ in self.parts}
        if isinstance(value, date):
            texts = {"day": str(value.day), "month": str(value.month), "year": str(value.year), "time": ""}
            if isinstance(value, datetime):
                texts["time"] = clock_time(value)
            return {part: texts[part] for part, _, _ in self.parts}
        return {part: "" for part, _, _ in self.parts}

    def get_context(self, name: str, value: Any, attrs: Attrs | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["parts"] = self.decompress(value)
        return context


class DateTimeParts(DateParts):
    """A date as three boxes and a time of day."""

    parts = (*DateParts.parts, ("time", "Time", 5))
