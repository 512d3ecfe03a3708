"""The meeting that follows a telephone discussion: when it may be booked, and with whom (W14, C05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from accounts.permissions import refusal_unless
from accounts.roles import Permission
from attendees.enums import TAKES_PART, Reply
from attendees.models import Attendance, Invitation, Professional
from attendees.services.suggesting import MOST
from audit.errors import MoveNotAllowed
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from govuk.moments import moment
from strategy.enums import MEETINGS, DiscussionStatus, Status
from strategy.models import Booking, Discussion, StrategyRequest

EMERGENCY_DUTY = "emergency_duty"
MOMENTS = ("planned_start", "planned_end", "started_at", "ended_at", "quorate_at")
TOLD = ("id", "case_id", "request_id", "number", "format", "status", *MOMENTS)
UNDERWAY = (DiscussionStatus.PLANNED, DiscussionStatus.STARTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody to invite again, and why it is they."""

    professional: Professional
    hint: str


def first_of(request: StrategyRequest) -> Discussion | None:
    """The first discussion of the request that was held and was no meeting: what a meeting is to follow."""
    held = request.discussions.filter(status=DiscussionStatus.ENDED).exclude(format__in=MEETINGS)
    return held.order_by("started_at", "pk").first()


def first_in(series: Iterable[Discussion], request: StrategyRequest) -> Discussion | None:
    """The same, of a series that was read already."""
    held = [one for one in series if one.request_id == request.pk and one.status == DiscussionStatus.ENDED]
    spoken = [one for one in held if not one.is_meeting and one.started_at is not None]
    return min(spoken, key=lambda one: (one.started_at, one.pk), default=None)


def clock_of(series: Iterable[Discussion]) -> Deadline | None:
    """The clock of the follow-up of a series: the one that stands, else the last that was set aside."""
    subjects = [one.subject for one in series]
    found = Deadline.objects.filter(subject__in=subjects, duty=Duty.FOLLOW_UP_MEETING)
    clocks = list(found.order_by("-pk"))
    return next((one for one in clocks if one.state != ClockState.VOID), clocks[0] if clocks else None)


def series_of(request: StrategyRequest) -> QuerySet[Discussion]:
    """Every discussion that came of the same referral, in order."""
    return Discussion.objects.filter(request__referral=request.referral_id).order_by("number")


def with_series(requests: QuerySet[StrategyRequest]) -> QuerySet[StrategyRequest]:
    """Read with each request every discussion of its referral, and who chaired and minuted it: no statement
    more."""
    bookings = Booking.objects.filter(discussion=OuterRef("pk"), cancelled_at=None).order_by("pk")
    told = JSONObject(
        **{name: name for name in TOLD},
        chair=Subquery(bookings.values("chair")[:1]),
        minute_taker=Subquery(bookings.values("minute_taker")[:1]),
    )
    rows = Discussion.objects.filter(request__referral=OuterRef("referral")).order_by("number")
    return requests.annotate(told_series=ArraySubquery(rows.values(told=told)))


def series_read(request: Any) -> list[Discussion]:
    """The discussions that `with_series` read, in order, with the numbers `chaired_by` and `minuted_by`."""
    return [_read(one) for one in request.told_series]


def _read(row: dict[str, Any]) -> Discussion:
    known = {name: _moment(row[name]) if name in MOMENTS else row[name] for name in TOLD}
    one: Any = Discussion(**known)
    one.chaired_by, one.minuted_by = row["chair"], row["minute_taker"]
    found: Discussion = one
    return found


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def why_not(
    request: StrategyRequest, running: Deadline | None = None, series: list[Discussion] | None = None
) -> str | None:
    """Return why no follow-up meeting can be booked for this request now, or None.

    1. Only after a discussion was held that was no meeting (W14): a follow-up follows something.
    2. Never twice: not while a discussion of the series is booked or goes on.
    3. Not where a manager set the clock aside; their reason is told.
    4. Not after a quorate meeting: what comes then is a review, which is asked for anew (rows H08, H09). The
       meeting that is owed after a telephone discussion is none, whatever the procedure says of reviews.

    `running` is the follow-up's clock, `series` all its discussions, where the caller has them already.
    """
    series = list(series_of(request)) if series is None else series
    coming = next((one for one in series if one.status in UNDERWAY), None)
    held = [one for one in series if one.status == DiscussionStatus.ENDED]
    if coming is not None:
        when = moment(coming.planned_start)
        if held:
            return f"The next discussion is booked already, for {when}. A follow-up is booked once."
        return f"The first discussion, on {when}, was not held yet: a follow-up meeting comes after it."
    if not held:
        return "No discussion was held yet: a follow-up meeting comes after the first."
    if request.status != Status.HELD:
        return "This request is not the one that was held: book the follow-up from the discussion held."
    first = next((one for one in held if one.request_id == request.pk and not one.is_meeting), None)
    if first is None:
        return f"What was held was a meeting, so no follow-up is owed. {_anew(request)}"
    clock = running or clock_of(series)
    if clock is not None and clock.state == ClockState.VOID:
        return f"A manager decided that no follow-up meeting is needed: {clock.void_reason}"
    later = next((one for one in held if one.is_meeting and one.quorate_at and one.pk != first.pk), None)
    if later is not None and later.started_at is not None:
        return f"The meeting that follows was held on {moment(later.started_at)}. {_anew(request)}"
    return None


def check_follow_up(request: StrategyRequest) -> None:
    """Raise MoveNotAllowed when a request that was held gets no follow-up meeting now; it is locked."""
    if request.status == Status.HELD and (reason := why_not(request)):
        raise MoveNotAllowed(reason)


def limit_of(request: StrategyRequest) -> Deadline | None:
    """The clock that a booking is held against: convening, or the meeting to follow once that was met.

    None then where the procedure sets no limit for a follow-up.
    """
    ours = Q(subject=f"referral:{request.referral_id}", duty=Duty.CONVENE)
    follow_up = Q(case=request.case_id, duty=Duty.FOLLOW_UP_MEETING, state=ClockState.RUNNING)
    found = list(Deadline.objects.filter(ours | follow_up).order_by("-pk"))
    convene = next((one for one in found if one.duty == Duty.CONVENE), None)
    if convene is None or convene.state != ClockState.MET:
        return convene
    return next((one for one in found if one.duty == Duty.FOLLOW_UP_MEETING), None)


def is_follow_up(request: StrategyRequest) -> bool:
    """Whether what is booked for this request now follows a discussion of it that was held."""
    return request.status == Status.HELD or (
        request.status == Status.BOOKED and first_of(request) is not None
    )


def lacks_power(user: User, at: datetime) -> str | None:
    """Why this person books no follow-up, or None: as for any booking."""
    return refusal_unless(user, Permission.BOOK, "book the follow-up meeting", at)


def works_at_night(user: User) -> bool:
    """Whether this person works for emergency duty only, so that nothing is proposed to them by day."""
    return set(user.roles) == {EMERGENCY_DUTY}


def people_of(first: Discussion) -> list[Asked]:
    """Whom the first discussion had: invited or there, as those who hold the post today.

    A deputy who stood in once is not asked for good: the person whose place it is is, and the hint says who
    came. Somebody who left the directory is followed by whom they were merged into, or by the duty contact
    of their agency who stands for the same role.
    """
    took_part = Q(asked_as__isnull=False) | Q(there_as__isnull=False)
    return people_in(_with_part(first).filter(took_part))


def people_in(rows: Iterable[Any]) -> list[Asked]:
    """The same, of people who were read already with the part they had in the first discussion."""
    found: dict[int, Asked] = {}
    for row in rows:
        if (row.asked_as, row.there_as) == (None, None) or row.was_stood_in:
            continue
        person, note = _holder(row)
        if person is not None and person.pk not in found:
            found[person.pk] = Asked(person, note or _note(row))
    return list(found.values())


def directory_with(first: Discussion) -> list[Professional]:
    """Whom the first discussion had, then others of the directory's other agencies, as a booking offers them:
    one statement."""
    others = Q(is_active=True) & ~Q(agency__is_authority=True)
    took_part = Q(asked_as__isnull=False) | Q(there_as__isnull=False)
    return list(_with_part(first).filter(took_part | others)[:MOST])


def _with_part(first: Discussion) -> QuerySet[Any]:
    """People of the directory, those of the first discussion first, with how each was asked and came."""
    asked = Invitation.objects.filter(discussion=first.pk, withdrawn_at=None)
    there = Attendance.objects.filter(discussion=first.pk, mode__in=TAKES_PART)
    own = asked.filter(professional=OuterRef("pk")).with_deputies()
    stood_in = own.filter(deputy_of__isnull=False, deputy_of__withdrawn_at=None)
    rows = Professional.objects.select_related("agency", "user").annotate(
        asked_as=Subquery(own.values("pk")[:1]),
        there_as=Subquery(there.filter(professional=OuterRef("pk")).values("pk")[:1]),
        was_stood_in=Exists(stood_in),
        replied=Subquery(own.values("reply")[:1]),
        deputy=Subquery(own.values("deputy")[:1]),
        deputy_name=Subquery(own.values("deputy_name")[:1]),
    )
    first_asked = (F("asked_as").asc(nulls_last=True), F("there_as").asc(nulls_last=True))
    return rows.order_by(*first_asked, "-is_duty_contact", "agency__name", "name", "pk")


def _holder(person: Professional) -> tuple[Professional | None, str]:
    while person.merged_into is not None:
        person = person.merged_into
    if person.is_active:
        return person, ""
    others = Professional.objects.filter(agency=person.agency_id, is_active=True, is_duty_contact=True)
    found = others.filter(quorum_role=person.quorum_role).select_related("agency").first()
    return found, f"In place of {person.name}, who is no longer in the directory"


def _note(row: Any) -> str:
    """Of a person as `people_of` read them."""
    if row.asked_as is None:
        return "Took part in the first discussion"
    deputy = row.deputy or (row.deputy_name if row.replied == Reply.DEPUTY else "")
    if deputy and row.replied != Reply.COMING:
        return f"Invited to the first discussion, where {deputy} stood in for them"
    return "Invited to the first discussion"


def _anew(request: StrategyRequest) -> str:
    rule = request.protocol.rules.reviews_need_new_information
    if rule.value:
        return (
            "A further discussion is a review: ask for it anew, with the new information that affects the "
            f"plan ({rule.source})."
        )
    return "For a further discussion ask anew."
