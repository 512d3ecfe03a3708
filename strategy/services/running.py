"""Whoever is protected, enquired into or waited for leaves neither the case nor the discussion meanwhile."""

from django.urls import reverse

from audit.errors import Refused
from cases.models import Child
from govuk.moments import moment
from strategy.hooks import Running, running_above
from strategy.models import EmergencyPower, Enquiry


def running_for(child: Child) -> list[Running]:
    """What runs for a child, gravest first: emergency powers, the open enquiry, then what rooms above say.

    A power whose end is past runs until somebody records how it ended: nobody knows yet (row C26).
    """
    found = [_power(one) for one in EmergencyPower.objects.filter(child=child, ended_at=None)]
    found += [
        Running(
            f"A section 47 enquiry is open since {moment(one.started_at)}",
            reverse("strategy:enquiry", args=[one.pk]),
            "Go to the enquiry",
        )
        for one in Enquiry.objects.filter(child=child, closed_at=None)
    ]
    return found + running_above(child)


def refuse_while_running(child: Child, *, field: str | None = None) -> None:
    """Raise Refused, naming all that runs for the child; the caller holds the case's lock."""
    if found := running_for(child):
        named = "; ".join(f"{one.sentence[:1].lower()}{one.sentence[1:]}" for one in found)
        raise Refused(field, f"{child} stays: {named}. End that first, or have its record put right.")


def _power(power: EmergencyPower) -> Running:
    return Running(
        f"{power.get_kind_display()} since {moment(power.started_at)}, until {moment(power.expires_at)}, "
        "has no recorded end",
        reverse("strategy:end_power", args=[power.pk]),
        "Record how it ended",
    )
