"""Choosing a professional or a child."""

from collections.abc import Iterable
from typing import Any

from django import forms

from attendees.models import Professional
from cases.models import Child
from govuk import widgets


def person_field(here: Iterable[Professional], **names: Any) -> "forms.ModelChoiceField[Any]":
    """Choose a professional: those who are here first, then everybody else of the directory."""
    everybody = Professional.objects.filter(is_active=True).select_related("agency")
    chosen: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        everybody, empty_label="Choose", widget=widgets.Select(), **names
    )
    first = list(here)
    known = {person.pk for person in first}
    others = [person for person in everybody.order_by("name")[:500] if person.pk not in known]
    groups: list[Any] = [("", "Choose")]
    groups += [("Here", [(one.pk, str(one)) for one in first])] if first else []
    groups += [("Others in the directory", [(one.pk, str(one)) for one in others])] if others else []
    chosen.choices = groups
    return chosen


def child_field(children: Iterable[Child], *, empty: str = "", **names: Any) -> "forms.ModelChoiceField[Any]":
    """Choose one child of the discussion; `empty` is the answer for none."""
    kept = list(children)
    chosen: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        Child.objects.filter(pk__in=[child.pk for child in kept]), widget=widgets.Select(), **names
    )
    chosen.choices = [("", empty or "Choose"), *[(child.pk, child.name) for child in kept]]
    return chosen
