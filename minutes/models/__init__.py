"""The record: live sections, action log, versions, agreement, circulation and filing."""

from minutes.models.actions import Action, ActionLog, Arrangement
from minutes.models.circulation import Circulation, FamilyHanding, Filing, Recipient, Supplement
from minutes.models.delivery import Delivery
from minutes.models.dissent import Dissent
from minutes.models.evidence import EvidenceContent, EvidenceFile
from minutes.models.putting_right import PutRight
from minutes.models.reassignment import Reassignment
from minutes.models.record import (
    Agreement,
    EarlierAnswer,
    Minutes,
    Presence,
    Section,
    SectionVersion,
    StepTick,
)
from minutes.models.review import ReviewHandover
from minutes.models.sharing import FamilySharing
from minutes.models.versions import MinutesVersion, Rendition

__all__ = [
    "Action",
    "ActionLog",
    "Agreement",
    "Arrangement",
    "Circulation",
    "Delivery",
    "Dissent",
    "EarlierAnswer",
    "EvidenceContent",
    "EvidenceFile",
    "FamilyHanding",
    "FamilySharing",
    "Filing",
    "Minutes",
    "MinutesVersion",
    "Presence",
    "PutRight",
    "Reassignment",
    "Recipient",
    "Rendition",
    "ReviewHandover",
    "Section",
    "SectionVersion",
    "StepTick",
    "Supplement",
]
