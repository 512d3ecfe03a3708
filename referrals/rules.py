"""What a referral and a circumstance must say: pure, so that forms and services share it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outbox.rules import BadAddressError, normalise_address
from referrals.enums import CircumstanceKind, Forensic, ReferralSource, Trigger

LONGEST_AGO = timedelta(days=366)
FUTURE = "This is in the future: enter when it happened"
CLOCK_SKEW = timedelta(minutes=1)  # a form opened this minute may say this minute

Kind = CircumstanceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts:
    """What came in. Moments are aware; `triggered_at` is when it came in or happened."""

    trigger: str = Trigger.REFERRAL
    triggered_at: datetime
    received_at: datetime | None = None
    source: str = ReferralSource.UNKNOWN
    referrer_name: str = ""
    referrer_role: str = ""
    referrer_agency_id: int | None = None
    referrer_phone: str = ""
    referrer_email: str = ""
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromWhom:
    """Who referred, how they are reached, and what they said: what may be corrected afterwards."""

    source: str = ReferralSource.UNKNOWN
    referrer_name: str = ""
    referrer_role: str = ""
    referrer_agency_id: int | None = None
    referrer_phone: str = ""
    referrer_email: str = ""
    narrative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CircumstanceFacts:
    """One circumstance with what must be known about it; moments are aware."""

    kind: str
    learned_at: datetime | None = None
    learned_by: str = ""
    forensic_needed: str = ""
    forensic_reason: str = ""
    hospital: str = ""
    planned_discharge_at: datetime | None = None
    left_hospital_at: datetime | None = None
    consulted: str = ""
    advice: str = ""
    earlier_limit_at: datetime | None = None
    screened_on: date | None = None
    screened_by: str = ""
    screening_rating: str = ""


def problem_with_moment(moment: datetime, now: datetime) -> str | None:
    """Say what is wrong with when something is said to have happened; None when it can be true."""
    if moment > now + CLOCK_SKEW:
        return FUTURE
    if moment < now - LONGEST_AGO:
        return "This is more than a year ago: check the year"
    return None


def problems_with_referral(facts: ReferralFacts, now: datetime) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there."""
    problems: dict[str, str] = {}
    if wrong := problem_with_moment(facts.triggered_at, now):
        problems["triggered_at"] = wrong
    if facts.received_at is not None:
        if wrong := problem_with_moment(facts.received_at, now):
            problems["received_at"] = wrong
        elif facts.received_at < facts.triggered_at:
            problems["received_at"] = "This is before it happened: a referral is received afterwards"
    return problems | problems_with_referrer(facts.referrer_email, facts.narrative)


def problems_with_referrer(email: str, narrative: str) -> dict[str, str]:
    """What is wrong with who referred and their words: an address that letters cannot reach, no words."""
    problems: dict[str, str] = {}
    if not narrative.strip():
        problems["narrative"] = "Enter what happened, in the referrer’s words where you can"
    try:
        tidy_address(email)
    except BadAddressError as fault:
        problems["referrer_email"] = str(fault)
    return problems


def tidy_address(text: str) -> str:
    """The address as it is kept, empty for none. Raises BadAddressError with a sentence."""
    return normalise_address(text) if text.strip() else ""


def problems_with_circumstance(
    facts: CircumstanceFacts, triggered_at: datetime, now: datetime
) -> dict[str, str]:
    """Name each field that cannot stand, with the sentence to show there."""
    problems = _problems_with_learning(facts, triggered_at, now)
    match facts.kind:
        case Kind.PENETRATIVE_SEXUAL_ABUSE:
            problems |= _problems_with_forensic(facts)
        case Kind.IN_HOSPITAL:
            problems |= _problems_with_hospital(facts, now)
        case Kind.OTHER:
            problems |= _problems_with_other(facts, triggered_at)
    if facts.screened_on is not None and facts.screened_on > now.date():
        problems["screened_on"] = "This is in the future: enter when the screening tool was completed"
    return problems


def _problems_with_learning(
    facts: CircumstanceFacts, triggered_at: datetime, now: datetime
) -> dict[str, str]:
    if facts.learned_at is None:
        return {}
    if wrong := problem_with_moment(facts.learned_at, now):
        return {"learned_at": wrong}
    if facts.learned_at < triggered_at and facts.kind != Kind.EMERGENCY_ACTION:
        return {"learned_at": "This is before what came in: leave it empty when it was known from the start"}
    if facts.learned_at > triggered_at and not facts.learned_by.strip():
        return {"learned_by": "Enter who learnt this and how, because it was not known from the start"}
    return {}


def _problems_with_forensic(facts: CircumstanceFacts) -> dict[str, str]:
    if not facts.forensic_needed:
        return {"forensic_needed": "Choose whether forensic evidence is needed, or “not known yet”"}
    if facts.forensic_needed == Forensic.NO and not facts.forensic_reason.strip():
        return {"forensic_reason": "Enter who decided that no forensic evidence is needed, and why"}
    return {}


def _problems_with_hospital(facts: CircumstanceFacts, now: datetime) -> dict[str, str]:
    if not facts.hospital.strip():
        return {"hospital": "Enter the hospital: the discussion must be held there before the child leaves"}
    if facts.left_hospital_at is not None and (wrong := problem_with_moment(facts.left_hospital_at, now)):
        return {"left_hospital_at": wrong}
    return {}


def _problems_with_other(facts: CircumstanceFacts, triggered_at: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not facts.consulted.strip():
        problems["consulted"] = "Enter which manager or head of service you consulted"
    if not facts.advice.strip():
        problems["advice"] = "Enter what was advised"
    if facts.earlier_limit_at is not None and facts.earlier_limit_at <= triggered_at:
        problems["earlier_limit_at"] = "This is before what came in: enter by when it must be held"
    return problems
