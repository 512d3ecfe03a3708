"""Both agencies are told of each step: the owner of the rung, whoever raised it, and the partners' people."""

from datetime import datetime
from typing import Any

from accounts.models import Agency, User
from attendees.models import Invitation, PartnerLink, Professional
from attendees.services.links import is_staff, make_link
from deadlines.models import Deadline
from escalations.enums import Level
from escalations.letters import ladder as letters
from escalations.models import Stage
from escalations.people import Actor, reached_at
from escalations.rules import level_of


def tell_both(
    kind: str, stage: Stage, clock: Deadline | None, *, by: Actor, at: datetime, **more: Any
) -> None:
    """Write to both sides of an escalation, but not to whoever has just acted."""
    escalation = stage.escalation
    people: dict[int, User] = {stage.owner_id: stage.owner}
    if escalation.raised_by.user is not None and is_staff(escalation.raised_by):
        people[escalation.raised_by.user.pk] = escalation.raised_by.user
    for person in people.values():
        if not (isinstance(by, User) and by.pk == person.pk) and person.is_active:
            letters.tell_person(kind, stage, person, clock, by=by, at=at, **more)
    for agency in (escalation.raising_agency, escalation.against):
        if not agency.is_authority:
            _tell_agency(kind, stage, agency, clock, by=by, at=at, **more)


def _tell_agency(
    kind: str, stage: Stage, agency: Agency, clock: Deadline | None, *, by: Actor, at: datetime, **more: Any
) -> None:
    """Its people at the discussion; from the managers' rung on its mailbox too, or when there is nobody."""
    escalation = stage.escalation
    people = reached_at(agency, escalation.case)
    raiser = escalation.raised_by
    if escalation.raising_agency_id == agency.pk and raiser.is_active and raiser not in people:
        people.append(raiser)
    people = [one for one in people if one.email]
    for person in people:
        if _is_actor(person, by):
            continue
        link = _link_of(person, stage, at)
        letters.tell_partner(kind, stage, person, link, clock, by=by, at=at, **more)
    if not people or level_of(stage.to_role) != Level.PRACTITIONER:
        letters.tell_agency(kind, stage, agency, clock, by=by, at=at, **more)


def _is_actor(person: Professional, by: Actor) -> bool:
    if isinstance(by, Professional):
        return person.pk == by.pk
    return person.user_id == by.pk


def _link_of(person: Professional, stage: Stage, at: datetime) -> PartnerLink | None:
    """Their own link to their last discussion of this case; none for whoever was never asked to one."""
    asked = Invitation.objects.filter(
        professional=person, discussion__case=stage.escalation.case, withdrawn_at=None
    ).select_related("discussion")
    last = asked.order_by("-discussion__number").first()
    return make_link(person, last.discussion, at=at) if last else None
