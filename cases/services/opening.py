"""Opening a case for a family."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.timezone import localdate

from accounts.models import Team, User
from audit.errors import refuse
from audit.services import record
from cases import events, permissions
from cases.enums import AccessPurpose
from cases.models import Case
from cases.rules import ChildFacts, FamilyFacts
from cases.services.access import grant
from cases.services.people import add_child, add_family_member


@transaction.atomic
def open_case(
    *,
    team: Team,
    by: User,
    at: datetime,
    children: Sequence[ChildFacts] = (),
    family: Sequence[FamilyFacts] = (),
    known_before: bool = False,
    worker_safety: str = "",
    allocated_worker: User | None = None,
) -> Case:
    """Open a case for a family; its reference carries no name, and its team and the opener may see it.

    Raises NotAllowed, or Refused at the first field that cannot stand.
    """
    refuse(permissions.refusal_to_open(by, at))
    case = Case.objects.create(
        reference=_next_reference(at),
        team=team,
        known_before=known_before,
        worker_safety=worker_safety,
        allocated_worker=allocated_worker,
    )
    record(events.OPENED, case, subject=case, by=by, at=at, data={"team": team.pk})
    grant(case, user=by, purpose=AccessPurpose.ALLOCATED, why="Opened the case", by=by, at=at)
    grant(case, team=team, purpose=AccessPurpose.ALLOCATED, why="The case’s team", by=by, at=at)
    for child in children:
        add_child(case, child, by=by, at=at)
    for member in family:
        add_family_member(case, member, by=by, at=at)
    return case


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_reference')")
        return f"TH-{localdate(at).year}-{cursor.fetchone()[0]:05d}"
