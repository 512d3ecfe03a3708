"""Two people changed the same thing: both texts, field by field."""

from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True)
class Clash:
    """One field that differs: what is stored now and what was typed."""

    label: str
    theirs: str
    yours: str


def shown(form: forms.BaseForm, name: str) -> str:
    """Return a field's value in words: the label of a choice, not its code."""
    field = form[name]
    value: Any = field.value()
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    choices = {str(key): str(label) for key, label in getattr(field.field.widget, "choices", [])}
    if isinstance(value, list | tuple | set):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    if hasattr(field.field.widget, "decompress"):
        return " ".join(part for part in field.field.widget.decompress(value).values() if part)
    return choices.get(str(value), "" if value is None else str(value))


def clashes(*, typed: forms.BaseForm, theirs: forms.BaseForm) -> list[Clash]:
    """Return each visible field whose stored value now differs from what was typed."""
    pairs = [
        (str(field.label), shown(theirs, field.name), shown(typed, field.name))
        for field in typed.visible_fields()
    ]
    return [Clash(label, old, new) for label, old, new in pairs if _even(old) != _even(new)]


def _even(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
