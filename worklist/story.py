"""The series of a case as one story: which discussion follows which, what each agreed, what became of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from minutes.enums import ActionStatus
from minutes.models import Action
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

LEFT = (ActionStatus.OPEN, ActionStatus.BLOCKED)


def told(discussions: Iterable[Discussion], now: datetime) -> list[Any]:
    """Discussions of one case in their order, each with `follows` in words, `leads_to` and its `agreed`.

    An action of `agreed` has `is_left`, `is_late` and the numbers of later discussions it was `carried` into.
    Reads what `querysets.discussions_of` brought along, and no more.
    """
    series: list[Any] = list(discussions)
    for place, one in enumerate(series):
        before = [other for other in series[:place] if other.status == DiscussionStatus.ENDED]
        one.follows, one.leads_to = follows(one, before), []
        if one.follows:
            before[-1].leads_to.append(one.number)
        record = getattr(one, "minutes", None)
        one.agreed = list(record.told_actions) if record is not None else []
        for action in one.agreed:
            action.is_left = action.status in LEFT
            action.is_late = action.is_left and action.expected_at < now
            action.carried = carried(action, series[place + 1 :])
    return series


def follows(discussion: Discussion, before: Sequence[Discussion]) -> str:
    """After which held discussion it comes, and why; "" for a first one, or one that does not take place."""
    if not before or discussion.status == DiscussionStatus.CANCELLED:
        return ""
    last = before[-1]
    if last.request_id != discussion.request_id:
        return f"Comes after discussion {last.number}, and was asked for anew"
    if discussion.is_meeting and not last.is_meeting:
        return f"The meeting that follows discussion {last.number}, which was no meeting"
    return f"Goes on from discussion {last.number}"


def carried(action: Action, later: Iterable[Discussion]) -> list[int]:
    """The numbers of later discussions that began while the action was still to be done."""
    return [
        one.number
        for one in later
        if one.started_at is not None and (action.done_at is None or action.done_at > one.started_at)
    ]
