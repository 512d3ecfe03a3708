"""The words clocks are kept in."""

from enum import StrEnum

from django.db.models import TextChoices


class Trigger(StrEnum):
    """What started it all."""

    REFERRAL = "referral"
    INCIDENT = "incident"
    NETWORK_DECISION = "network_decision"
    NEW_INFORMATION = "new_information"
    DURING_ASSESSMENT = "during_assessment"
    INCREASED_RISK = "increased_risk"
    EMERGENCY_ACTION = "emergency_action"


class Duty(StrEnum):
    """The nine things the law or a local procedure wants done by a moment."""

    CONVENE = "convene"
    IMMEDIATE_PROTECTION_DECISION = "immediate_protection_decision"
    CHILD_SEEN = "child_seen"
    FOLLOW_UP_MEETING = "follow_up_meeting"
    CIRCULATE_MINUTES = "circulate_minutes"
    ICPC = "icpc"
    ASSESSMENT = "assessment"
    ACTION = "action"
    ESCALATION_STAGE = "escalation_stage"


class Forensic(StrEnum):
    """Whether forensic evidence is needed; not knowing counts as needing it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Where a clock stands at a moment: computed from its due moment, never stored."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"


class ClockState(TextChoices):
    """What is stored of a clock; lateness is computed."""

    RUNNING = "running", "Running"
    MET = "met", "Met"
    VOID = "void", "No longer needed"


class NoticeKind(TextChoices):
    """What is told of a clock, each once; in the order in which they come."""

    HALF = "half", "Half of the time is left"
    FIFTH = "fifth", "A fifth of the time is left"
    LAST_DAY = "last_day", "Due today"
    BREACH = "breach", "Past due"
