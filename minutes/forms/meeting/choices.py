"""Choosing a professional or a child."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Case, Q, When

from attendees.models import Professional
from cases.models import Child
from govuk import widgets

MOST = 500  # of a directory; whoever is here comes on top


def person_field(here: Iterable[int], **names: Any) -> "forms.ModelChoiceField[Any]":
    """Choose a professional: those who are here, by their numbers, then the rest of the directory."""
    everybody = Professional.objects.filter(is_active=True).select_related("agency")
    chosen: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        everybody, empty_label="Choose", widget=widgets.Select(), **names
    )
    order = {number: place for place, number in enumerate(here)}
    is_here = Case(When(pk__in=list(order), then=0), default=1)
    wanted = Professional.objects.filter(Q(is_active=True) | Q(pk__in=list(order))).select_related("agency")
    found = list(wanted.order_by(is_here, "name")[: MOST + len(order)])
    first = sorted((one for one in found if one.pk in order), key=lambda one: order[one.pk])
    others = [one for one in found if one.pk not in order]
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
