"""The authority's closure days: told to people, and never a reason for more time (`clocks.md`)."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts.services.tidy import given
from audit import events
from audit import services as audit
from audit.errors import MoveNotAllowed, Refused, Taken, refuse
from deadlines import permissions
from deadlines.models import ClosureDay
from deadlines.working_days import england, local_date
from govuk.moments import long_date

if TYPE_CHECKING:
    from accounts.models import User

ADDED = events.register("closure_day.added", "Added a closure day")
REMOVED = events.register("closure_day.removed", "Took a closure day away")


@transaction.atomic
def add_closure_day(*, day: date, name: str, by: "User", at: datetime) -> ClosureDay:
    """Note a day on which the offices are closed; no deadline moves. Raises NotAllowed, Taken, Refused."""
    refuse(permissions.refusal_to_keep_closure_days(by))
    tidied = given(name, "name", "Say why the offices are closed, such as “between Christmas and New Year”")
    if day < local_date(at):
        raise Refused("day", "This day is past")
    if not england().is_working(day):
        raise Refused("day", f"{long_date(day)} is no working day anyway")
    try:
        with transaction.atomic():
            closed = ClosureDay.objects.create(day=day, name=tidied)
    except IntegrityError as twice:
        raise Taken("day", f"{long_date(day)} is a closure day already") from twice
    audit.record(ADDED, subject=f"closure_day:{closed.pk}", by=by, at=at, data={"day": day})
    return closed


@transaction.atomic
def remove_closure_day(closed: ClosureDay, *, by: "User", at: datetime) -> None:
    """Take a closure day away again; no deadline moves. Raises NotAllowed, MoveNotAllowed."""
    refuse(permissions.refusal_to_keep_closure_days(by))
    gone, _ = ClosureDay.objects.filter(pk=closed.pk).delete()
    if not gone:
        raise MoveNotAllowed("This closure day was taken away already.")
    audit.record(REMOVED, subject=f"closure_day:{closed.pk}", by=by, at=at, data={"day": closed.day})
