"""Kinds of agency and team."""

from django.db.models import TextChoices


class AgencyKind(TextChoices):
    """Who an agency is to a strategy discussion; the statutory three are social care, police and health."""

    SOCIAL_CARE = "social_care", "Children's social care"
    POLICE = "police", "Police"
    HEALTH = "health", "Health"
    EDUCATION = "education", "School or other education"
    EARLY_HELP = "early_help", "Early help"
    HOUSING = "housing", "Housing"
    PROBATION = "probation", "Probation"
    YOUTH_JUSTICE = "youth_justice", "Youth justice"
    RESIDENTIAL = "residential", "Residential or fostering service"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse service"
    SUBSTANCE_MISUSE = "substance_misuse", "Substance misuse service"
    ADULT_MENTAL_HEALTH = "adult_mental_health", "Adult mental health"
    LEGAL = "legal", "Legal services"
    OTHER = "other", "Other"


class TeamKind(TextChoices):
    """What a team is for; routing of minutes (row B15) needs the two kinds of business support."""

    SOCIAL_WORK = "social_work", "Social work team"
    FRONT_DOOR_SUPPORT = "front_door_support", "Front door business support"
    AREA_SUPPORT = "area_support", "Area business support"
    EMERGENCY_DUTY = "emergency_duty", "Emergency duty team"
    PARTNER = "partner", "Partner's team"
