"""Naming the officer of the day: whom the queue of business support is for (row W16)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import Team, User
from accounts.roles import Permission
from audit import services as audit
from audit.errors import Refused, refuse
from audit.events import register
from deadlines.working_days import local_date
from strategy import permissions
from strategy.models import OfficerOfTheDay
from strategy.people import SUPPORT

NOMINATED = register("officer.nominated", "Named the officer of the day")
MOST_DAYS = 31


@transaction.atomic
def nominate_officer(
    officer: User, *, first: date, last: date | None = None, by: User, at: datetime
) -> list[OfficerOfTheDay]:
    """Name who of a business support team is on, for a day or for each day up to another.

    Whoever was named for one of the days is replaced. Raises NotAllowed, Refused at a field.
    """
    refuse(permissions.refusal_to_nominate(by, at))
    last = last or first
    if first < local_date(at):
        raise Refused("first", "This day has passed. Choose a day from today on")
    if last < first:
        raise Refused("last", "The last day must be on or after the first")
    if (last - first).days >= MOST_DAYS:
        raise Refused("last", f"Name somebody for at most {MOST_DAYS} days at once")
    team = (
        Team.objects.select_for_update(of=("self",), no_key=True)
        .filter(members=officer, kind__in=SUPPORT)
        .order_by("pk")
        .first()
    )
    if team is None or not officer.may(Permission.BOOK):
        raise Refused("officer", f"{officer.name} is in no business support team that books")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    named = [
        OfficerOfTheDay.objects.update_or_create(
            team=team, day=day, defaults={"officer": officer, "by": by, "at": at}
        )[0]
        for day in days
    ]
    data = {"officer": officer.pk, "team": team.pk, "first": first.isoformat(), "last": last.isoformat()}
    audit.record(NOMINATED, subject=f"team:{team.pk}", by=by, at=at, data=data)
    return named
