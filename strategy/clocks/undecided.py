"""Children who wait for a decision after the first discussion about them (row G03): none is forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from deadlines import rules
from deadlines.duties import register_duty
from deadlines.enums import Duty
from deadlines.rules import Answer
from deadlines.rules.wording import long_day
from deadlines.working_days import END_OF_DAY, at_local, england
from protocols.rules.settings import Protocol
from strategy.clocks.picture import Picture
from strategy.enums import Outcome
from strategy.models import Decision, Discussion, LaterDecision, StrategyRequest

CHILD_UNDECIDED = register_duty(
    "child_undecided", "Decide for a child who waits", "Decide for the child who waits"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A child of a request, the first discussion about it that ended, and when it was decided, if it was."""

    child: int
    first: Discussion
    deferred_to: date | None = None
    decided_at: datetime | None = None

    @property
    def subject(self) -> str:
        """How the clock points at the child."""
        return f"child:{self.child}"


def waiting_children(picture: Picture) -> Iterator[Waiting]:
    """Every child of the requests whose discussions have ended, decided for or not."""
    ended = [one for one in picture.discussions if one.ended_at is not None]
    first = _first_discussions(ended)
    if not first:
        return
    said = list(Decision.objects.filter(child__in=first, discussion__ended_at__isnull=False))
    later = LaterDecision.objects.filter(decision__child__in=first).select_related("decision")
    moments = [(one.decision.child_id, one.at) for one in later]
    moments += [(one.child_id, one.at) for one in said if one.outcome != Outcome.DEFERRED]
    for child, discussion in first.items():
        here = [one for one in said if one.child_id == child and one.discussion_id == discussion.pk]
        since = discussion.started_at or discussion.planned_start
        yield Waiting(
            child,
            discussion,
            deferred_to=here[0].deferred_to if here else None,
            decided_at=min((at for pk, at in moments if pk == child and at >= since), default=None),
        )


def answer_for(one: Waiting, protocol: Protocol) -> Answer:
    """The procedure's limit from the end of the discussion, or the day it was deferred to when sooner."""
    setting, ended = protocol.undecided_limit, one.first.ended_at
    assert ended is not None
    put_off = f" and was deferred to {long_day(one.deferred_to)}" if one.deferred_to else ""
    because = f"This child waits for a decision{put_off}; it must be made"
    answer = rules.by_limit(Duty.CONVENE, setting.value, ended, because, setting.source, england())
    if one.deferred_to is not None and answer.due_at is not None:
        sooner = at_local(one.deferred_to, END_OF_DAY)
        if ended < sooner < answer.due_at:
            return rules.by_moment(Duty.CONVENE, ended, sooner, because, setting.source)
    return answer


def _first_discussions(ended: list[Discussion]) -> dict[int, Discussion]:
    through = StrategyRequest.children.through.objects  # type: ignore[attr-defined]  # the join itself
    asked = list(through.filter(strategyrequest__in={one.request_id for one in ended}).order_by("child_id"))
    first: dict[int, Discussion] = {}
    for discussion in sorted(ended, key=lambda one: one.ended_at or one.planned_end):
        for row in asked:
            if row.strategyrequest_id == discussion.request_id:
                first.setdefault(row.child_id, discussion)
    return first
