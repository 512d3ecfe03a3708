"""Copying what is still true from the last request of the same case."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from attendees.models import WantedProfessional
from audit import services as audit
from audit.errors import MoveNotAllowed
from strategy import events
from strategy import services as asking
from strategy.enums import Section
from strategy.models import StrategyRequest

# What a family has behind it, and how people are reached. Never why harm is suspected, what applies or who
# was told: that must be said anew each time.
COPIED = {
    "previous_involvement": ("What children’s social care has done before", Section.WHAT_HAPPENED),
    "other_areas": ("Previous addresses and other authorities", Section.WHAT_HAPPENED),
    "format_wanted": ("How the discussion should be held", Section.FORMAT),
    "agencies_plan": ("Whether more than one agency is key to the planning", Section.FORMAT),
}


def would_copy(wanted: StrategyRequest, last: StrategyRequest) -> list[str]:
    """The fields that are empty here and answered there."""
    return [
        name
        for name in COPIED
        if getattr(wanted, name) in ("", None) and getattr(last, name) not in ("", None)
    ]


def people_to_copy(wanted: StrategyRequest, last: StrategyRequest) -> list[WantedProfessional]:
    """Who was named there, is still in the directory, and is not named here."""
    named = WantedProfessional.objects.filter(request=wanted).values("professional")
    there = WantedProfessional.objects.filter(request=last, professional__is_active=True)
    return list(there.exclude(professional__in=named).select_related("professional__agency").order_by("pk"))


@transaction.atomic
def copy_from_last(request: StrategyRequest, *, by: User, at: datetime) -> StrategyRequest:
    """Fill what is empty from the case's last request; what is filled already stays.

    No section becomes finished by it: each is looked at and saved by a person.
    Raises NotAllowed, and MoveNotAllowed when it was submitted meanwhile or nothing came before.
    """
    wanted = asking.lock_open(request, Section.FORMAT, by=by, at=at)
    last = asking.last_request(wanted)
    if last is None or not wanted.is_open_to_change:
        raise MoveNotAllowed("There is no earlier request of this case to copy from.")
    fields = would_copy(wanted, last)
    for name in fields:
        setattr(wanted, name, getattr(last, name))
    people = people_to_copy(wanted, last)
    for one in people:
        WantedProfessional.objects.create(
            request=wanted,
            professional=one.professional,
            quorum_role=one.quorum_role,
            not_invited_reason=one.not_invited_reason,
        )
    changed = {COPIED[name][1] for name in fields} | ({Section.PROFESSIONALS} if people else set())
    for section in sorted(changed):
        asking.finish_section(wanted, section, is_finished=section in wanted.finished_sections)
    data = {"from": last.subject, "fields": fields, "professionals": len(people)}
    audit.record(events.COPIED, wanted.case, subject=wanted.subject, by=by, at=at, data=data)
    return wanted
