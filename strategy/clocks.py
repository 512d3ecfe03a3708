"""Facts of a referral in, stored clocks in line: the one place where requests and discussions move clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from accounts.models import Team, User
from audit.errors import Refused
from cases.models import Case, Child
from deadlines import rules
from deadlines.duties import register_duty
from deadlines.enums import ClockState, Duty
from deadlines.enums import Forensic as ForensicFact
from deadlines.enums import Trigger as TriggerFact
from deadlines.models import Deadline
from deadlines.rules import Answer, Facts, Held
from deadlines.services import hand_over, meet, open_clock, void
from deadlines.working_days import england
from protocols.models import LocalProtocol
from protocols.rules.settings import Protocol
from referrals.enums import CircumstanceKind
from referrals.models import Circumstance, Referral
from strategy.enums import DiscussionStatus, Status
from strategy.models import Booking, ChildSeen, Discussion, Enquiry, StrategyRequest
from strategy.people import authorisers_for, protection_owner, support_team

AUTHORISE_REQUEST = register_duty("authorise_request", "Authorise the request", "Authorise")
ENDED = (Status.WITHDRAWN, Status.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn a clock is, and for what."""

    verb: str
    owner: User | None = None
    team: Team | None = None


@dataclass(frozen=True)
class Picture:
    """A referral with everything of it that a clock depends on, read once."""

    referral: Referral
    requests: list[StrategyRequest]
    discussions: list[Discussion]
    circumstances: list[Circumstance]
    initiating: frozenset[int]
    protocol: Protocol

    @property
    def case(self) -> Case:
        """The case."""
        return self.referral.case

    @property
    def subject(self) -> str:
        """How clocks point at the referral."""
        return f"referral:{self.referral.pk}"

    @property
    def latest(self) -> StrategyRequest | None:
        """The request that counts now."""
        live = [one for one in self.requests if one.status not in ENDED]
        return live[-1] if live else None


@dataclass(frozen=True, slots=True)
class Doing:
    """Who moves the clocks and when, and what lets one move later."""

    by: User | None
    at: datetime
    manager_reason: str = ""
    may_lengthen: bool = False


def keep_clocks(
    referral: Referral, *, by: User | None, at: datetime, manager_reason: str = "", may_lengthen: bool = False
) -> None:
    """Bring every clock of a referral in line with its facts; called by each service that changes one.

    1. Read the facts: the referral, its circumstances, its requests and their discussions, its enquiries.
    2. Ask the rules, under the procedure that the first request was made with.
    3. Open what has begun, move what changed, meet what was done, hand over whose turn it is.

    A clock moves later only with a manager's reason, or while nothing has been submitted: Refused("reason").
    """
    picture = look(referral, at)
    doing = Doing(
        by, at, manager_reason, may_lengthen or not any(one.submitted_at for one in picture.requests)
    )
    facts = facts_of(picture)
    _keep_convene(picture, facts, doing)
    _keep_protection(picture, facts, doing)
    _keep_children_seen(picture, facts, doing)
    _keep_assessment(picture, facts, doing)
    _keep_authorising(picture, doing)
    _keep_discussions(picture, facts, doing)
    _keep_conferences(picture, doing)


def protocol_for(referral: Referral, at: datetime) -> LocalProtocol:
    """The procedure of the referral's first request, else the one in force. Raises Refused if none."""
    first = referral.requests.order_by("pk").select_related("protocol").first()
    found = first.protocol if first else LocalProtocol.objects.in_force(localdate(at))
    if found is None:
        raise Refused(None, "No local procedure is in force. Ask your administrator to publish one.")
    return found


def look(referral: Referral, at: datetime) -> Picture:
    """Read everything of a referral that its clocks depend on."""
    requests = list(referral.requests.select_related("requester", "case__team", "protocol").order_by("pk"))
    discussions = list(
        Discussion.objects.filter(request__in=requests)
        .exclude(status=DiscussionStatus.CANCELLED)
        .order_by("number")
    )
    initiating = Enquiry.objects.filter(discussion__in=discussions).values_list("discussion_id", flat=True)
    return Picture(
        referral=referral,
        requests=requests,
        discussions=discussions,
        circumstances=list(referral.circumstances.all()),
        initiating=frozenset(initiating),
        protocol=protocol_for(referral, at).rules,
    )


def facts_of(picture: Picture) -> Facts:
    """The facts as the rules want them."""
    submitted = [one.submitted_at for one in picture.requests if one.submitted_at]
    held = tuple(
        Held(
            started_at=one.started_at,
            ended_at=one.ended_at,
            format=one.format,
            quorate_at=one.quorate_at,
            initiated_s47=one.pk in picture.initiating,
            place=place,
        )
        for place, one in enumerate(picture.discussions)
        if one.started_at is not None
    )
    return read_facts(picture.referral, picture.circumstances, min(submitted, default=None), held)


def read_facts(
    referral: Referral,
    circumstances: Iterable[Any],
    requested_at: datetime | None = None,
    held: tuple[Held, ...] = (),
) -> Facts:
    """Facts of a referral with these circumstances, stored or only being typed."""
    known = {one.kind: one for one in circumstances}
    sexual = known.get(CircumstanceKind.PENETRATIVE_SEXUAL_ABUSE)
    hospital = known.get(CircumstanceKind.IN_HOSPITAL)
    other = known.get(CircumstanceKind.OTHER)
    return Facts(
        trigger=TriggerFact(referral.trigger),
        triggered_at=referral.triggered_at,
        referral_received_at=referral.received_at,
        requested_at=requested_at,
        circumstances=frozenset(known),
        learned_at={kind: one.learned_at for kind, one in known.items() if one.learned_at},
        forensic=ForensicFact((sexual and sexual.forensic_needed) or "unknown"),
        planned_discharge_at=hospital.planned_discharge_at if hospital else None,
        left_hospital_at=hospital.left_hospital_at if hospital else None,
        agreed_at=other.earlier_limit_at if other else None,
        agreed_by=other.consulted if other else "",
        discussions=held,
    )


def convene_turn(picture: Picture) -> Turn:
    """Whose turn it is to bring the discussion about."""
    case, wanted = picture.case, picture.latest
    if wanted is None:
        return Turn("Decide whether a discussion is needed", case.team.manager or None, case.team)
    match wanted.status:
        case Status.SUBMITTED:
            return Turn("Authorise", next(iter(authorisers_for(wanted)), None), case.team)
        case Status.AUTHORISED:
            team = support_team(case)
            return Turn("Book", None if team else wanted.requester, team)
        case Status.BOOKED | Status.HELD:
            booking = _booking_of(wanted)
            return Turn("Hold the discussion", booking.chair if booking else wanted.requester)
    verb = "Put right and submit again" if wanted.status == Status.RETURNED else "Finish the request"
    return Turn(verb, wanted.requester)


def _keep_convene(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.convene(facts, picture.protocol, england())
    last = Deadline.objects.of(picture.subject, Duty.CONVENE).first()
    if last is not None and last.state == ClockState.MET:
        return
    if last is not None and last.state == ClockState.VOID and picture.latest is None:
        return
    refused = [one for one in picture.requests if one.status == Status.NOT_NEEDED]
    if picture.latest is None and refused:
        if last is not None:
            _void([last], f"No discussion is needed: {refused[-1].not_needed.rationale}", doing)
        return
    clock = _keep(picture, picture.subject, answer, convene_turn(picture), doing)
    if answer.met_at is not None:
        meet(clock, by=doing.by, at=answer.met_at)


def _keep_protection(picture: Picture, facts: Facts, doing: Doing) -> None:
    duty = Duty.IMMEDIATE_PROTECTION_DECISION
    answer = rules.immediate_protection(facts, picture.protocol, england())
    clocks = Deadline.objects.of(picture.subject, duty)
    if answer is None:
        reason = doing.manager_reason or "No circumstance that asks for it applies any more"
        _void(clocks.running(), reason, doing)
        return
    if clocks.filter(state=ClockState.MET).exists():
        return
    role = picture.protocol.immediate_protection_role.value.value
    turn = Turn("Decide", protection_owner(picture.case, role), picture.case.team)
    clock = _keep(picture, picture.subject, answer, turn, doing)
    decided = [one for wanted in picture.requests for one in wanted.protection_decisions.all()]
    if decided:
        meet(clock, by=doing.by, at=min(one.at for one in decided))


def _keep_children_seen(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.child_seen(facts, picture.protocol, england())
    if answer is None:
        return
    for child in _children_of(picture):
        subject = f"child:{child.pk}"
        clocks = Deadline.objects.of(subject, Duty.CHILD_SEEN)
        if clocks.exclude(state=ClockState.RUNNING).filter(starts_at=answer.starts_at).exists():
            continue
        running = clocks.running().first()
        if running is not None and running.due_at is not None and running.starts_at < answer.starts_at:
            continue  # an earlier referral's clock still runs: the earlier moment stands
        clock = _keep(picture, subject, answer, Turn("See the child", _worker(picture)), doing)
        seen = ChildSeen.objects.filter(child=child, at__gte=answer.starts_at).order_by("at").first()
        if seen is not None:
            meet(clock, by=doing.by, at=seen.at)


def _keep_assessment(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.assessment(facts, picture.protocol, england())
    clocks = Deadline.objects.of(picture.subject, Duty.ASSESSMENT)
    if answer is None or clocks.exclude(state=ClockState.RUNNING).exists():
        return
    _keep(picture, picture.subject, answer, Turn("Finish the assessment", _worker(picture)), doing)


def _keep_authorising(picture: Picture, doing: Doing) -> None:
    """The inner clock from a submission to the manager's answer."""
    for wanted in picture.requests:
        running = Deadline.objects.of(wanted.subject, AUTHORISE_REQUEST).running()
        if wanted.status == Status.SUBMITTED:
            last = wanted.submissions.last()
            if last is None or running.exists():
                continue
            turn = Turn("Authorise", next(iter(authorisers_for(wanted)), None), picture.case.team)
            _keep(
                picture, wanted.subject, _authorise_answer(picture, last.at), turn, doing, AUTHORISE_REQUEST
            )
        elif wanted.status == Status.WITHDRAWN:
            _void(running, "The request was withdrawn", doing)
        else:
            for clock in running:
                meet(clock, by=doing.by, at=doing.at)


def _authorise_answer(picture: Picture, submitted_at: datetime) -> Answer:
    convene = Deadline.objects.of(picture.subject, Duty.CONVENE).first()
    is_same_day = convene is not None and convene.limit == "same_day"
    setting = picture.protocol.authorise_limit_same_day if is_same_day else picture.protocol.authorise_limit
    why = "The request must be answered"
    return rules.by_limit(Duty.CONVENE, setting.value, submitted_at, why, setting.source, england())


def _keep_discussions(picture: Picture, facts: Facts, doing: Doing) -> None:
    held = {one.place: one for one in facts.discussions}
    for place, discussion in enumerate(picture.discussions):
        if place not in held:
            continue
        answer = rules.circulate_minutes(held[place], picture.protocol, england())
        clocks = Deadline.objects.of(discussion.subject, Duty.CIRCULATE_MINUTES)
        if answer is not None and not clocks.exists():
            _keep(picture, discussion.subject, answer, _minutes_turn(picture, discussion), doing)
    answer = rules.follow_up_meeting(facts, picture.protocol, england())
    if answer is not None:
        spoken = next(one for one in picture.discussions if one.ended_at == answer.starts_at)
        _keep_follow_up(picture, spoken, answer, doing)


def _keep_follow_up(picture: Picture, spoken: Discussion, answer: Answer, doing: Doing) -> None:
    clocks = Deadline.objects.of(spoken.subject, Duty.FOLLOW_UP_MEETING)
    if clocks.exclude(state=ClockState.RUNNING).exists():
        return
    team = support_team(picture.case)
    turn = Turn("Book the follow-up meeting", None if team else _worker(picture), team)
    clock = _keep(picture, spoken.subject, answer, turn, doing)
    if answer.met_at is not None:
        meet(clock, by=doing.by, at=answer.met_at)


def _keep_conferences(picture: Picture, doing: Doing) -> None:
    for enquiry in Enquiry.objects.filter(discussion__in=picture.discussions).select_related("lead"):
        clocks = Deadline.objects.of(enquiry.subject, Duty.ICPC)
        if clocks.exclude(state=ClockState.RUNNING).exists():
            continue
        started = Held(started_at=enquiry.started_at, initiated_s47=True)
        answer = rules.icpc(
            read_facts(picture.referral, picture.circumstances, held=(started,)), picture.protocol, england()
        )
        if answer is not None:
            _keep(picture, enquiry.subject, answer, Turn("Arrange the conference", enquiry.lead), doing)


def _keep(
    picture: Picture, subject: str, answer: Answer, turn: Turn, doing: Doing, duty: str = ""
) -> Deadline:
    clock = open_clock(
        case=picture.case,
        subject=subject,
        answer=answer,
        duty=duty,
        owner=turn.owner,
        owner_team=turn.team,
        verb=turn.verb,
        protocol=picture.protocol,
        manager_reason=doing.manager_reason,
        may_lengthen=doing.may_lengthen,
        by=doing.by,
        at=doing.at,
    )
    return hand_over(clock, owner=turn.owner, owner_team=turn.team, verb=turn.verb, by=doing.by, at=doing.at)


def _void(clocks: Iterable[Deadline], reason: str, doing: Doing) -> None:
    for clock in clocks:
        void(clock, reason=reason, by=doing.by, at=doing.at)


def _children_of(picture: Picture) -> list[Child]:
    """The born children it is about: those its requests name, else those with concerns, else all."""
    asked = Child.objects.filter(requests__in=picture.requests).distinct()
    feared = Child.objects.filter(concerns__referral=picture.referral).distinct()
    found = list(asked) or list(feared) or list(Child.objects.filter(case=picture.case))
    return [child for child in found if not child.is_unborn]


def _worker(picture: Picture) -> User:
    if picture.case.allocated_worker is not None:
        return picture.case.allocated_worker
    return picture.requests[-1].requester if picture.requests else picture.referral.recorded_by


def _booking_of(wanted: StrategyRequest) -> Booking | None:
    bookings = Booking.objects.filter(discussion__request=wanted, cancelled_at__isnull=True)
    return bookings.select_related("chair", "minute_taker").order_by("-pk").first()


def _minutes_turn(picture: Picture, discussion: Discussion) -> Turn:
    booking = discussion.bookings.filter(cancelled_at__isnull=True).select_related("minute_taker").first()
    return Turn("Finish the minutes", booking.minute_taker if booking else _worker(picture))
