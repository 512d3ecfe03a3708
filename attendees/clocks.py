"""The clock of an agency's information (an inner clock: two hours before the start), and the limit on a
page."""

from datetime import datetime, timedelta

from accounts.models import Team, User
from attendees.models import InformationRequest, Professional
from deadlines import services as deadlines
from deadlines.duties import register_duty
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.rules.answers import Answer
from protocols.rules.settings import Protocol
from strategy.models import StrategyRequest

AGENCY_INFORMATION = register_duty(
    "agency_information", "Have the agency’s information", "Chase the information"
)


def convene_of(request: StrategyRequest) -> Deadline | None:
    """Return the clock by which the discussion must be held, or None when none was started."""
    return Deadline.objects.of(f"referral:{request.referral_id}", Duty.CONVENE).first()


def due_before(start: datetime, asked_at: datetime, rules: Protocol) -> datetime:
    """Return when information is due: the procedure's lead before the start, at once when that has passed."""
    lead = timedelta(hours=float(rules.information_lead.value.n))
    return max(start - lead, min(asked_at, start))


def expect_information(
    asked: InformationRequest, *, rules: Protocol, team: Team, by: User, at: datetime
) -> Deadline:
    """Start the clock of an agency's information, or move it with the discussion; business support chases
    it."""
    limit = rules.information_lead
    answer = Answer(
        duty=Duty.CONVENE,
        starts_at=asked.asked_at,
        due_at=asked.due_at,
        limit=f"before({limit.value})",
        because=f"Information is wanted {limit.value.in_words} before the discussion starts.",
        source=limit.source,
    )
    return deadlines.open_clock(
        case=asked.discussion.case,
        subject=asked.subject,
        answer=answer,
        duty=AGENCY_INFORMATION,
        owner_team=team,
        protocol=rules,
        may_lengthen=True,
        by=by,
        at=at,
    )


def information_came(asked: InformationRequest, *, by: User | Professional, at: datetime) -> None:
    """Stop the clock: the agency has answered."""
    if clock := _running(asked):
        deadlines.meet(clock, by=by, at=at)  # type: ignore[arg-type]  # a partner acts by link


def information_not_needed(asked: InformationRequest, reason: str, *, by: User, at: datetime) -> None:
    """Void the clock: the discussion is cancelled or the agency no longer invited."""
    if clock := _running(asked):
        deadlines.void(clock, reason=reason, by=by, at=at)


def _running(asked: InformationRequest) -> Deadline | None:
    return Deadline.objects.running().of(asked.subject, AGENCY_INFORMATION).first()
