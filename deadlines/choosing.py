"""Which protocols a what-if may be tried against, and which one is in force."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from govuk.numbers import whole_number
from protocols.models import LocalProtocol
from protocols.presets import SLUGS, preset
from protocols.rules.settings import Protocol


def protocol_choices() -> list[tuple[str, str]]:
    """Published versions of the authority first, then the presets."""
    own = [(f"version:{one.pk}", f"{one} (ours)") for one in LocalProtocol.objects.published()]
    return own + [(f"preset:{slug}", preset(slug).heading.title) for slug in SLUGS]


def chosen_protocol(choice: str) -> Protocol:
    """The protocol behind a choice; raises `LookupError` when there is none."""
    kind, _, name = choice.partition(":")
    if kind == "preset" and name in SLUGS:
        return preset(name)
    found = LocalProtocol.objects.published().filter(pk=whole_number(name) or 0).first()
    if kind != "version" or found is None:
        raise LookupError(choice)
    return found.rules


def protocol_in_force(on: date) -> Protocol:
    """The authority's protocol on a day; before any was published, the preset it is to begin with."""
    found = LocalProtocol.objects.in_force(on)
    return found.rules if found else preset(settings.PROTOCOL_PRESET)


def choice_in_force(on: date) -> str:
    """The choice that stands for the protocol in force."""
    found = LocalProtocol.objects.in_force(on)
    return f"version:{found.pk}" if found else f"preset:{settings.PROTOCOL_PRESET}"
