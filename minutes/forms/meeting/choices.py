"""Choosing a professional or a child."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, When

from attendees.models import Professional
from cases.models import Child
from govuk import widgets
from minutes.services.directory import people_called

MOST = 500  # of a directory; whoever is here comes on top, and anybody else is found by name
SHOWN = 20  # of those whom a typed name fits


class Called(str):
    """A name that was typed instead of a choice."""

    __slots__ = ()


class SelectOrName(widgets.Select):
    """A list, and a line beneath it to type the name of whoever is not in it."""

    template_name = "minutes/widgets/select_or_name.html"
    asks_name = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        typed = " ".join((data.get(f"{name}_called") or "").split())[:120]
        return chosen or (Called(typed) if typed else chosen)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        told = super().get_context(name, value, attrs)
        called = value if isinstance(value, Called) else ""
        told["widget"] |= {"asks_name": self.asks_name or bool(called), "called": called}
        return told


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's is not generic when it runs
    """Somebody of the directory: of the list, or by a name that fits one of them alone."""

    def to_python(self, value: Any) -> Any:
        return self._called(value) if isinstance(value, Called) else super().to_python(value)

    def _called(self, name: str) -> Professional:
        found = people_called(name)
        exactly = [one for one in found if one.name.casefold() == name.casefold()]
        for some in (exactly, found):
            if len(some) == 1:
                return some[0]
        if not found:
            raise ValidationError(f"Nobody in the directory is called “{name}”. Check the name")
        shown = [(one.pk, str(one)) for one in found[:SHOWN]]
        listed: Any = self.choices
        kept = [one for one in listed if one[0] != "Found"]
        self.choices = [*kept[:1], ("Found", shown), *kept[1:]]
        raise ValidationError(f"Several people fit “{name}”. They now come first in the list: choose one")


def person_field(here: Iterable[int], **names: Any) -> PersonField:
    """Choose a professional: those who are here, by their numbers, then the rest of the directory.

    A directory too long for a list also asks for a name.
    """
    everybody = Professional.objects.filter(is_active=True).select_related("agency")
    widget = SelectOrName()
    chosen = PersonField(everybody, empty_label="Choose", widget=widget, **names)
    order = {number: place for place, number in enumerate(here)}
    is_here = Case(When(pk__in=list(order), then=0), default=1)
    wanted = Professional.objects.filter(Q(is_active=True) | Q(pk__in=list(order))).select_related("agency")
    found = list(wanted.order_by(is_here, "name")[: MOST + len(order) + 1])
    first = sorted((one for one in found if one.pk in order), key=lambda one: order[one.pk])
    others = [one for one in found if one.pk not in order]
    chosen.widget.asks_name = len(others) > MOST  # type: ignore[attr-defined]
    groups: list[Any] = [("", "Choose")]
    groups += [("Here or expected", [(one.pk, str(one)) for one in first])] if first else []
    groups += [("Others in the directory", [(one.pk, str(one)) for one in others[:MOST]])] if others else []
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
