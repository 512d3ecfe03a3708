"""The words a local procedure is written in."""

from enum import StrEnum


class Severity(StrEnum):
    """What the source's own words do: "must" blocks, "should" warns, the rest informs."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Unit(StrEnum):
    """The five ways to count to a due moment; there is no sixth."""

    HOURS = "hours"
    SAME_DAY = "same_day"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    BEFORE = "before"


class Format(StrEnum):
    """How people meet: the first three are meetings, the others are discussions."""

    FACE_TO_FACE = "face_to_face"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"
    TELEPHONE = "telephone"
    TELEPHONE_CONFERENCE = "telephone_conference"
    SERIES_OF_CALLS = "series_of_calls"


MEETING_FORMATS = frozenset({Format.FACE_TO_FACE, Format.VIRTUAL, Format.HYBRID})


class Circumstance(StrEnum):
    """What is known about the concern; the order is that of the table in which equal limits are decided."""

    IMMEDIATE_RISK = "immediate_risk"
    SERIOUS_INJURY_OR_NEGLECT = "serious_injury_or_neglect"
    PENETRATIVE_SEXUAL_ABUSE = "penetrative_sexual_abuse"
    EMERGENCY_ACTION = "emergency_action"
    IN_HOSPITAL = "in_hospital"
    ORGANISED_OR_MULTIPLE_ABUSE = "organised_or_multiple_abuse"
    FABRICATED_OR_INDUCED_ILLNESS = "fabricated_or_induced_illness"
    POSITION_OF_TRUST = "position_of_trust"
    CHILD_SEXUAL_EXPLOITATION = "child_sexual_exploitation"
    CIN_PLAN_NOT_MEETING_NEEDS = "cin_plan_not_meeting_needs"
    EXPLOITATION_RATED_HIGH = "exploitation_rated_high"
    OTHER = "other"
    MISSING_EPISODE = "missing_episode"


SAME_DAY_CIRCUMSTANCES = (
    Circumstance.IMMEDIATE_RISK,
    Circumstance.SERIOUS_INJURY_OR_NEGLECT,
    Circumstance.PENETRATIVE_SEXUAL_ABUSE,
    Circumstance.EMERGENCY_ACTION,
)
COMPLEX_CIRCUMSTANCES = (
    Circumstance.ORGANISED_OR_MULTIPLE_ABUSE,
    Circumstance.FABRICATED_OR_INDUCED_ILLNESS,
    Circumstance.POSITION_OF_TRUST,
    Circumstance.CHILD_SEXUAL_EXPLOITATION,
)


class QuorumRole(StrEnum):
    """Who can be needed for a discussion to count."""

    SOCIAL_WORKER = "social_worker"
    SOCIAL_WORK_MANAGER = "social_work_manager"
    POLICE = "police"
    HEALTH = "health"
    EDUCATION = "education"


class RoleName(StrEnum):
    """Names of the roles that are code in the room of accounts, as a protocol writes them."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    ADVANCED_PRACTITIONER = "advanced_practitioner"
    ASSESSMENT_PRACTICE_MANAGER = "assessment_practice_manager"
    BUSINESS_SUPPORT = "business_support"
    PARTNER = "partner"
    AGENCY_DESK = "agency_desk"
    EMERGENCY_DUTY = "emergency_duty"
    HEAD_OF_SERVICE = "head_of_service"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"


class ClockStart(StrEnum):
    """Where a convene limit begins: when it happened, or when the discussion was asked for."""

    TRIGGER = "trigger"
    REQUEST = "request"


class FollowUp(StrEnum):
    """Whether a discussion that was not a meeting is followed by one."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class SignOff(StrEnum):
    """How the record is agreed; the chair's authorisation is always the last step."""

    AGREE_AT_END = "agree_at_end"
    ALL_SIGN = "all_sign"
    CHAIR_AUTHORISE = "chair_authorise"


class Recipients(StrEnum):
    """Who the minutes go to."""

    ATTENDEES = "attendees"
    ALL_PARTIES = "all_parties"


class RecordPart(StrEnum):
    """What the record must hold before the chair may authorise it."""

    RATIONALE = "rationale"
    LAMING = "laming"
    INTERIM_SAFETY_PLAN = "interim_safety_plan"
    SHARING_PLAN = "sharing_plan"
    CONTINGENCY_PLAN = "contingency_plan"
    REVIEW_MECHANISM = "review_mechanism"
    ALLOCATED_WORKER = "allocated_worker"
    CHILD_VOICE = "child_voice"
    SUMMARY = "summary"
    MEDICAL = "medical"
    PLAN = "plan"
    FAMILY_SHARING = "family_sharing"
    DISSENT = "dissent"
    POLICE_PLAN = "police_plan"
    LEGAL = "legal"
    CONFERENCE = "conference"
