"""What was put right after a discussion, as its record tells it (row B13)."""

from datetime import datetime
from typing import Any

from govuk.moments import moment
from minutes.services.gather import Gathered


def put_right_of(rows: Gathered) -> dict[str, Any]:
    """Everything that was put right, in order, as plain data; nothing where nothing was.

    A decision by the child's name, somebody's part by theirs, so that a copy about one child keeps its own.
    """
    told = [
        {
            "about": one.about,
            "child_id": one.child_id,
            "child": rows.child(one.child_id),
            "name": one.name,
            "changes": [{"title": title, "was": was, "now": now} for title, was, now in one.changes],
            "reason": one.reason,
            "by": rows.user(one.by_id),
            "when": moment(one.at),
        }
        for one in rows.put_right
    ]
    return {"put_right": told} if told else {}


def put_right_since(rows: Gathered, at: datetime | None) -> set[str]:
    """Whose part was put right after a moment, by name and agency: they were not asked before."""
    return {one.name for one in rows.put_right if one.name and at is not None and one.at > at}
