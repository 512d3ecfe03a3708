"""The engine asked directly: presets and the library's calendar only, no database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from deadlines.rules import Answer, Candidate, answers
from deadlines.rules.told import BadFactError, read_facts, shown
from deadlines.working_days import LONDON, england
from protocols.presets import SLUGS, preset


def explain(told: Any, now: datetime) -> dict[str, Any]:
    """What the pages would show for these facts, ready for JSON; raises `BadFactError`."""
    slug, facts = read_facts(told)
    if slug not in SLUGS:
        raise BadFactError("protocol", f"{shown(slug)} is none of {', '.join(SLUGS)}")
    protocol = preset(slug)
    rows = [_row(answer, now) for answer in answers(facts, protocol, england())]
    return {"protocol": {"slug": protocol.slug, "version": protocol.version}, "deadlines": rows}


def explain_each(told: list[Any], now: datetime) -> list[dict[str, Any]]:
    """An answer for each of a list of facts, in order; one that cannot be is an error in its place."""
    found: list[dict[str, Any]] = []
    for one in told:
        try:
            found.append(explain(one, now))
        except BadFactError as bad:
            found.append({"error": str(bad)})
    return found


def _row(answer: Answer, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "duty": answer.duty.value,
        "starts_at": _local(answer.starts_at),
        "due_at": _local(answer.due_at),
        "limit": answer.limit,
        "because": answer.because,
        "source": answer.source,
        "candidates": [_candidate(one) for one in answer.candidates],
    }
    if answer.set_aside:
        row["set_aside"] = [_candidate(one) for one in answer.set_aside]
    if answer.gate:
        row["gate"] = answer.gate
    if answer.discussion is not None:
        row["discussion"] = answer.discussion
    return {**row, "met_at": _local(answer.met_at), "state": answer.standing(now).value}


def _candidate(one: Candidate) -> dict[str, Any]:
    return {"limit": one.limit, "due_at": _local(one.due_at), "because": one.because}


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(LONDON).isoformat()
