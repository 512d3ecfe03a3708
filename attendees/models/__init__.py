"""Professionals, their invitations and information, their attendance and signatures, their links."""

from attendees.models.attendance import Attendance, Signature
from attendees.models.availability import StatedTime
from attendees.models.calls import DiscussionCall
from attendees.models.claims import Claim
from attendees.models.files import FileContent, InformationFile, KeptFile
from attendees.models.invitations import InformationRequest, Invitation, NotInvited, Passage
from attendees.models.links import Admission, PartnerCode, PartnerLink
from attendees.models.professionals import Professional, WantedProfessional

__all__ = [
    "Admission",
    "Attendance",
    "Claim",
    "DiscussionCall",
    "FileContent",
    "InformationFile",
    "InformationRequest",
    "Invitation",
    "KeptFile",
    "NotInvited",
    "PartnerCode",
    "PartnerLink",
    "Passage",
    "Professional",
    "Signature",
    "StatedTime",
    "WantedProfessional",
]
