"""A procedure tried on past cases: which clocks would have been late under it. Nothing is kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Min

from cases.models import Case
from deadlines.duties import duty_name
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from deadlines.rules import Answer, Facts, Held, answers
from deadlines.rules.answers import standing
from deadlines.working_days import england
from protocols.rules.settings import Protocol
from referrals.models import Referral
from strategy.clocks.picture import read_facts
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

TRIED = (Duty.CONVENE, Duty.FOLLOW_UP_MEETING, Duty.CIRCULATE_MINUTES)  # whose end is on record everywhere
LATE = ("overdue", "met_late")


@dataclass(frozen=True, slots=True)
class Past:
    """What happened after one referral."""

    case_id: int
    facts: Facts
    circulated: dict[int, datetime]  # by the discussion's place
    voided: frozenset[str]  # duties that a manager voided


@dataclass(slots=True)
class Tried:
    """One duty: the cases late under each procedure."""

    title: str
    counted: int = 0
    late: set[int] = field(default_factory=set)
    late_now: set[int] = field(default_factory=set)

    @property
    def only_new(self) -> set[int]:
        """Cases that would have been late under the tried procedure alone."""
        return self.late - self.late_now

    @property
    def no_longer(self) -> set[int]:
        """Cases that would not have been late any more."""
        return self.late_now - self.late


def past_cases(since: datetime) -> list[Past]:
    """Every referral that came in since, whoever asks: only counts of them are shown, never names."""
    asked = Referral.objects.filter(triggered_at__gte=since).annotate(asked_at=Min("requests__submitted_at"))
    referrals = list(asked.prefetch_related("circumstances"))
    held: dict[int, list[Discussion]] = defaultdict(list)
    told = Discussion.objects.filter(request__referral__in=referrals, started_at__isnull=False)
    for one in told.exclude(status=DiscussionStatus.CANCELLED).select_related("request").order_by("number"):
        held[one.request.referral_id].append(one)
    met, voided = _stops({one.case_id for one in referrals})
    return [_past(one, held[one.pk], met, voided) for one in referrals]


def tried(past: Iterable[Past], protocol: Protocol, in_force: Protocol | None, now: datetime) -> list[Tried]:
    """Each duty with the cases late under this procedure, and under the one in force."""
    rows = {duty: Tried(duty_name(duty).title) for duty in TRIED}
    for one in past:
        for answer in _judged(one, protocol):
            rows[answer.duty].counted += 1
            if is_late(one, answer, now):
                rows[answer.duty].late.add(one.case_id)
        for answer in _judged(one, in_force) if in_force else ():
            if is_late(one, answer, now):
                rows[answer.duty].late_now.add(one.case_id)
    return list(rows.values())


def is_late(past: Past, answer: Answer, now: datetime) -> bool:
    """Whether it was done after its due moment, or was due and never done."""
    met = answer.met_at
    if answer.discussion is not None:
        met = past.circulated.get(answer.discussion)
    return standing(answer.starts_at, answer.due_at, met, now, answer.limit or "").value in LATE


def _judged(past: Past, protocol: Protocol) -> Iterator[Answer]:
    for answer in answers(past.facts, protocol, england()):
        if answer.duty in TRIED and answer.duty.value not in past.voided:
            yield answer


def _stops(cases: set[int]) -> tuple[dict[str, datetime], dict[str, set[str]]]:
    """When each discussion's minutes had gone out, and which duties of a referral or discussion are void."""
    met: dict[str, datetime] = {}
    voided: dict[str, set[str]] = defaultdict(set)
    stopped = Deadline.objects.filter(case__in=cases, duty__in=TRIED).exclude(state=ClockState.RUNNING)
    for clock in stopped:
        if clock.state == ClockState.VOID:
            voided[clock.subject].add(clock.duty)
        elif clock.duty == Duty.CIRCULATE_MINUTES and clock.met_at is not None:
            met[clock.subject] = clock.met_at
    return met, voided


def _past(
    referral: Referral,
    discussions: list[Discussion],
    met: dict[str, datetime],
    voided: dict[str, set[str]],
) -> Past:
    subjects = [f"referral:{referral.pk}", *(one.subject for one in discussions)]
    facts = read_facts(
        referral,
        referral.circumstances.all(),
        referral.asked_at,  # type: ignore[attr-defined]
        tuple(_held(one, place) for place, one in enumerate(discussions)),
    )
    return Past(
        case_id=referral.case_id,
        facts=facts,
        circulated={place: met[one.subject] for place, one in enumerate(discussions) if one.subject in met},
        voided=frozenset(duty for subject in subjects for duty in voided.get(subject, ())),
    )


def _held(one: Discussion, place: int) -> Held:
    assert one.started_at is not None
    return Held(
        started_at=one.started_at,
        ended_at=one.ended_at,
        format=one.format,
        quorate_at=one.quorate_at,
        place=place,
    )


def cases_among(keys: Iterable[int], visible: Iterable[Case]) -> list[Case]:
    """Those of the visible cases that are named."""
    wanted = set(keys)
    return [case for case in visible if case.pk in wanted]
