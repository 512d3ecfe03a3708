"""A field inside its form, knowing how GOV.UK shows it: ids, hints, answers, parts, errors, focus."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField

from govuk import widgets
from govuk.sentences import plain

KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (widgets.DateParts, "date"),
    (forms.Textarea, "textarea"),
    (forms.Select, "select"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
)
CLASSES = {
    "input": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
}
BREAK = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")  # a browser sends none from one line
UNSAID = ("required", "maxlength", "minlength", "aria-invalid", "placeholder")


@dataclass
class Answer:
    """One radio or checkbox."""

    id: str
    value: str
    label: str
    checked: bool
    hint: str = ""
    divider: bool = False
    exclusive: bool = False
    revealed: list["GovukBoundField"] = field(default_factory=list)
    revealing: bool = False

    @property
    def hint_id(self) -> str:
        """The id that the answer's hint carries."""
        return f"{self.id}-item-hint"


@dataclass(frozen=True)
class Part:
    """One box of a date."""

    id: str
    name: str
    label: str
    width: int
    value: str
    wrong: bool
    numeric: bool


class GovukBoundField(BoundField):
    """What `templates/govuk/field.html` prints."""

    @property
    def data(self) -> Any:
        """What was sent; a name or anything else that is asked in one line stays one line.

        A break in it would end a heading of a letter, and a row of a file, too early.
        """
        sent = super().data
        if isinstance(sent, str) and self.kind == "input" and not self.is_hidden and BREAK.search(sent):
            return " ".join(sent.split())
        return sent

    @cached_property
    def kind(self) -> str:
        """Which of the templates in `govuk/fields` prints it."""
        return next((kind for widget, kind in KINDS if isinstance(self.field.widget, widget)), "input")

    def _say(self, name: str, otherwise: Any = "") -> Any:
        return getattr(self.field.widget, name, otherwise)

    @property
    def hint_id(self) -> str:
        """The id of the hint."""
        return f"{self.auto_id}-hint"

    @property
    def error_id(self) -> str:
        """The id of the error message."""
        return f"{self.auto_id}-error"

    @property
    def info_id(self) -> str:
        """The id of the character count's message; govuk-frontend looks for this very name."""
        return f"{self.auto_id}-info"

    @cached_property
    def sentences(self) -> list[str]:
        """The field's errors as sentences."""
        found = self.form.errors.as_data().get(self.name, [])
        return [
            plain(error, field=self.field, label=str(self.label or ""), kind=self.kind) for error in found
        ]

    @property
    def aria_describedby(self) -> str:
        ids = [
            (self.info_id, self.count),
            (self.hint_id, self.help_text),
            (self.error_id, self.sentences),
        ]
        return " ".join(id_ for id_, there in ids if there and self.auto_id and not self.is_hidden)

    @property
    def full_label(self) -> str:
        """The label, saying when the field may be left empty."""
        wanted = self.field.required or self.kind in ("checkbox", "checkboxes") or self.is_revealed
        marks = getattr(self.form, "mark_optional", True) and self._say("mark_optional", True)
        if wanted or not marks or "optional" in str(self.label).lower():
            return str(self.label)
        return f"{self.label} (optional)"

    @cached_property
    def is_revealed(self) -> bool:
        """Whether another field's answer opens this one."""
        return self.name in revealed_names(self.form)

    @property
    def label_classes(self) -> str:
        """Classes of the label or legend, without the first."""
        size, block = self._say("label_size"), "fieldset__legend" if self.in_fieldset else "label"
        hidden = " govuk-visually-hidden" if self._say("label_hidden", False) else ""
        return (f" govuk-{block}--{size}" if size else "") + hidden

    @property
    def in_fieldset(self) -> bool:
        """Whether several inputs belong to the one question."""
        return self.kind in ("radios", "checkboxes", "date")

    @cached_property
    def count(self) -> int | None:
        """How many characters a textarea may hold, when that is limited."""
        if self.kind != "textarea":
            return None
        return self._say("count", None) or getattr(self.field, "max_length", None)

    @property
    def group_classes(self) -> str:
        """Classes of the form group."""
        classes = ["govuk-form-group"]
        if self.sentences:
            classes.append("govuk-form-group--error")
        if self.count:
            classes.append("govuk-character-count")
        if self.kind == "password":
            classes.append("govuk-password-input")
        return " ".join(classes)

    @property
    def list_classes(self) -> str:
        """Modifiers of a list of radios or checkboxes."""
        return "".join(
            f" govuk-{self.kind}--{name}" for name in ("inline", "small") if self._say(name, False)
        )

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = dict(super().build_widget_attrs(attrs, widget))
        widget = widget or self.field.widget
        if widget.is_hidden:
            return built
        for name in UNSAID:  # browsers would cut or refuse before our own sentences could be read
            built.pop(name, None)
            if name in widget.attrs:
                built[name] = False
        built["class"] = self._classes(widget)
        if not built.get("aria-describedby"):
            built.pop("aria-describedby", None)
        if self.kind == "textarea":
            built["cols"] = False
            if str(widget.attrs.get("rows")) == "10":  # Django's own default
                built["rows"] = 5
        if self.kind == "password":
            built.update(spellcheck="false", autocapitalize="none")
            built["autocomplete"] = widget.attrs.get("autocomplete", "current-password")
        return built

    def _classes(self, widget: forms.Widget) -> str:
        base = CLASSES.get(self.kind, "")
        error = f" {base.split()[0]}--error" if self.sentences and base else ""
        count = " govuk-js-character-count" if self.count else ""
        narrow = getattr(widget, "width", None)
        width = f" govuk-input--width-{narrow}" if narrow else ""
        own = f" {widget.attrs['class']}" if "class" in widget.attrs else ""
        return f"{base}{error}{count}{width}{own}".strip()

    def as_widget(
        self,
        widget: forms.Widget | None = None,
        attrs: dict[str, Any] | None = None,
        only_initial: bool = False,
    ) -> Any:
        if widget is None and type(self.field.widget) is forms.NumberInput:
            widget = widgets.Number(attrs={"class": "govuk-input--width-5", **self._plain_attrs()})
        return super().as_widget(widget, attrs, only_initial)

    def _plain_attrs(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.field.widget.attrs.items()
            if name not in ("min", "max", "step")
        }

    @cached_property
    def answers(self) -> list[Answer]:
        """Each radio or checkbox, with hint, divider and the fields it reveals."""
        widget = self.field.widget
        context = widget.get_context(self.html_name, self.value(), {})["widget"]
        options = [
            option for _, group, _ in context["optgroups"] for option in group if str(option["value"]) != ""
        ]
        made: list[Answer] = []
        for option in options:  # the design system counts the divider as an answer
            place = len(made) + any(answer.divider for answer in made)
            made.append(
                self._answer(option, place + (self._say("divider_before", None) == str(option["value"])))
            )
        return made

    def _answer(self, option: dict[str, Any], place: int) -> Answer:
        value = str(option["value"])
        names = self._say("reveals", {}).get(value, [])
        return Answer(
            id=self.auto_id if place == 0 else f"{self.auto_id}-{place + 1}",
            value=value,
            label=option["label"],
            checked=bool(option["selected"]),
            hint=self._say("hints", {}).get(value, ""),
            divider=self._say("divider_before", None) == value,
            exclusive=self._say("exclusive", None) == value,
            revealed=[cast(GovukBoundField, self.form[name]) for name in names if name in self.form.fields],
            revealing=bool(names),
        )

    @cached_property
    def wrong_parts(self) -> set[str]:
        """The boxes of a date that are missing or wrong; all of them when the error names none."""
        named: set[str] = set()
        for error in self.form.errors.as_data().get(self.name, []):
            named |= set((error.params or {}).get("parts", ()))
        every = {part for part, _, _ in self._say("parts", ())}
        return (named or every) if self.sentences else set()

    @property
    def parts(self) -> list[Part]:
        """The boxes of a date."""
        texts = self._say("decompress")(self.value())
        return [
            Part(
                f"{self.auto_id}_{part}",
                f"{self.html_name}_{part}",
                label,
                width,
                texts[part],
                part in self.wrong_parts,
                part != "time",
            )
            for part, label, width in self._say("parts")
        ]

    @property
    def focus_id(self) -> str:
        """The id of the input that an error's link moves to."""
        if self.kind == "date":
            return next((part.id for part in self.parts if part.wrong), f"{self.auto_id}_day")
        return self.auto_id


def revealed_names(form: forms.BaseForm) -> set[str]:
    """Return the names of fields that an answer of another field opens."""
    reveals = [getattr(one.widget, "reveals", {}) for one in form.fields.values()]
    return {
        name for answers in reveals for names in answers.values() for name in names if name in form.fields
    }
