"""How long an emergency power lasts, and what must be said of it (Children Act 1989, 44 to 46). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from strategy.enums import PowerEnd, PowerKind

ORDER_LASTS = timedelta(days=8)
EXTENDED_LASTS = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFacts:
    """An emergency power as it is told; the police's ends by itself, an order says when it ends."""

    kind: str
    started_at: datetime
    expires_at: datetime | None = None
    authority: str
    told: str


def problems_with_power(facts: PowerFacts) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there. Moments are in London's time."""
    found: dict[str, str] = {}
    if facts.kind not in PowerKind.values:
        return {"kind": "Choose which power it is"}
    if not facts.authority.strip():
        found["authority"] = "Enter the officer, or the court that made the order"
    if not facts.told.strip():
        found["told"] = "Enter who was told: the parents, the child, the council, and when"
    if facts.kind == PowerKind.EMERGENCY_PROTECTION_ORDER:
        found |= problems_with_end_of_order(facts.started_at, facts.expires_at, ORDER_LASTS)
    return found


def problems_with_end_of_order(
    started_at: datetime, expires_at: datetime | None, longest: timedelta
) -> dict[str, str]:
    """What is wrong with the end of an order; days are counted on the wall's clock."""
    if expires_at is None:
        return {"expires_at": "Enter when the order ends: it stands in the order"}
    if expires_at <= started_at:
        return {"expires_at": "An order ends after it was made: check the times"}
    if expires_at > started_at + longest:
        more = " with its extension" if longest == EXTENDED_LASTS else ""
        return {"expires_at": f"An order lasts at most {longest.days} days{more}: check the dates"}
    return {}


def problems_with_end(
    started_at: datetime, expires_at: datetime, ended_at: datetime, how: str, note: str
) -> dict[str, str]:
    """What is wrong with how a power is said to have ended."""
    if how not in PowerEnd.values:
        return {"ended_how": "Choose how it ended"}
    if how == PowerEnd.MISTAKE and not note.strip():
        return {"ended_note": "Enter what was recorded by mistake"}
    if ended_at < started_at:
        return {"ended_at": "This is before the power began: check the time"}
    if ended_at > expires_at:
        return {"ended_at": "It had run out by then: choose “It ran out”, or enter an earlier time"}
    return {}
