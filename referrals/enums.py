"""What came in, and what makes it urgent: the words of `clocks.md`, spelt once."""

from django.db.models import TextChoices


class Trigger(TextChoices):
    """What may lead to a strategy discussion (rows W07, W30, C10)."""

    REFERRAL = "referral", "A referral"
    INCIDENT = "incident", "An incident of concern for a child already known"
    NETWORK_DECISION = (
        "network_decision",
        "The network decided that the child in need plan is not meeting needs",
    )
    NEW_INFORMATION = "new_information", "New information on an open case"
    DURING_ASSESSMENT = "during_assessment", "Something found during the assessment"
    INCREASED_RISK = "increased_risk", "The assessment shows increased or unmanageable risk"
    EMERGENCY_ACTION = "emergency_action", "Emergency action by police or social care"


class CircumstanceKind(TextChoices):
    """What drives the convene limit, in the order of the table in `clocks.md`."""

    IMMEDIATE_RISK = "immediate_risk", "Serious or immediate risk of harm, or immediate protection needed"
    SERIOUS_INJURY_OR_NEGLECT = "serious_injury_or_neglect", "Serious physical injury or serious neglect"
    PENETRATIVE_SEXUAL_ABUSE = "penetrative_sexual_abuse", "Allegation of penetrative sexual abuse"
    EMERGENCY_ACTION = (
        "emergency_action",
        "Emergency action has been or is being taken by police or social care",
    )
    IN_HOSPITAL = "in_hospital", "The child is in hospital"
    ORGANISED_OR_MULTIPLE_ABUSE = "organised_or_multiple_abuse", "Organised or multiple abuse"
    FABRICATED_OR_INDUCED_ILLNESS = "fabricated_or_induced_illness", "Fabricated or induced illness"
    POSITION_OF_TRUST = "position_of_trust", "Allegation against someone in a position of trust"
    CHILD_SEXUAL_EXPLOITATION = "child_sexual_exploitation", "Child sexual exploitation"
    CIN_PLAN_NOT_MEETING_NEEDS = "cin_plan_not_meeting_needs", "The child in need plan is not meeting needs"
    EXPLOITATION_RATED_HIGH = "exploitation_rated_high", "Exploitation screening rated HIGH"
    MISSING_EPISODE = "missing_episode", "A missing episode"
    OTHER = "other", "Something else"


class Forensic(TextChoices):
    """Whether forensic evidence is needed (row W34)."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known yet"


class ScreeningRating(TextChoices):
    """What the exploitation screening tool said (rows H11, H12)."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class ReferralSource(TextChoices):
    """Census codes N00152 (domain 3.1)."""

    FAMILY = "1A", "Family member or carer"
    ACQUAINTANCE = "1B", "Acquaintance"
    SELF = "1C", "The child"
    OTHER_INDIVIDUAL = "1D", "Other individual"
    SCHOOL = "2A", "School"
    EDUCATION = "2B", "Education services"
    GP = "3A", "GP"
    HEALTH_VISITOR = "3B", "Health visitor"
    SCHOOL_NURSE = "3C", "School nurse"
    PRIMARY_HEALTH = "3D", "Other primary health services"
    EMERGENCY_DEPARTMENT = "3E", "Emergency department"
    OTHER_HEALTH = "3F", "Other health services"
    HOUSING = "4", "Housing"
    OWN_SOCIAL_CARE = "5A", "Social care of this authority"
    OWN_OTHER = "5B", "Other service of this authority"
    OTHER_AUTHORITY = "5C", "Another local authority"
    EARLY_HELP = "5D", "Early help"
    POLICE = "6", "Police"
    LEGAL = "7", "Court, probation or other legal agency"
    OTHER = "8", "Other"
    ANONYMOUS = "9", "Anonymous"
    UNKNOWN = "10", "Unknown"


class AbuseType(TextChoices):
    """Categories of abuse (domain 3.1), with harm outside the home (Working Together 2023)."""

    PHYSICAL = "PHY", "Physical abuse"
    SEXUAL = "SAB", "Sexual abuse"
    EMOTIONAL = "EMO", "Emotional abuse"
    NEGLECT = "NEG", "Neglect"
    EXPLOITATION = "EXP", "Exploitation or harm outside the home"
    DOMESTIC_ABUSE = "DVA", "Domestic abuse"


class ParentsInformed(TextChoices):
    """Whether the parents know that this is being asked; protection outranks consent."""

    INFORMED = "informed", "Yes, they have been told"
    NOT_INFORMED = (
        "not_informed",
        "No, because telling them could put a child at risk or harm an investigation",
    )
    NOT_YET = "not_yet", "Not yet"


class Consent(TextChoices):
    """Whether the family agreed to information being shared: welcome, and never needed to protect a child."""

    GIVEN = "given", "Yes"
    REFUSED = "refused", "It was refused"
    NOT_SOUGHT = "not_sought", "It was not sought"
