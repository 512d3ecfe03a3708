"""Words of escalations: what they are about, where they stand, what was learnt."""

from enum import StrEnum

from django.db.models import TextChoices


class Cause(TextChoices):
    """What an escalation is about (rows G16 to G18, H14, H15)."""

    DISAGREEMENT = "disagreement", "A professional disagreement"
    NON_ATTENDANCE = "non_attendance", "An agency did not take part"
    INFORMATION = "information", "Information was not sent in time"
    NOT_CONVENED = "not_convened", "A discussion was not convened in time"
    LATE_MINUTES = "late_minutes", "Minutes were not circulated in time"
    ACTION = "action", "An action was not done"


class EscalationStatus(TextChoices):
    """Where an escalation stands."""

    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


class StageStatus(TextChoices):
    """Where one rung of it stands."""

    WAITING = "waiting", "Waiting for an answer"
    ANSWERED = "answered", "Answered"
    RESOLVED = "resolved", "Resolved"
    MOVED_UP = "moved_up", "Moved up"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN_STAGES = (StageStatus.WAITING, StageStatus.ANSWERED)


class Theme(TextChoices):
    """What there is to learn, so that the partnership can see a pattern."""

    THRESHOLD = "threshold", "Thresholds for section 47 and child in need"
    ATTENDANCE = "attendance", "Attendance and seniority"
    INFORMATION = "information", "Sharing information in time"
    CONVENING = "convening", "Convening in time"
    RECORD = "record", "The record and its circulation"
    ACTIONS = "actions", "Following actions through"
    COMMUNICATION = "communication", "How we speak with each other"
    CAPACITY = "capacity", "Capacity and cover"
    NONE = "none", "Nothing beyond this matter"


class Level(StrEnum):
    """Who answers for a rung in an agency, whatever the procedure calls them."""

    PRACTITIONER = "practitioner"
    MANAGER = "manager"
    HEAD = "head"
