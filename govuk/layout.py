"""In which order and under which headings a form's fields are shown."""

from dataclasses import dataclass
from typing import cast

from django import forms

from govuk.bound import GovukBoundField, revealed_names


@dataclass(frozen=True)
class Group:
    """Fields under one legend, or under none."""

    legend: str
    fields: list[GovukBoundField]


@dataclass(frozen=True)
class Problem:
    """One line of the error summary."""

    text: str
    href: str = ""


def groups(form: forms.BaseForm) -> list[Group]:
    """Return the visible fields, grouped as `form.fieldsets` says; a field that it forgets comes last."""
    inside = revealed_names(form)
    visible = cast("list[GovukBoundField]", form.visible_fields())
    shown = {field.name: field for field in visible if field.name not in inside}
    named: list[tuple[str, list[str]]] = [
        (legend, list(names)) for legend, names in getattr(form, "fieldsets", [])
    ]
    taken = {name for _, names in named for name in names}
    found = [Group(legend, [shown[name] for name in names if name in shown]) for legend, names in named]
    rest = Group("", [field for name, field in shown.items() if name not in taken])
    return [group for group in [*found, rest] if group.fields]


def problems(form: forms.BaseForm) -> list[Problem]:
    """Return the form's errors in the order of its fields on the page, those of the whole form first."""
    if not form.is_bound or not form.errors:
        return []
    found = [Problem(str(text)) for text in form.non_field_errors()]
    for field in cast("list[GovukBoundField]", form.hidden_fields()):
        found += [Problem(text) for text in field.sentences]
    for field in _in_page_order(form):
        found += [Problem(text, f"#{field.focus_id}") for text in field.sentences]
    return found


def of_row(problem: Problem, name: str) -> Problem:
    """The same, saying of which row it is: “Child 2: enter the date”; as it is where there is one row."""
    if not name:
        return problem
    text = problem.text
    begins = text[:1].lower() if text[1:2].islower() or text[1:2] == " " else text[:1]
    return Problem(f"{name}: {begins}{text[1:]}", problem.href)


def _in_page_order(form: forms.BaseForm) -> list[GovukBoundField]:
    order: list[GovukBoundField] = []
    for group in groups(form):
        for field in group.fields:
            order.append(field)
            if field.kind in ("radios", "checkboxes"):
                order += [inner for answer in field.answers for inner in answer.revealed]
    return order
