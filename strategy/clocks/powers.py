"""The clock of an emergency power: police protection ends by law, an order at its own end (row C26)."""

from datetime import datetime

from accounts.models import User
from deadlines import rules
from deadlines.duties import register_duty
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules import Answer
from deadlines.services import meet, open_clock, void
from deadlines.working_days import england
from protocols.rules.settings import Protocol
from strategy.enums import PowerEnd, PowerKind
from strategy.models import EmergencyPower

# One clock a child and kind, as there is one power of a kind at a time; so the child is its subject.
POWERS = {
    PowerKind.POLICE_PROTECTION: "police protection",
    PowerKind.EMERGENCY_PROTECTION_ORDER: "the emergency protection order",
}
POWER_ENDS = frozenset(
    register_duty(kind, f"Act before {words} ends", f"Act before {words} ends")
    for kind, words in POWERS.items()
)
LAW_OF_ORDERS = "Children Act 1989, sections 44 and 45"


def expiry_of(kind: str, started_at: datetime, protocol: Protocol) -> datetime:
    """When police protection ends: the limit of the procedure after it began."""
    answer = _police(started_at, protocol)
    assert kind == PowerKind.POLICE_PROTECTION and answer.due_at is not None
    return answer.due_at


def keep_power(power: EmergencyPower, protocol: Protocol, *, by: User, at: datetime) -> None:
    """Open the clock of a power, bring it in line with a new end, and stop it with the power."""
    subject = f"child:{power.child_id}"
    running: Deadline | None = Deadline.objects.running().of(subject, power.kind).first()
    if power.ended_at is None:
        open_clock(
            case=power.child.case,
            subject=subject,
            answer=_answer(power, protocol),
            duty=power.kind,
            owner=power.child.case.allocated_worker or power.by,
            protocol=protocol,
            may_lengthen=True,  # only a court lengthens an order, and it has done so
            by=by,
            at=at,
        )
    elif running is not None and power.ended_how == PowerEnd.MISTAKE:
        void(running, reason=f"Recorded by mistake: {power.ended_note}", by=by, at=at)
    elif running is not None and power.ended_how == PowerEnd.ANOTHER_ORDER:
        void(running, reason="Another order took its place", by=by, at=at)
    elif running is not None:
        meet(running, by=by, at=power.ended_at)


def _answer(power: EmergencyPower, protocol: Protocol) -> Answer:
    if power.kind == PowerKind.POLICE_PROTECTION:
        return _police(power.started_at, protocol)
    because = "The emergency protection order ends"
    return rules.by_moment(Duty.CONVENE, power.started_at, power.expires_at, because, LAW_OF_ORDERS)


def _police(started_at: datetime, protocol: Protocol) -> Answer:
    setting = protocol.police_protection_limit
    because = "Police protection ends"
    return rules.by_limit(Duty.CONVENE, setting.value, started_at, because, setting.source, england())
