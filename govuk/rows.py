"""Rows of a form ("add another") without JavaScript: a button sends the page back with one row more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from govuk.numbers import whole_number

ADD, REMOVE = "_add", "_remove"


def quiet(form: forms.BaseForm) -> forms.BaseForm:
    """Keep a bound form from judging: it is only printed again with what was typed."""
    form._errors = ErrorDict(renderer=form.renderer)  # type: ignore[attr-defined]
    return form


@dataclass(frozen=True)
class Rows:
    """What a page says about its rows: the form of one row, its noun, how few and how many."""

    form_class: type[forms.BaseForm]
    noun: str
    least: int = 0
    most: int = 30
    legend: str = ""
    form_kwargs: Mapping[str, Any] = field(default_factory=dict)

    def show(self, prefix: str, initial: Sequence[Mapping[str, Any]] = ()) -> "BoundRows":
        """Return rows with what is there already, and blank ones up to the least."""
        count = max(len(initial), self.least)
        given = [*initial, *[{}] * (count - len(initial))]
        return BoundRows(self, prefix, [self._form(prefix, i, initial=one) for i, one in enumerate(given)])

    def bind(
        self, prefix: str, data: QueryDict, files: MultiValueDict[str, Any] | None = None
    ) -> "BoundRows":
        """Return rows with what was typed."""
        count = min(_number(data.get(f"{prefix}-count")), self.most)
        made = [self._form(prefix, i, data=data, files=files, empty_permitted=True) for i in range(count)]
        filled = [form.has_changed() for form in made]
        if sum(filled) < self.least:  # then the first rows must say what is missing
            made = [
                self._form(prefix, i, data=data, files=files, empty_permitted=i >= self.least)
                for i in range(max(count, self.least))
            ]
        return BoundRows(self, prefix, made)

    def _form(self, prefix: str, place: int, **kwargs: Any) -> forms.BaseForm:
        return self.form_class(
            prefix=f"{prefix}-{place}", use_required_attribute=False, **{**self.form_kwargs, **kwargs}
        )


@dataclass
class BoundRows:
    """The rows on one page."""

    rows: Rows
    prefix: str
    forms: list[forms.BaseForm]

    @property
    def count(self) -> int:
        """How many rows are on the page."""
        return len(self.forms)

    @property
    def may_add(self) -> bool:
        """Whether another row fits."""
        return self.count < self.rows.most

    @property
    def may_remove(self) -> bool:
        """Whether a row may go."""
        return self.count > self.rows.least

    def is_valid(self) -> bool:
        """Judge every row, so that all errors show at once."""
        judged = [form.is_valid() for form in self.forms]
        return all(judged)

    @property
    def cleaned(self) -> list[dict[str, Any]]:
        """Return what was typed in the rows that are not blank."""
        return [form.cleaned_data for form in self.filled]

    @property
    def filled(self) -> list[Any]:
        """Return the rows that are not blank."""
        return [form for form in self.forms if form.has_changed()]


def reshaped(data: QueryDict, names: Mapping[str, Rows]) -> QueryDict | None:
    """Return the data with a row more or less, when one of those buttons was pressed; else None."""
    changed = data.copy()
    if (prefix := data.get(ADD, "")) in names:
        count = _number(data.get(f"{prefix}-count"))
        changed[f"{prefix}-count"] = str(min(count + 1, names[prefix].most))
        _choose_usual(changed, names[prefix]._form(prefix, count))
        return changed
    prefix, _, place = data.get(REMOVE, "").rpartition("-")
    if prefix in names and (gone := whole_number(place)) is not None:
        return without_row(changed, prefix, gone)
    return None


def _choose_usual(data: QueryDict, blank: forms.BaseForm) -> None:
    """Give a new row its usual answers, as a first row has them: what they reveal would stay hidden."""
    for name, asked in blank.fields.items():
        if isinstance(asked, forms.ChoiceField) and isinstance(asked.initial, str):
            data[blank.add_prefix(name)] = str(asked.initial)


def without_row(data: QueryDict, prefix: str, gone: int) -> QueryDict:
    """Return the data without one row, the later ones moved up."""
    count = _number(data.get(f"{prefix}-count"))
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        place, field_name = _row_of(name, prefix)
        if place is None:
            kept.setlist(name, values)
        elif place != gone:
            kept.setlist(f"{prefix}-{place - (place > gone)}-{field_name}", values)
    kept[f"{prefix}-count"] = str(max(count - 1, 0))
    return kept


def _row_of(name: str, prefix: str) -> tuple[int | None, str]:
    if not name.startswith(f"{prefix}-"):
        return None, ""
    text, _, field_name = name[len(prefix) + 1 :].partition("-")
    place = whole_number(text)
    return (place, field_name) if place is not None and field_name else (None, "")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 0
