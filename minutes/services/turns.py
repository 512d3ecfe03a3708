"""The clocks of the days after a discussion: whose turn it is until the last copy has gone (`clocks.md`)."""

from datetime import datetime

from django.db.models import Max, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Team, User
from attendees.enums import TAKES_PART
from attendees.models import Attendance, Professional
from deadlines import services as deadlines
from deadlines.duties import register_duty
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules.answers import Answer
from deadlines.rules.duties import by_limit
from deadlines.working_days import england
from minutes.enums import MinutesStatus
from minutes.models import Action, Minutes
from protocols.rules.limits import parse_limit
from strategy.models import Discussion
from strategy.people import circulating_team

AGREE_RECORD = register_duty("agree_record", "Have the record agreed", "Have the record agreed")
CHECK_RECORD = register_duty("check_record", "Check and authorise the minutes", "Check and authorise")
FILE_MINUTES = register_duty("file_minutes", "File the minutes in the case system", "File the minutes")
FILE_SIGNATURES = register_duty(
    "file_signatures", "File signatures that came in after the minutes were filed", "File the new signatures"
)
FILING_LIMIT = (
    "working_days(5)"  # local default: the sources ask for the filing and name no limit (rows W27, X16)
)


def circulation_clock(discussion: Discussion) -> Deadline | None:
    """The clock by which the last recipient must have been reached, running or not; None before the end."""
    found: Deadline | None = Deadline.objects.of(discussion.subject, Duty.CIRCULATE_MINUTES).first()
    return found


def hand_circulation_to(
    discussion: Discussion,
    *,
    verb: str,
    by: User,
    at: datetime,
    owner: User | None = None,
    team: Team | None = None,
) -> None:
    """Say whose turn it is on the way to circulation; a clock that does not run stays as it is."""
    clock = circulation_clock(discussion)
    if clock is not None and clock.state == ClockState.RUNNING:
        deadlines.hand_over(clock, owner=owner, owner_team=team, verb=verb, by=by, at=at)


def start_check(minutes: Minutes, chair: User, *, by: User, at: datetime) -> None:
    """Start the chair's own clock: the protocol's share of the circulation limit, and never past its end."""
    rules = minutes.discussion.request.protocol.rules
    clock = circulation_clock(minutes.discussion)
    if clock is None or clock.due_at is None:
        return
    percent = rules.chair_check_percent
    share = (clock.due_at - clock.starts_at) * percent.value / 100
    deadlines.open_clock(
        case=minutes.discussion.case,
        subject=minutes.subject,
        answer=Answer(
            Duty.CIRCULATE_MINUTES,
            at,
            max(min(at + share, clock.due_at), at),
            f"{percent.value}% of {clock.limit}",
            f"The chair’s check has {percent.value}% of the time in which the minutes must be circulated.",
            percent.source,
        ),
        duty=CHECK_RECORD,
        owner=chair,
        protocol=rules,
        may_lengthen=True,
        by=by,
        at=at,
    )


def start_round(minutes: Minutes, *, by: User, at: datetime) -> None:
    """Start the round in which attendees agree the record: its share of the time for circulating (W26)."""
    discussion = minutes.discussion
    rules = discussion.request.protocol.rules
    clock = circulation_clock(discussion)
    if clock is None or clock.due_at is None or discussion.ended_at is None:
        return
    percent = rules.agree_record_percent
    share = (clock.due_at - clock.starts_at) * percent.value / 100
    because = (
        f"Those who took part have {percent.value}% of the time in which the minutes must be circulated to "
        "agree the record. Whoever has not answered then was silent; nothing waits for it."
    )
    booking = discussion.bookings.filter(cancelled_at__isnull=True).select_related("minute_taker").first()
    deadlines.open_clock(
        case=discussion.case,
        subject=minutes.subject,
        answer=Answer(
            Duty.CIRCULATE_MINUTES,
            clock.starts_at,
            min(clock.starts_at + share, clock.due_at),
            f"{percent.value}% of {clock.limit}",
            because,
            percent.source,
        ),
        duty=AGREE_RECORD,
        owner=booking.minute_taker if booking else by,
        protocol=rules,
        may_lengthen=True,
        by=by,
        at=at,
    )
    settle_round(minutes, by=by)


def settle_round(minutes: Minutes, *, by: User | Professional) -> None:
    """Meet the round's clock when everybody who took part has answered, at the last answer."""
    clock = round_clock(minutes)
    if clock is None or silent_people(minutes):
        return
    last = minutes.agreements.aggregate(last=Max("at"))["last"] or clock.starts_at
    deadlines.meet(clock, by=by, at=max(last, clock.starts_at))  # type: ignore[arg-type]  # as below


def round_clock(minutes: Minutes) -> Deadline | None:
    """The clock of the round, while it runs."""
    found: Deadline | None = Deadline.objects.running().of(minutes.subject, AGREE_RECORD).first()
    return found


def round_due(minutes: Minutes) -> datetime | None:
    """By when the record is to be agreed, whether or not everybody has answered."""
    found: Deadline | None = Deadline.objects.of(minutes.subject, AGREE_RECORD).first()
    return found.due_at if found is not None else None


def round_due_of_each() -> Subquery:
    """The same for each record of a query, so that a page asks for it with the record."""
    subject = Concat(Value("minutes:"), Cast(OuterRef("pk"), TextField()))
    rounds = Deadline.objects.filter(subject=subject, duty=AGREE_RECORD).order_by("-pk")
    return Subquery(rounds.values("due_at")[:1])


def silent_people(minutes: Minutes) -> list[Attendance]:
    """Those who took part and have said nothing of the record."""
    took_part = minutes.discussion.attendance.filter(mode__in=TAKES_PART)
    return list(took_part.exclude(pk__in=minutes.agreements.values("attendance")).order_by("pk"))


RETURNED = "Returned to business support: "


def why_returned(minutes: Minutes) -> str:
    """What the chair wants put right, when the record is back with business support; else nothing."""
    last = Deadline.objects.of(minutes.subject, CHECK_RECORD).first()
    if minutes.status != MinutesStatus.AGREED or last is None:
        return ""
    return last.void_reason.removeprefix(RETURNED)


def end_check(minutes: Minutes, *, by: User, at: datetime, returned: str = "") -> None:
    """Stop the chair's clock: authorised, or returned to business support with a reason."""
    clock = Deadline.objects.running().of(minutes.subject, CHECK_RECORD).first()
    if clock is None:
        return
    if returned:
        deadlines.void(clock, reason=f"{RETURNED}{returned}", by=by, at=at)
    else:
        deadlines.meet(clock, by=by, at=at)


def start_filing(minutes: Minutes, team: Team, *, by: User, at: datetime) -> None:
    """Keep "not yet filed" on the worklist of the team that circulates, until the reference is typed in."""
    rules = minutes.discussion.request.protocol.rules
    system = rules.external_system.value or "the case system"
    answer = by_limit(
        Duty.CIRCULATE_MINUTES,
        parse_limit(FILING_LIMIT),
        at,
        f"The minutes must be filed in {system}",
        f"{rules.external_system.source} (the limit is a local default)",
        england(),
    )
    deadlines.open_clock(
        case=minutes.discussion.case,
        subject=minutes.subject,
        answer=answer,
        duty=FILE_MINUTES,
        owner_team=team,
        protocol=rules,
        may_lengthen=True,
        by=by,
        at=at,
    )


def end_filing(minutes: Minutes, *, by: User | None, at: datetime) -> None:
    """Stop the filing clock: the latest version is in the case system."""
    clock = Deadline.objects.running().of(minutes.subject, FILE_MINUTES).first()
    if clock is not None:
        deadlines.meet(clock, by=by, at=at)


def start_filing_signatures(
    minutes: Minutes, team: Team, system: str, *, by: User | Professional | None, at: datetime
) -> None:
    """Somebody signed what is filed already: business support files it again, once for all who do so."""
    if Deadline.objects.running().of(minutes.subject, FILE_SIGNATURES).exists():
        return
    rules = minutes.discussion.request.protocol.rules
    because = f"Somebody signed after the minutes were filed in {system}: what it holds does not say so."
    source = f"{rules.external_system.source} (the limit is a local default)"
    deadlines.open_clock(
        case=minutes.discussion.case,
        subject=minutes.subject,
        answer=by_limit(Duty.CIRCULATE_MINUTES, parse_limit(FILING_LIMIT), at, because, source, england()),
        duty=FILE_SIGNATURES,
        owner_team=team,
        protocol=rules,
        by=by,  # type: ignore[arg-type]  # the ledger names partners too
        at=at,
    )


def end_filing_signatures(minutes: Minutes, *, by: User | Professional | None, at: datetime) -> None:
    """Stop that clock: the case system has every signature."""
    clock = Deadline.objects.running().of(minutes.subject, FILE_SIGNATURES).first()
    if clock is not None:
        deadlines.meet(clock, by=by, at=at)  # type: ignore[arg-type]  # as above


def pass_record_on(minutes: Minutes, team: Team, *, by: User, at: datetime) -> None:
    """What waited for whoever minuted it waits for a team from now on: agreeing it, circulating it."""
    if minutes.status == MinutesStatus.AGREED:
        verb = "Finish the minutes"
        hand_circulation_to(minutes.discussion, verb=verb, team=team, by=by, at=at)
        clock = round_clock(minutes)
        if clock is not None:
            deadlines.hand_over(clock, owner_team=team, by=by, at=at)


def meet_circulation(discussion: Discussion, *, at: datetime) -> None:
    """The last copy is on its way or handed over, at `at`: the clock is met then, not at the click."""
    clock = circulation_clock(discussion)
    if clock is not None and clock.state == ClockState.RUNNING:
        deadlines.meet(clock, by=None, at=at)


def reopen_circulation(discussion: Discussion, *, reason: str, at: datetime) -> None:
    """A copy came back or is to be sent again: the clock runs on with the same due moment."""
    clock = circulation_clock(discussion)
    if clock is not None and clock.state == ClockState.MET:
        clock = deadlines.reopen(clock, reason=reason, by=None, at=at)
        team = circulating_team(discussion)
        if team is not None:
            deadlines.hand_over(clock, owner_team=team, verb="Put the circulation right", by=None, at=at)


def turn_of(action: Action, record: Minutes) -> tuple[User, str]:
    """Whose turn an action is, and for what: its owner’s; who asks an owner without an account, chases them.

    That is the allocated social worker, else whoever asked for the discussion.
    """
    if action.owner.user is not None:
        return action.owner.user, f"Do action {action.number}"
    discussion = record.discussion
    chaser = record.allocated_worker or discussion.case.allocated_worker or discussion.request.carrier
    return chaser, f"Chase action {action.number} of {action.owner.name}"[:80]


def hand_action_on(action: Action, *, by: User | Professional, at: datetime) -> None:
    """The action's running clock is its present owner's from now on; its due moment stays."""
    for clock in Deadline.objects.running().of(action.subject, Duty.ACTION):
        owner, verb = turn_of(action, action.minutes)
        deadlines.hand_over(clock, owner=owner, verb=verb, by=by, at=at)  # type: ignore[arg-type]  # as below


def meet_action(action: Action, *, by: User | Professional, at: datetime) -> None:
    """Stop the action's clock at the moment it was done."""
    clock = Deadline.objects.running().of(action.subject, Duty.ACTION).first()
    if clock is not None:
        deadlines.meet(clock, by=by, at=at)  # type: ignore[arg-type]  # the ledger names partners too
