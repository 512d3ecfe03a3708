"""What emergency duty dealt with: written down on one page, and nobody has taken over yet."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from attendees.services.afterwards import AsHeld
from attendees.services.wanted import Chosen
from cases.rules import ChildFacts
from minutes.services.afterwards import Agreed, Asking, Told, TookPart
from minutes.services.decisions import Threshold
from minutes.services.night import Call, Night, Protection, write_down_night
from referrals.enums import AbuseType, CircumstanceKind
from referrals.rules import CircumstanceFacts, ReferralFacts
from referrals.services import ConcernFacts, NewCase
from strategy.enums import Outcome, RiskLevel
from strategy.services import Verbal
from worklist.demo.people import Town


def of_the_night(town: Town, now: datetime) -> None:
    """A toddler with a burn: the ward rang, a manager said yes by telephone, police and health spoke."""
    child = ChildFacts(
        given_names="Maisie", family_name="Rowan", date_of_birth=date(now.year - 3, 5, 14), sex="F",
        address="9 Made-up Lane, Ambleford",
    )  # fmt: skip

    def ago(minutes: int) -> datetime:
        return now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)

    night = Night(
        came_in=ReferralFacts(
            triggered_at=ago(150),
            source="3E",
            referrer_name="Sister Joan Peel",
            referrer_role="Ward sister",
            referrer_phone="01632 960231",
            narrative="Maisie was brought in with a burn on her leg that the explanation does not fit.",
        ),
        threshold_reason="A burn with a straight edge, and an explanation that changed twice.",
        parents_informed="not_informed",
        parents_reason="The mother’s partner might take her from the ward.",
        new_case=NewCase(team=town.team, children=[child]),
        concerns=[ConcernFacts(child=0, abuse_type=AbuseType.PHYSICAL)],
        circumstances=[CircumstanceFacts(kind=CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT)],
        calls=[Call(callee="Duty inspector", called_at=ago(140), result="Officers are on their way.")],
        protection=Protection(
            decision="Maisie stays on the ward; her mother’s partner may not visit.",
            police_contact="Duty inspector, by telephone",
            decided_at=ago(130),
        ),
        told=_told(town, ago),
        about=[(0, SECTION_47)],
        seen=(),
    )
    write_down_night(night, by=town.night_worker, at=now)


SECTION_47 = Threshold(
    outcome=Outcome.SECTION_47_JOINT,
    risk_level=RiskLevel.HIGH,
    risk_text="A further injury at home is likely.",
    rationale="Reasonable cause to suspect significant harm: a burn that nobody can explain.",
)


def _told(town: Town, ago: Callable[[int], datetime]) -> Told:
    return Told(
        held=AsHeld(
            started_at=ago(115),
            ended_at=ago(85),
            chair=town.night_worker,
            hub="Emergency duty",
            facilitator=town.night_worker.name,
        ),
        present=[TookPart(chosen=Chosen(professional=one)) for one in (town.officer, town.health_visitor)],
        decided=(),
        agreed=[Agreed(text="Ring the ward at shift change", owner=town.night_worker, due_at=ago(-240))],
        asked=Asking(
            urgent_reason="She could be taken from the ward before a meeting.",
            verbal=Verbal(
                manager=town.manager,
                said_at=ago(120),
                words="Yes, go ahead by telephone. Nobody takes her off the ward tonight.",
            ),
        ),
    )
