"""The request, its stages, the booking, the discussion and what it decides per child."""

from strategy.models.decisions import ChildSeen, Decision, Enquiry
from strategy.models.discussions import BookedPerson, Booking, Discussion
from strategy.models.following import (
    AssessmentDate,
    AssessmentDecision,
    ConferenceDelay,
    EmergencyPower,
    EnquiryKindChange,
    LaterDecision,
    NoneNeeded,
)
from strategy.models.lines import DutyLine
from strategy.models.night import EnteredAfterwards, NightEntry
from strategy.models.officers import OfficerOfTheDay
from strategy.models.places import Place, PlaceBlock, PlaceHours
from strategy.models.requests import StrategyRequest
from strategy.models.stages import (
    Authorisation,
    ChildChange,
    NotNeeded,
    PickUp,
    PoliceForward,
    ProtectionDecision,
    ReceiptCall,
    Return,
    Submission,
    UrgentCall,
    Withdrawal,
)
from strategy.models.verbal import VerbalAuthorisation

__all__ = [
    "AssessmentDate",
    "AssessmentDecision",
    "Authorisation",
    "BookedPerson",
    "Booking",
    "ChildChange",
    "ChildSeen",
    "ConferenceDelay",
    "Decision",
    "Discussion",
    "DutyLine",
    "EmergencyPower",
    "Enquiry",
    "EnquiryKindChange",
    "EnteredAfterwards",
    "LaterDecision",
    "NightEntry",
    "NoneNeeded",
    "NotNeeded",
    "OfficerOfTheDay",
    "PickUp",
    "Place",
    "PlaceBlock",
    "PlaceHours",
    "PoliceForward",
    "ProtectionDecision",
    "ReceiptCall",
    "Return",
    "StrategyRequest",
    "Submission",
    "UrgentCall",
    "VerbalAuthorisation",
    "Withdrawal",
]
