"""Facts of a referral in, stored clocks in line: the one place where requests and discussions move clocks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from audit.errors import Refused
from deadlines import rules
from deadlines.duties import duty_name, register_duty
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules import Answer, Facts, Held
from deadlines.rules.facts import DISCUSSIONS
from deadlines.services import hand_over, meet, open_clock, put_right, recompute, reopen, void
from deadlines.working_days import england
from referrals.enums import ScreeningRating
from referrals.models import Referral
from strategy.clocks.picture import ENDED, Picture, children_of, facts_of, look, read_facts
from strategy.clocks.turns import Turn, convene_turn, follow_up_turn, minutes_turn, undecided_turn, worker
from strategy.clocks.undecided import CHILD_UNDECIDED, answer_for, waiting_children
from strategy.enums import Status
from strategy.models import ChildSeen, Discussion, Enquiry
from strategy.people import protection_owner, whose_answer

AUTHORISE_REQUEST = register_duty("authorise_request", "Authorise the request", "Authorise")
HIGH_RATING = register_duty(
    "answer_high_rating", "Answer the HIGH exploitation rating", "Answer the HIGH rating"
)


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
    _keep_high_rating(picture, doing)
    _keep_discussions(picture, facts, doing)
    _keep_undecided(picture, doing)
    _keep_conferences(picture, doing)


def _keep_convene(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.convene(facts, picture.protocol, england())
    last = picture.last(picture.subject, Duty.CONVENE)
    is_refused = bool(picture.requests) and picture.requests[-1].status == Status.NOT_NEEDED
    is_asked = any(one.status not in (*ENDED, Status.HELD) for one in picture.requests)
    if last is not None and last.state != ClockState.MET and not is_asked:
        if last.state == ClockState.VOID:
            return
        if is_refused:
            _void([last], f"No discussion is needed: {picture.requests[-1].not_needed.rationale}", doing)
            return
    _follow(picture, picture.subject, answer, convene_turn(picture), answer.met_at, doing)


def _keep_protection(picture: Picture, facts: Facts, doing: Doing) -> None:
    duty = Duty.IMMEDIATE_PROTECTION_DECISION
    answer = rules.immediate_protection(facts, picture.protocol, england())
    if answer is None:
        _no_longer(picture, picture.subject, duty, doing)
        return
    role = picture.protocol.immediate_protection_role.value.value
    turn = Turn("Decide", protection_owner(picture.case, role), picture.case.team)
    decided = [one.at for wanted in picture.requests for one in wanted.protection_decisions.all()]
    _follow(picture, picture.subject, answer, turn, min(decided, default=None), doing)


def _keep_children_seen(picture: Picture, facts: Facts, doing: Doing) -> None:
    """A child's clock hangs on the child: each referral knows its own by the receipt it starts at.

    One that starts at no receipt any more is of this referral, whose receipt was corrected.
    """
    children = children_of(picture)
    receipts = set(Referral.objects.filter(case=picture.case).values_list("received_at", flat=True))
    sightings = ChildSeen.objects.filter(child__in=children).order_by("at").values_list("child", "at")
    seen = list(sightings)
    for child in children:
        answer = rules.child_seen(facts, picture.protocol, england(), born_at=child.birth_told_at)
        subject = f"child:{child.pk}"
        found = [one for one in picture.of(subject, Duty.CHILD_SEEN) if one.state != ClockState.VOID]
        own = [
            one
            for one in found
            if one.starts_at not in receipts or (answer is not None and one.starts_at == answer.starts_at)
        ]
        if answer is None:
            if own:
                _no_longer(picture, subject, Duty.CHILD_SEEN, doing)
            continue
        running = picture.running(subject, Duty.CHILD_SEEN)
        if running is not None and running not in own and running.starts_at < answer.starts_at:
            continue  # an earlier referral's clock still runs: the earlier moment stands
        first = next((at for whose, at in seen if whose == child.pk and at >= answer.starts_at), None)
        turn = Turn("See the child", worker(picture))
        _follow(picture, subject, answer, turn, first, doing, own[0] if own else None)


def _keep_assessment(picture: Picture, facts: Facts, doing: Doing) -> None:
    answer = rules.assessment(facts, picture.protocol, england())
    if answer is None:
        _no_longer(picture, picture.subject, Duty.ASSESSMENT, doing)
        return
    turn = Turn("Finish the assessment", worker(picture))
    _follow(picture, picture.subject, answer, turn, picture.assessed_at, doing)


def _keep_authorising(picture: Picture, doing: Doing) -> None:
    """The inner clock from a submission to the manager's answer."""
    for wanted in picture.requests:
        running = picture.running(wanted.subject, AUTHORISE_REQUEST)
        if wanted.status == Status.SUBMITTED:
            last = wanted.submissions.last() if running is None else None
            if last is None:
                continue
            turn = Turn("Authorise", whose_answer(wanted), picture.case.team)
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


def _keep_high_rating(picture: Picture, doing: Doing) -> None:
    """Row H12: where the procedure says so, a HIGH rating waits for a request, or for a manager's reason.

    A request answers it once somebody has sent it: what is only begun may never be.
    """
    setting = picture.protocol.high_rating_prompts
    running = picture.running(picture.subject, HIGH_RATING)
    rated = [one for one in picture.circumstances if one.screening_rating == ScreeningRating.HIGH]
    if not setting.value or not rated:
        _void([running] if running else [], "No screening is rated HIGH any more", doing)
    elif picture.latest is not None and picture.latest.submitted_at is not None:
        if running is not None:
            meet(running, by=doing.by, at=doing.at)
    elif reason := picture.none_needed:
        _void([running] if running else [], reason, doing)
    else:
        start = min(one.learned_at or picture.referral.triggered_at for one in rated)
        why = "A HIGH rating needs a request for a discussion, or a manager’s reason why none is needed,"
        answer = rules.by_limit(
            Duty.CONVENE, picture.protocol.routine_limit.value, start, why, setting.source, england()
        )
        turn = Turn("Answer the HIGH rating", picture.case.team.manager, picture.case.team)
        _keep(picture, picture.subject, answer, turn, doing, HIGH_RATING)


def _keep_discussions(picture: Picture, facts: Facts, doing: Doing) -> None:
    held = {one.place: one for one in facts.discussions}
    for place, discussion in enumerate(picture.discussions):
        if place not in held:
            continue
        answer = rules.circulate_minutes(held[place], picture.protocol, england())
        if answer is not None:
            _keep_circulation(picture, discussion, answer, doing)
    _keep_follow_up(picture, facts, doing)


def _keep_circulation(picture: Picture, discussion: Discussion, answer: Answer, doing: Doing) -> None:
    """Opened with the end; a corrected end moves it, and leaves the turn where the record has it."""
    running = picture.running(discussion.subject, Duty.CIRCULATE_MINUTES)
    if running is None and not picture.of(discussion.subject, Duty.CIRCULATE_MINUTES):
        _keep(picture, discussion.subject, answer, minutes_turn(picture, discussion), doing)
    elif running is not None and running.starts_at != answer.starts_at:
        recompute(
            running,
            answer=answer,
            by=doing.by,
            at=doing.at,
            manager_reason=doing.manager_reason,
            may_lengthen=doing.may_lengthen,
        )


def _keep_follow_up(picture: Picture, facts: Facts, doing: Doing) -> None:
    """One clock a series, from the first discussion that was no meeting; void, it stays so.

    When one is typed in afterwards that came before the one it counts from, whichever ends earlier stands.
    """
    found = {one.pk: picture.last(one.subject, Duty.FOLLOW_UP_MEETING) for one in picture.discussions}
    known = [one for one in found.values() if one is not None]
    standing = next((one for one in known if one.state != ClockState.VOID), None)
    if known and standing is None:
        return
    answer = rules.follow_up_meeting(facts, picture.protocol, england())
    spoken = [one for one in facts.in_order if one.format in DISCUSSIONS and one.ended_at]
    chosen = picture.discussions[spoken[0].place] if spoken else None
    if standing is not None and chosen is not None and standing.subject != chosen.subject:
        since = next(n for n, one in enumerate(facts.in_order) if _subject(picture, one) == standing.subject)
        left = replace(facts, discussions=tuple(facts.in_order[since:]))
        own = rules.follow_up_meeting(left, picture.protocol, england())
        if answer is None or (own is not None and _due(own) < _due(answer)):
            answer, chosen = own, picture.discussions[facts.in_order[since].place]
        else:
            _void([_running_again(standing, doing)], "An earlier discussion was recorded.", doing)
    if answer is None or chosen is None:
        return
    _follow(picture, chosen.subject, answer, follow_up_turn(picture), answer.met_at, doing)


def _subject(picture: Picture, held: Held) -> str:
    return picture.discussions[held.place].subject


def _due(answer: Answer) -> datetime:
    assert answer.due_at is not None  # a limit of days always ends
    return answer.due_at


def _running_again(clock: Deadline, doing: Doing) -> Deadline:
    if clock.state == ClockState.RUNNING:
        return clock
    return reopen(clock, reason="What had met it was corrected.", by=doing.by, at=doing.at)


def _keep_undecided(picture: Picture, doing: Doing) -> None:
    """A child without a decision has a clock from the end of the first discussion on; a decision meets it."""
    for one in waiting_children(picture):
        running = picture.running(one.subject, CHILD_UNDECIDED)
        stopped = picture.stopped(one.subject, CHILD_UNDECIDED)
        same = next((clock for clock in stopped if clock.starts_at == one.first.ended_at), None)
        if same is not None:
            if same.state == ClockState.MET and one.decided_at is None and running is None:
                _running_again(same, doing)  # what had been decided was put right: the child waits after all
            continue
        answer = answer_for(one, picture.protocol)
        if one.decided_at is None:
            if running is not None and running.starts_at < answer.starts_at:
                continue  # an earlier referral's clock still runs: the earlier moment stands
            turn = undecided_turn(picture, one.first)
            _keep(picture, one.subject, answer, turn, doing, CHILD_UNDECIDED)
        elif running is not None:
            meet(running, by=doing.by, at=max(one.decided_at, running.starts_at))


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


def _follow(
    picture: Picture,
    subject: str,
    answer: Answer,
    turn: Turn,
    met_at: datetime | None,
    doing: Doing,
    last: Deadline | None = None,
) -> None:
    """Bring the latest clock of one thing in line: it runs, or was met at `met_at`, also if learnt later."""
    last = last or picture.last(subject, answer.duty)
    if last is not None and last.state == ClockState.MET:
        if met_at is not None:
            put_right(
                last,
                answer=answer,
                met_at=met_at,
                manager_reason=doing.manager_reason,
                may_lengthen=doing.may_lengthen,
                by=doing.by,
                at=doing.at,
            )
            return
        _running_again(last, doing)
    clock = _keep(picture, subject, answer, turn, doing)
    if met_at is not None:
        meet(clock, by=doing.by, at=met_at)


def _no_longer(picture: Picture, subject: str, duty: str, doing: Doing) -> None:
    """What asked for it was taken back: to end a running clock so is to move it later."""
    running = picture.running(subject, duty)
    if running is None:
        return
    if not (doing.manager_reason or doing.may_lengthen):
        raise Refused(
            "reason",
            f"This would end a deadline that runs: {duty_name(duty).title.lower()}. "
            "Only a manager may do that, with a reason.",
        )
    _void([running], doing.manager_reason or "What asked for it was taken back", doing)


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
    if _is_turn(clock, turn) and (turn.owner is None or turn.owner.is_active):
        return clock
    return hand_over(clock, owner=turn.owner, owner_team=turn.team, verb=turn.verb, by=doing.by, at=doing.at)


def _is_turn(clock: Deadline, turn: Turn) -> bool:
    return (clock.owner_id, clock.owner_team_id, clock.verb) == (
        turn.owner.pk if turn.owner else None,
        turn.team.pk if turn.team else None,
        turn.verb,
    )


def _says(clock: Deadline, answer: Answer, turn: Turn) -> bool:
    """Whether a stored clock already says all that the answer and the turn say: most do, at each act."""
    weighed = [one.because for one in (*answer.candidates, *answer.set_aside)]
    told = (clock.starts_at, clock.due_at, clock.because, clock.source)
    return (
        told == (answer.starts_at, answer.due_at, answer.because, answer.source)
        and [one["because"] for one in clock.candidates] == weighed
        and _is_turn(clock, turn)
    )


def _void(clocks: Iterable[Deadline], reason: str, doing: Doing) -> None:
    for clock in clocks:
        void(clock, reason=reason, by=doing.by, at=doing.at)
