"""Django's own error messages said as GOV.UK says them: what to do, naming the thing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

CHOSEN = ("radios", "checkboxes", "select")
OWN = ("password", "one-time-code")  # nobody enters somebody else's


def _thing(label: str) -> str:
    """Return the label inside a sentence: lower first letter unless it is a name or abbreviation."""
    label = label.strip().rstrip(":")
    return label if label[1:2].isupper() or " I " in f" {label} " else label[:1].lower() + label[1:]


def _is_code(field: forms.Field) -> bool:
    return field.widget.attrs.get("autocomplete") == "one-time-code"


def required(label: str, kind: str) -> str:
    """Return what to do about an empty field."""
    if label.rstrip().endswith("?"):
        return f"Answer “{label.strip()}”"
    if kind == "checkbox":
        return f"Tick the box “{label.strip()}” to go on"
    if kind in OWN:
        again = label.removesuffix(" (again)")
        return f"Enter your {again.strip().lower()}{'' if again == label else ' again'}"
    if label.strip() == "Email":
        return "Enter an email address"
    verb = {"file": "Choose", "radios": "Choose", "checkboxes": "Choose", "select": "Choose"}.get(
        kind, "Enter"
    )
    return f"{verb} {_thing(label)}"


def plain(error: ValidationError, *, field: forms.Field, label: str, kind: str) -> str:
    """Return the sentence shown for an error of a field; sentences of our own are left as they are."""
    text = str(next(iter(error.messages)))
    own = field.error_messages.get(error.code or "")
    params: dict[str, Any] = error.params if isinstance(error.params, dict) else {}
    subject = "This" if label.rstrip().endswith("?") else label.strip() or "This"
    if error.code == "required" and str(own) == "This field is required.":
        return required(label, "one-time-code" if _is_code(field) else kind)
    if error.code == "max_length" and "limit_value" in params:
        over = params["show_value"] - params["limit_value"]
        return f"{subject} must be {params['limit_value']:,} characters or fewer: it is {over:,} too long"
    if error.code in ("invalid_choice", "invalid_pk_value", "invalid_list"):
        return "Choose one of the answers listed"
    if error.code == "invalid" and isinstance(field, forms.EmailField):
        return "Enter an email address in the correct format, like name@example.com"
    if error.code == "invalid" and isinstance(field, forms.IntegerField):
        return f"{subject} must be a whole number, like 3"
    if error.code == "min_value" and "limit_value" in params:
        return f"{subject} must be {params['limit_value']} or more"
    if error.code == "max_value" and "limit_value" in params:
        return f"{subject} must be {params['limit_value']} or less"
    if error.code == "null_characters_not_allowed":
        return f"{subject} has characters that cannot be stored. Type it again"
    return text
