"""The request, its stages, the booking, the discussion and what it decides per child."""

from strategy.models.decisions import ChildSeen, Decision, Enquiry
from strategy.models.discussions import BookedPerson, Booking, Discussion
from strategy.models.following import AssessmentDate, AssessmentDecision, EmergencyPower, LaterDecision
from strategy.models.lines import DutyLine
from strategy.models.officers import OfficerOfTheDay
from strategy.models.places import Place, PlaceBlock, PlaceHours
from strategy.models.requests import StrategyRequest
from strategy.models.stages import (
    Authorisation,
    NotNeeded,
    PoliceForward,
    ProtectionDecision,
    ReceiptCall,
    Return,
    Submission,
    UrgentCall,
    Withdrawal,
)

__all__ = [
    "AssessmentDate",
    "AssessmentDecision",
    "Authorisation",
    "BookedPerson",
    "Booking",
    "ChildSeen",
    "Decision",
    "Discussion",
    "DutyLine",
    "EmergencyPower",
    "Enquiry",
    "LaterDecision",
    "NotNeeded",
    "OfficerOfTheDay",
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
    "Withdrawal",
]
