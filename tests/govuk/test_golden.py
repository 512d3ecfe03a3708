"""Our markup against the design system's own fixtures, so that an upgrade shows every change."""

import json
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.template import engines

from govuk import fields, widgets
from govuk.rows import quiet
from tests.govuk.markup import tree

COMPONENTS = Path(settings.BASE_DIR) / "node_modules/govuk-frontend/dist/govuk/components"
pytestmark = pytest.mark.skipif(not COMPONENTS.exists(), reason="the npm package is not installed")
CASES = [
    (component, name)
    for component, names in {
        "input": "with hint text|with error message|with error and hint|with width-2 class"
        "|with width-10 class|with width-20 class|with prefix|with suffix"
        "|with prefix and suffix and error|inputmode"
        "|with autocomplete attribute",
        "textarea": "default|with hint|with error message|with hint and error message|with default value"
        "|with custom rows",
        "character-count": "default|with hint|with hint and error|with custom rows",
        "radios": "with hint|inline|with a divider|with hints on parent and items|with hint and error message"
        "|with conditional items",
        "checkboxes": "with conditional items|with error message|small|with divider and None",
        "date-input": "default|with error on day input|with error on year input",
        "select": "error|with hint text and error message",
        "file-upload": "default|with hint text|error|with error message and hint",
        "password-input": "default|with hint text|with error message",
    }.items()
    for name in names.split("|")
]


def text(options: dict[str, Any], name: str) -> str:
    """The text of an option that is a mapping."""
    return str((options.get(name) or {}).get("text", ""))


def choices(options: dict[str, Any]) -> list[tuple[str, str]]:
    """The answers."""
    return [(str(item["value"]), item["text"]) for item in options["items"] if item and "divider" not in item]


def extras(options: dict[str, Any]) -> dict[str, Any]:
    """Hints, divider and reveals of the answers."""
    items = [item for item in options["items"] if item]
    after = [items[i + 1]["value"] for i, item in enumerate(items) if "divider" in item]
    return {
        "hints": {item["value"]: item["hint"]["text"] for item in items if "hint" in item},
        "divider_before": after[0] if after else None,
        "reveals": {item["value"]: ["none"] for item in items if "conditional" in item},
        "inline": "--inline" in options.get("classes", ""),
        "small": "--small" in options.get("classes", ""),
        "exclusive": next((item["value"] for item in items if item.get("behaviour") == "exclusive"), None),
    }


def field_of(component: str, options: dict[str, Any]) -> forms.Field:
    """Our field for the design system's options."""
    legend = text(options.get("fieldset") or {}, "legend")
    said: dict[str, Any] = {"label": text(options, "label") or legend, "help_text": text(options, "hint")}
    width = options.get("classes", "").rpartition("width-")[2]
    if component == "input":
        named = {
            name: options[name] for name in ("inputmode", "autocomplete", "spellcheck") if name in options
        }
        ends: dict[str, Any] = {"prefix": text(options, "prefix"), "suffix": text(options, "suffix")}
        return forms.CharField(
            widget=widgets.Text(width=int(width) if width.isdigit() else None, **ends, **named), **said
        )
    if component in ("textarea", "character-count"):
        rows = int(options.get("rows") or 5)
        return forms.CharField(widget=widgets.Textarea(rows=rows, count=options.get("maxlength")), **said)
    if component == "radios":
        return forms.ChoiceField(choices=choices(options), widget=widgets.Radios(**extras(options)), **said)
    if component == "checkboxes":
        return forms.MultipleChoiceField(
            choices=choices(options), widget=widgets.Checkboxes(**extras(options)), **said
        )
    if component == "select":
        return forms.ChoiceField(choices=choices(options), **said)
    kinds: dict[str, type[forms.Field]] = {"date-input": fields.DateField, "file-upload": forms.FileField}
    if component == "password-input":
        return forms.CharField(widget=widgets.Password(), **said)
    return kinds[component](**said)


def ours(component: str, options: dict[str, Any]) -> str:
    """Our HTML for the design system's options."""
    name = options.get("id") or options.get("idPrefix") or options["name"]
    ticked = [item["value"] for item in options.get("items", []) if item and item.get("checked")]
    ticked = ticked[0] if ticked and component == "radios" else ticked
    form = forms.Form(
        auto_id="%s", initial={name: options.get("value") or options.get("values") or ticked or None}
    )
    form.fields[name] = field_of(component, options)
    if error := text(options, "errorMessage"):
        wrong = [part for part in ("day", "month", "year") if (options.get(part) or {}).get("error")]
        form.is_bound, form.data = True, {}
        form.cleaned_data = {}
        quiet(form)
        form.add_error(name, forms.ValidationError(error, params={"parts": wrong}))
    return (
        form[name]
        .as_field_group()
        .replace("_day", "-day")
        .replace("_month", "-month")
        .replace("_year", "-year")
    )


def fixture(component: str, name: str) -> dict[str, Any]:
    """One of the design system's fixtures."""
    found = json.loads((COMPONENTS / component / "fixtures.json").read_text(encoding="utf-8"))["fixtures"]
    return next(one for one in found if one["name"] == name)


@pytest.mark.parametrize(("component", "name"), CASES)
def test_our_markup_is_the_design_systems(component: str, name: str) -> None:
    """The same elements, classes, ids and words; names are left out, since fixtures choose them freely."""
    given = fixture(component, name)
    assert tree(ours(component, given["options"]), "name") == tree(given["html"], "name")


def test_the_error_summary_is_the_design_systems() -> None:
    """With and without links."""
    given = fixture("error-summary", "mixed with and without links")
    problems = [{"text": one["text"], "href": one.get("href", "")} for one in given["options"]["errorList"]]
    page = engines["django"].get_template("govuk/error_summary.html").render({"problems": problems})
    assert tree(page) == tree(given["html"])
