"""The ladder and the facts of an escalation: pure, everything they know is handed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from escalations.enums import Cause, Level
from govuk.moments import moment
from protocols.rules.settings import LadderStage

OWN_AGENCY = (
    "You cannot escalate against your own agency. Speak to your line manager, or choose the agency "
    "that you disagree with"
)
LAST_RUNG = "This is the last rung of the ladder: it can only be resolved or withdrawn."
CAUSES = {
    "attendance": Cause.NON_ATTENDANCE,
    "information": Cause.INFORMATION,
    "referral": Cause.NOT_CONVENED,
    "discussion": Cause.LATE_MINUTES,
    "action": Cause.ACTION,
    "agreement": Cause.DISAGREEMENT,
    "dissent": Cause.DISAGREEMENT,
}
MANAGERS = ("manager", "lead", "supervisor")
PRACTITIONERS = ("practitioner", "professional", "worker")


def level_of(role: str) -> Level:
    """Who answers for a rung whose role the procedure names in its own words; the top for any other word."""
    words = role.lower()
    if any(word in words for word in PRACTITIONERS):
        return Level.PRACTITIONER
    return Level.MANAGER if any(word in words for word in MANAGERS) else Level.HEAD


def rungs_above(ladder: Sequence[LadderStage], number: int) -> list[tuple[int, LadderStage]]:
    """The rungs that can follow rung `number` (0 for none yet), each with its own number from 1."""
    return [(place, rung) for place, rung in enumerate(ladder, start=1) if place > number]


def problem_with_rung(
    ladder: Sequence[LadderStage], now: int, to: int, *, is_immediate: bool, risk_reason: str
) -> tuple[str, str] | None:
    """Why one cannot go from rung `now` (0: none yet) to rung `to`: the field and a sentence, or None."""
    if now >= len(ladder):
        return "rung", LAST_RUNG
    if not now < to <= len(ladder):
        return "rung", "Choose one of the rungs above"
    if to > now + 1 and not is_immediate:
        return "rung", "Only an immediate risk to a child lets you jump a rung. Choose the next one"
    if is_immediate and not risk_reason.strip():
        return "risk_reason", "Say what the immediate risk is"
    return None


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the facts of a case let a person escalate, and nobody has yet. `about` names the row."""

    about: str
    case: int
    reference: str
    discussion: int | None
    number: int | None
    agency: int
    agency_name: str
    who: str
    due: datetime
    asked: datetime | None
    detail: str

    @property
    def kind(self) -> str:
        """Which kind of row it is about."""
        return self.about.partition(":")[0]

    @property
    def cause(self) -> Cause:
        """What the escalation would be about."""
        return CAUSES[self.kind]

    @property
    def which(self) -> str:
        """The discussion in words."""
        return f"strategy discussion {self.number} of {self.reference}"

    @property
    def title(self) -> str:
        """What happened, in a line."""
        match self.cause:
            case Cause.NON_ATTENDANCE:
                return f"{self.agency_name} did not take part in discussion {self.number}"
            case Cause.INFORMATION:
                return f"{self.agency_name} has not sent its information for discussion {self.number}"
            case Cause.NOT_CONVENED:
                return "The strategy discussion was not held in time"
            case Cause.LATE_MINUTES:
                return f"The minutes of discussion {self.number} have not reached everybody in time"
            case Cause.ACTION:
                return f"Action {self.detail} of discussion {self.number} is overdue ({self.agency_name})"
            case _ if self.kind == "dissent":
                return f"{self.detail} differed in discussion {self.number}, and it was not resolved"
            case _:
                return f"{self.detail} objected to the record of discussion {self.number}"


def facts_of(offer: Offer, now: datetime) -> str:
    """The facts as the form shows them first: who, what, by when; nothing of the child."""
    match offer.cause:
        case Cause.NON_ATTENDANCE:
            return (
                f"{offer.agency_name} did not take part in {offer.which}, which started on "
                f"{moment(offer.due)}. {offer.who} was recorded as: {offer.detail}. The local procedure "
                "requires the agency, and there was no quorum without it."
            )
        case Cause.INFORMATION:
            asked = f" was asked on {moment(offer.asked)}" if offer.asked else " was asked"
            return (
                f"{offer.agency_name} ({offer.who}){asked} for what it knows, for {offer.which}. It was due "
                f"on {moment(offer.due)} and had not come by {moment(now)}."
            )
        case Cause.NOT_CONVENED:
            told = f"{offer.detail} " if offer.detail else ""
            return (
                f"A strategy discussion for {offer.reference} had to be held by {moment(offer.due)}. "
                f"{told}It had not been held, with a quorum, by {moment(now)}."
            )
        case Cause.LATE_MINUTES:
            return (
                f"The minutes of {offer.which} had to reach the last recipient by {moment(offer.due)}. "
                f"By {moment(now)} they had not."
            )
        case Cause.ACTION:
            return (
                f"Action {offer.detail} of {offer.which} is for {offer.who}, {offer.agency_name}, to do. It "
                f"was due on {moment(offer.due)} and was not recorded as done by {moment(now)}."
            )
        case _ if offer.kind == "dissent":
            return (
                f"{offer.detail} took another view than the others in {offer.which}, recorded on "
                f"{moment(offer.due)}. It was not resolved between practitioners."
            )
        case _:
            return f"{offer.detail} objected to the record of {offer.which} on {moment(offer.due)}."
