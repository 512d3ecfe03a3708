"""A form as it stands on a page: read from its HTML, filled in, and sent back spoilt."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone

PARTS = ("_day", "_month", "_year", "_time")
ONE_LINE = ("text", "search", "")
LOOKS = "_find"  # a line that looks somebody up: with words in it a form is shown again, and judges nothing
Payload = dict[str, list[str]]


@dataclass
class Field:
    """One name of a form, with what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)  # what is chosen or typed already
    offered: list[str] = field(default_factory=list)

    @property
    def is_part(self) -> bool:
        """Whether it is a box of a date or a time."""
        return self.name.endswith(PARTS)

    @property
    def is_text(self) -> bool:
        """Whether words can be typed."""
        return self.kind in (*ONE_LINE, "textarea") and not self.is_part and self.name != LOOKS

    @property
    def is_choice(self) -> bool:
        """Whether one or several of what is offered are chosen."""
        return self.kind in ("radio", "checkbox", "select")


@dataclass
class Form:
    """A form that is posted."""

    action: str = ""
    fields: dict[str, Field] = field(default_factory=dict)

    def of(self, kinds: str) -> list[Field]:
        """Fields that are `is_text`, `is_choice` or `is_part`."""
        return [one for one in self.fields.values() if getattr(one, kinds)]

    def filled(self) -> Payload:
        """What a careful person would send: what is there already, and something sensible for the rest."""
        told = {name: one for name, one in self.fields.items() if one.kind != "file" and name != LOOKS}
        return {name: found for name, one in told.items() if (found := one.values or sensible(one))}

    def spoilt(self, wrong: Iterable[Field], value: str) -> Payload:
        """As filled, with one value in all these fields."""
        return self.filled() | {one.name: [value] for one in wrong}


def sensible(one: Field) -> list[str]:
    """Something that fits an empty field."""
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    parts = {"_day": tomorrow.day, "_month": tomorrow.month, "_year": tomorrow.year, "_time": "4:30pm"}
    if one.is_part:
        return [str(next(value for end, value in parts.items() if one.name.endswith(end)))]
    if one.is_choice:
        return [value for value in one.offered if value][:1]
    known = {"email": "ann.other@elm-street.example", "tel": "01632 960123", "number": "1", "hidden": ""}
    return [known.get(one.kind, "Invented words")]


class Forms(HTMLParser):
    """Reads the posted forms of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Form] = []
        self._form: Form | None = None
        self._now: Field | None = None
        self._typing = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action", "")) if told.get("method", "").lower() == "post" else None
            if self._form is not None:
                self.found.append(self._form)
        name = told.get("name", "")
        if self._form is None or "__prefix__" in name or "disabled" in told:
            return
        if tag in ("input", "select", "textarea") and name and name != "csrfmiddlewaretoken":
            kind = told.get("type", "") if tag == "input" else tag
            self._now = self._form.fields.setdefault(name, Field(name, kind))
            self._typing = tag == "textarea"
            if tag == "input":
                self._take(self._now, told)
        elif tag == "option" and self._now is not None and self._now.kind == "select":
            self._now.offered.append(told.get("value", ""))
            if "selected" in told and told.get("value"):
                self._now.values.append(told["value"])

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._typing = False

    def handle_data(self, data: str) -> None:
        """What stands in a text box."""
        if self._typing and self._now is not None and data.strip():
            self._now.values = [("".join(self._now.values) + data).lstrip("\n")]

    def _take(self, one: Field, told: dict[str, str]) -> None:
        value = told.get("value", "")
        if one.kind in ("radio", "checkbox"):
            one.offered.append(value or "on")
            if "checked" in told:
                one.values.append(value or "on")
        elif value:
            one.values = [value]


def main_form(html: str) -> Form | None:
    """The form that the page is about: the one with a key and the most fields in the main part."""
    reader = Forms()
    reader.feed(html.partition("<main")[2].partition("</main>")[0])
    able = [one for one in reader.found if not one.action or "_key" in one.fields]
    return max(able, key=lambda one: len(one.fields), default=None)
