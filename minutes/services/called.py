"""The telephone calls of a discussion, as its record tells them (row C02)."""

from typing import Any

from attendees.models import DiscussionCall
from govuk.moments import clock_time, moment
from minutes.services.gather import Gathered


def calls_of(rows: Gathered) -> dict[str, Any]:
    """Every call that stands, in order, as plain data; nothing for a discussion without calls."""
    return {"calls": [_call(one, rows) for one in rows.calls]} if rows.calls else {}


def _call(one: DiscussionCall, rows: Gathered) -> dict[str, Any]:
    return {
        "number": one.number,
        "caller": rows.professional(one.caller_id)["name"],
        "whom": one.whom.split("\n"),
        "phone": one.phone,
        "outcome": one.get_outcome_display(),
        "said": one.said,
        "agreed": one.agreed,
        "when": f"{moment(one.began_at)} to {clock_time(one.ended_at)}"
        if one.ended_at
        else moment(one.began_at),
        "began_at": one.began_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }
