"""Facts of a referral in, stored clocks in line: the one place where requests and discussions move clocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from deadlines import rules
from deadlines.duties import register_duty
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules import Answer, Facts, Held
from deadlines.services import hand_over, meet, open_clock, void
from deadlines.working_days import england
from referrals.models import Referral
from strategy.clocks.picture import Picture, children_of, facts_of, look, read_facts
from strategy.clocks.turns import Turn, convene_turn, minutes_turn, worker
from strategy.enums import Status
from strategy.models import ChildSeen, Discussion, Enquiry
from strategy.people import authorisers_for, protection_owner, support_team

AUTHORISE_REQUEST = register_duty("authorise_request", "Authorise the request", "Authorise")


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


def _keep_convene(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.convene(facts, picture.protocol, england())
    last = next(iter(picture.of(picture.subject, Duty.CONVENE)), None)
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
    running = picture.running(picture.subject, duty)
    if answer is None:
        reason = doing.manager_reason or "No circumstance that asks for it applies any more"
        _void([running] if running else [], reason, doing)
        return
    if any(one.state == ClockState.MET for one in picture.of(picture.subject, duty)):
        return
    role = picture.protocol.immediate_protection_role.value.value
    turn = Turn("Decide", protection_owner(picture.case, role), picture.case.team)
    clock = _keep(picture, picture.subject, answer, turn, doing)
    decided = [one for wanted in picture.requests for one in wanted.protection_decisions.all()]
    if decided:
        meet(clock, by=doing.by, at=min(one.at for one in decided))


def _keep_children_seen(picture: Picture, facts: Facts, doing: Doing) -> None:
    for child in children_of(picture):
        answer = rules.child_seen(facts, picture.protocol, england(), born_at=child.birth_told_at)
        if answer is None:
            return
        subject = f"child:{child.pk}"
        if any(one.starts_at == answer.starts_at for one in picture.stopped(subject, Duty.CHILD_SEEN)):
            continue
        running = picture.running(subject, Duty.CHILD_SEEN)
        if running is not None and running.due_at is not None and running.starts_at < answer.starts_at:
            continue  # an earlier referral's clock still runs: the earlier moment stands
        clock = _keep(picture, subject, answer, Turn("See the child", worker(picture)), doing)
        seen = ChildSeen.objects.filter(child=child, at__gte=answer.starts_at).order_by("at").first()
        if seen is not None:
            meet(clock, by=doing.by, at=seen.at)


def _keep_assessment(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.assessment(facts, picture.protocol, england())
    if answer is None or picture.stopped(picture.subject, Duty.ASSESSMENT):
        return
    _keep(picture, picture.subject, answer, Turn("Finish the assessment", worker(picture)), doing)


def _keep_authorising(picture: Picture, doing: Doing) -> None:
    """The inner clock from a submission to the manager's answer."""
    for wanted in picture.requests:
        running = picture.running(wanted.subject, AUTHORISE_REQUEST)
        if wanted.status == Status.SUBMITTED:
            last = wanted.submissions.last() if running is None else None
            if last is None:
                continue
            turn = Turn("Authorise", next(iter(authorisers_for(wanted)), None), picture.case.team)
            _keep(
                picture, wanted.subject, _authorise_answer(picture, last.at), turn, doing, AUTHORISE_REQUEST
            )
        elif running is not None and wanted.status == Status.WITHDRAWN:
            _void([running], "The request was withdrawn", doing)
        elif running is not None:
            meet(running, by=doing.by, at=doing.at)


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
        if answer is not None and not picture.of(discussion.subject, Duty.CIRCULATE_MINUTES):
            _keep(picture, discussion.subject, answer, minutes_turn(picture, discussion), doing)
    answer = rules.follow_up_meeting(facts, picture.protocol, england())
    if answer is not None:
        spoken = next(one for one in picture.discussions if one.ended_at == answer.starts_at)
        _keep_follow_up(picture, spoken, answer, doing)


def _keep_follow_up(picture: Picture, spoken: Discussion, answer: Answer, doing: Doing) -> None:
    if picture.stopped(spoken.subject, Duty.FOLLOW_UP_MEETING):
        return
    team = support_team(picture.case)
    turn = Turn("Book the follow-up meeting", None if team else worker(picture), team)
    clock = _keep(picture, spoken.subject, answer, turn, doing)
    if answer.met_at is not None:
        meet(clock, by=doing.by, at=answer.met_at)


def _keep_conferences(picture: Picture, doing: Doing) -> None:
    for enquiry in Enquiry.objects.filter(discussion__in=picture.discussions).select_related("lead"):
        if picture.stopped(enquiry.subject, Duty.ICPC):
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
    running = picture.running(subject, duty or answer.duty)
    if running is not None and _says(running, answer, turn):
        return running
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


def _says(clock: Deadline, answer: Answer, turn: Turn) -> bool:
    """Whether a stored clock already says all that the answer and the turn say: most do, at each act."""
    weighed = [one.because for one in (*answer.candidates, *answer.set_aside)]
    return (clock.starts_at, clock.due_at, clock.because, clock.source) == (
        answer.starts_at,
        answer.due_at,
        answer.because,
        answer.source,
    ) and (clock.owner_id, clock.owner_team_id, clock.verb, [one["because"] for one in clock.candidates]) == (
        turn.owner.pk if turn.owner else None,
        turn.team.pk if turn.team else None,
        turn.verb,
        weighed,
    )


def _void(clocks: Iterable[Deadline], reason: str, doing: Doing) -> None:
    for clock in clocks:
        void(clock, reason=reason, by=doing.by, at=doing.at)
