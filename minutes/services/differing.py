"""Differing views, as the record tells them (rows G16, G20)."""

from typing import Any

from minutes.enums import Settled
from minutes.models import Dissent
from minutes.services.gather import Gathered


def dissents_of(rows: Gathered) -> list[dict[str, Any]]:
    """Every view that differed with what became of it, in the order in which they were said."""
    people = {one.pk: one for one in rows.attendance}
    return [_dissent(one, people[one.attendance_id], rows) for one in rows.dissents]


def _dissent(one: Dissent, person: Any, rows: Gathered) -> dict[str, Any]:
    words = {Settled.OPEN: "Not resolved", Settled.RESOLVED: "Resolved", Settled.WITHDRAWN: "Withdrawn"}
    return {
        "name": person.name,
        "job_role": person.job_role,
        "agency": person.agency_name,
        "child_id": one.child_id,
        "child": rows.child(one.child_id),
        "view": one.view,
        "settled": words[Settled(one.settled)],
        "resolution": one.resolution,
    }
