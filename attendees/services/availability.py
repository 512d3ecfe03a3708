"""When people can come, as they said it: written down so that the finder of times can heed it (row W21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from attendees import events, letters, permissions
from attendees.models import Invitation, Professional, StatedTime
from attendees.services.booking import ground_of
from audit import services as audit
from audit.errors import Refused, refuse
from cases.models import Case
from outbox.models import Letter
from outbox.rules import one_line
from strategy.models import StrategyRequest

LONGEST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Window:
    """A time at which somebody can come, or cannot."""

    can_come: bool
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One time as somebody said it."""

    professional: Professional
    can_come: bool
    start: datetime
    end: datetime
    how: str = ""


@transaction.atomic
def state_times(
    request: StrategyRequest, said: Iterable[Said], *, by: User, at: datetime
) -> list[StatedTime]:
    """Write down when people can and cannot come, instead of what was written before.

    By business support, or by whoever asked for the discussion. Raises NotAllowed, Refused at `times`.
    """
    case = Case.objects.lock(request.case)
    wanted = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_state_times(by, wanted, case, at))
    rows = [_stated(wanted, one, f"user:{by.pk}", at) for one in said]
    StatedTime.objects.filter(request=wanted).delete()
    StatedTime.objects.bulk_create(rows)
    data = {"people": sorted({one.professional_id for one in rows}), "times": len(rows)}
    audit.record(events.TIMES_STATED, case, subject=wanted, by=by, at=at, data=data)
    return rows


def state_own_times(
    asked: Invitation, times: Iterable[Window], *, how: str, by: User | Professional, at: datetime
) -> list[StatedTime]:
    """Keep when somebody invited could or could not come, told with their reply, in the place of before.

    The caller has locked the invitation and asked who may answer it. Raises Refused at `times`.
    """
    discussion, person = asked.discussion, asked.professional
    by_ref = f"{by._meta.model_name}:{by.pk}"
    said = [Said(person, one.can_come, one.start, one.end, how) for one in times]
    rows = [_stated(discussion.request, one, by_ref, at) for one in said]
    StatedTime.objects.filter(request=discussion.request_id, professional=person).delete()
    StatedTime.objects.bulk_create(rows)
    data = {"people": [person.pk], "times": len(rows)}
    audit.record(events.TIMES_STATED, discussion.case, subject=discussion.request, by=by, at=at, data=data)
    return rows


@transaction.atomic
def tell_no_lawful_time(request: StrategyRequest, *, by: User, at: datetime) -> Letter:
    """Tell the case's manager that no time is left within the legal limit: the limit does not move.

    One letter for each legal limit, however often it is pressed. Raises NotAllowed, Refused when the team
    has no manager or the request no limit.
    """
    case = Case.objects.lock(request.case)
    wanted = StrategyRequest.objects.lock(request)
    refuse(permissions.refusal_to_book(by, case, at))
    limit, manager = ground_of(wanted).limit, case.team.manager
    if limit is None:
        raise Refused(None, "This request has no legal limit yet.")
    if manager is None or not manager.is_active:
        raise Refused(None, f"{case.team.name} has no manager. Telephone the head of service now.")
    letter = letters.no_lawful_time(wanted, manager, limit, by=by, at=at)
    data = {"manager": manager.pk, "limit": limit.isoformat(), "letter": letter.pk}
    audit.record(events.NO_LAWFUL_TIME, case, subject=wanted, by=by, at=at, data=data)
    return letter


def _stated(request: StrategyRequest, one: Said, by_ref: str, at: datetime) -> StatedTime:
    if one.end <= one.start:
        raise Refused("times", f"{one.professional.name}: the time must end after it begins")
    if one.end - one.start > LONGEST:
        raise Refused("times", f"{one.professional.name}: this is longer than 60 days. Check the dates")
    return StatedTime(
        request=request,
        professional=one.professional,
        can_come=one.can_come,
        during=DateTimeTZRange(one.start, one.end),
        how=one_line(one.how)[:120] or "Told to business support",
        by_ref=by_ref,
        at=at,
    )
