"""Somebody's roles or agency change: what they hold stays with somebody who can do it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import Agency, Team, User
from attendees.services import staff
from audit.errors import Refused
from worklist.services.holdings import Holdings, kinds_of, who_may_take


@transaction.atomic
def change_person(
    person: User,
    *,
    name: str,
    email: str,
    agency: Agency | None,
    roles: Collection[str],
    teams: Collection[Team],
    phone: str,
    by: User,
    at: datetime,
) -> User:
    """Change who somebody is and what they may do, unless what they hold would be nobody's then.

    Refused at `agency` where they leave it with something, at `roles` where the new ones cannot do what they
    hold: it is handed over first. Raises otherwise as the room of professionals does.
    """
    before = User.objects.get(pk=person.pk)
    kept = staff.change_person(
        person, name=name, email=email, agency=agency, roles=roles, teams=teams, phone=phone, by=by, at=at
    )
    if not kept.is_active or (before.agency_id == kept.agency_id and before.roles == kept.roles):
        return kept
    items = Holdings(kept).items()
    if items and before.agency_id != kept.agency_id:
        raise Refused("agency", f"{kept.name} still has {_told(len(items))} here. {FIRST}")
    if kept.roles == before.roles:
        return kept
    for kind in kinds_of(items):
        if who_may_take(kind, before, items, [before]) and not who_may_take(kind, kept, items, [kept]):
            held = sum(one.kind == kind for one in items)
            raise Refused("roles", f"{kept.name} still has {_told(held)} that these roles cannot do. {FIRST}")
    return kept


FIRST = "Hand it over first, from this page"


def _told(number: int) -> str:
    return "one thing" if number == 1 else f"{number} things"
