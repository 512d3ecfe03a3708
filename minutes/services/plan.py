"""The sharing plan: who tells whom what, how and when, the family included (B11); its rows are actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from govuk.moments import moment
from minutes.enums import ActionOrigin, ActionStatus, FamilyIsTold
from minutes.models import Action, FamilySharing
from minutes.services.gather import Gathered

THE_FAMILY = "The family"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is told: what, to whom, how, and the action that says by whom and by when."""

    action: Action
    what: str
    to_whom: str
    how: str = ""

    @property
    def due_at(self) -> datetime:
        """By when it is told."""
        return self.action.due_at


def rows_of(actions: Iterable[Action], family: FamilySharing | None) -> list[Row]:
    """The plan as it stands, the family first where it is told; rows that were struck out are left out."""
    standing = [one for one in actions if one.status != ActionStatus.STRUCK]
    told = family.action_id if family is not None and family.told == FamilyIsTold.SHARE else None
    what = family.what if family is not None else ""
    return [
        *(Row(one, what, THE_FAMILY) for one in standing if one.pk == told),
        *(
            Row(one, one.details["what"], one.details.get("to_whom", ""), one.details.get("how", ""))
            for one in standing
            if one.origin == ActionOrigin.SHARING and one.details.get("what")
        ),
    ]


def plan_of(rows: Gathered) -> list[dict[str, Any]]:
    """The same as the record keeps it: plain data, in words."""
    return [_told(one, rows) for one in rows_of(rows.actions, rows.sharing)]


def _told(row: Row, rows: Gathered) -> dict[str, Any]:
    owner = rows.professional(row.action.agreed_owner_id or row.action.owner_id)
    return {
        "number": row.action.number,
        "what": row.what,
        "to_whom": row.to_whom,
        "how": row.how,
        "by": owner["name"],
        "agency": owner["agency"],
        "due": moment(row.due_at),
    }
