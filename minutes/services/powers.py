"""Police protection and emergency protection orders, as the record tells them (rows C20, C26)."""

from typing import Any

from govuk.moments import moment
from minutes.services.gather import Gathered
from strategy.enums import PowerEnd
from strategy.models import Discussion, EmergencyPower


def powers_of(rows: Gathered, discussion: Discussion) -> dict[str, Any]:
    """Every power that was in force for a child while the discussion was held; no key where there was none.

    What ended one later is told by the case: the record tells what those who decided knew, with the moment
    by which it ends. Times are told in Britain's.
    """
    told = [_power(one, rows) for one in rows.powers if _was_in_force(one, discussion)]
    return {"powers": told} if told else {}


def _was_in_force(one: EmergencyPower, discussion: Discussion) -> bool:
    if one.ended_how == PowerEnd.MISTAKE:
        return False
    since, until = discussion.started_at, discussion.ended_at
    gone = one.ended_at or one.expires_at
    return (until is None or one.started_at <= until) and (since is None or gone > since)


def _power(one: EmergencyPower, rows: Gathered) -> dict[str, Any]:
    return {
        "child_id": one.child_id,
        "child": rows.child(one.child_id),
        "kind": one.get_kind_display(),
        "since": moment(one.started_at),
        "until": moment(one.expires_at),
        "authority": one.authority,
        "told": one.told,
    }
