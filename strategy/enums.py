"""Words of the request, the booking, the discussion and its decisions."""

from django.db.models import TextChoices


class Status(TextChoices):
    """Where a strategy request stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting to be authorised"
    RETURNED = "returned", "Returned with reasons"
    AUTHORISED = "authorised", "Authorised, to be booked"
    BOOKED = "booked", "Booked"
    HELD = "held", "Discussion held"
    WITHDRAWN = "withdrawn", "Withdrawn"
    NOT_NEEDED = "not_needed", "No discussion needed"


class Section(TextChoices):
    """The sections of a request, in the order of its task list."""

    CHILDREN = "children", "Children"
    WHAT_HAPPENED = "what-happened", "What happened"
    CIRCUMSTANCES = "circumstances", "Circumstances"
    FORMAT = "format", "Format"
    PROFESSIONALS = "professionals", "Professionals"
    AVAILABILITY = "availability", "Availability"


# What must be there before a request is submitted; everything else may follow until the record is authorised.
NEEDED = (Section.CHILDREN, Section.WHAT_HAPPENED, Section.CIRCUMSTANCES, Section.FORMAT)
# What may still be added after it was submitted, and until when; what the manager answers to does not change.
_BOOKED_YET = frozenset({Status.SUBMITTED, Status.AUTHORISED})
_HELD_YET = _BOOKED_YET | {Status.BOOKED, Status.HELD}
FOLLOWS = {
    Section.WHAT_HAPPENED: _HELD_YET,
    Section.PROFESSIONALS: _BOOKED_YET,  # once it is booked, business support invites
    Section.AVAILABILITY: _BOOKED_YET,
}


class DiscussionStatus(TextChoices):
    """Where a discussion stands."""

    PLANNED = "planned", "Booked"
    STARTED = "started", "In progress"
    ENDED = "ended", "Held"
    CANCELLED = "cancelled", "Cancelled"


class Format(TextChoices):
    """One activity in several formats (rows C01, C02); the words of `clocks.md`."""

    FACE_TO_FACE = "face_to_face", "Face-to-face meeting"
    VIRTUAL = "virtual", "Virtual meeting"
    HYBRID = "hybrid", "Hybrid meeting"
    TELEPHONE_CONFERENCE = "telephone_conference", "Telephone conference"
    TELEPHONE = "telephone", "Telephone call"
    SERIES_OF_CALLS = "series_of_calls", "Series of calls"


MEETINGS = frozenset({Format.FACE_TO_FACE, Format.VIRTUAL, Format.HYBRID})


class PlaceKind(TextChoices):
    """What can be booked, and never twice."""

    ROOM = "room", "Room"
    CONFERENCE_LINE = "conference_line", "Conference line"
    VIDEO_LINK = "video_link", "Video link"


class ForwardWay(TextChoices):
    """How a request goes to the police mailbox (row W19)."""

    ATTACHED = "attached", "Request attached as a PDF"
    NOTICE = "notice", "Notice without names: the request is read to them by telephone"


class RiskLevel(TextChoices):
    """Level of risk faced by the child (rows C24, G10)."""

    IMMEDIATE = "immediate", "Immediate"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class Outcome(TextChoices):
    """The threshold decision per child (rows B08, C17)."""

    SECTION_47_JOINT = "section_47_joint", "Section 47 enquiry, joint with the police"
    SECTION_47_SINGLE = "section_47_single", "Section 47 enquiry by social care alone"
    SECTION_17 = "section_17", "Section 17 assessment (child in need)"
    CONTINUE = "continue", "Continue the present plan"
    OTHER = "other", "Something else"
    NONE = "none", "No further action"
    DEFERRED = "deferred", "Deferred to a date"


class PlanAfter(TextChoices):
    """Which plan takes the risks over (row H13)."""

    CHILD_PROTECTION = "child_protection", "Child protection plan"
    CHILD_IN_NEED = "child_in_need", "Child in need plan"
    IN_CARE = "in_care", "Care plan of a child in care"
    EARLY_HELP = "early_help", "Early help plan"
    OTHER = "other", "Another plan"
    NONE = "none", "No plan is needed"


class Told(TextChoices):
    """An answer that may not be known yet."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNKNOWN = "unknown", "Not known yet"


SECTION_47 = frozenset({Outcome.SECTION_47_JOINT, Outcome.SECTION_47_SINGLE})


class EnquiryKind(TextChoices):
    """Row C30: joint with the police, or social care alone."""

    JOINT = "joint", "Joint"
    SINGLE = "single", "Single agency"


class Finding(TextChoices):
    """What the enquiry found of the harm that was feared: the three answers of Working Together."""

    NOT_SUBSTANTIATED = "not_substantiated", "Concerns not substantiated"
    NO_CONTINUING_RISK = (
        "no_continuing_risk",
        "Concerns substantiated, child not judged to be at continuing risk of significant harm",
    )
    CONTINUING_RISK = (
        "continuing_risk",
        "Concerns substantiated, child judged to be at continuing risk of significant harm",
    )


class EnquiryOutcome(TextChoices):
    """What follows an enquiry: the flags of the Standard Safeguarding Dataset (`s47e_s47_outcome_json`)."""

    NO_ACTION = "NFA_FLAG", "No further action"
    LEGAL_ACTION = "LEGAL_ACTION_FLAG", "Legal action"
    SERVICES = "PROV_OF_SERVICES_FLAG", "Services are provided"
    SHORT_BREAKS = "PROV_OF_SB_CARE_FLAG", "Short-break care is provided"
    CONFERENCE = "CP_CONFERENCE_FLAG", "Child protection conference"
    SINGLE_ASSESSMENT = (
        "NFA_CONTINUE_SINGLE_FLAG",
        "No further action under section 47, the single assessment continues",
    )
    MONITOR = "MONITOR_FLAG", "The child’s situation is monitored"
    OTHER = "OTHER_OUTCOMES_EXIST_FLAG", "Another outcome"


class SeenHow(TextChoices):
    """How the child was seen (row W33)."""

    SPOKEN = "spoken", "Seen and spoken to"
    OBSERVED = "observed", "Seen and observed (non-verbal child)"


class SeenAlone(TextChoices):
    """Whether the child was seen alone."""

    YES = "yes", "Yes"
    NO = "no", "No"
    INAPPROPRIATE = "inappropriate", "Not appropriate"


class AssessmentOutcome(TextChoices):
    """What an assessment comes to."""

    CHILD_PROTECTION = "child_protection", "Child protection plan or conference"
    CHILD_IN_NEED = "child_in_need", "Child in need plan"
    LOOKED_AFTER = "looked_after", "The child is looked after"
    EARLY_HELP = "early_help", "Early help"
    OTHER = "other", "Something else"
    NONE = "none", "No further action"


class PowerKind(TextChoices):
    """An emergency power over a child (Children Act 1989, sections 46 and 44)."""

    POLICE_PROTECTION = "police_protection", "Police protection"
    EMERGENCY_PROTECTION_ORDER = "emergency_protection_order", "Emergency protection order"


class PowerEnd(TextChoices):
    """How an emergency power came to its end."""

    RETURNED = "returned", "The child went home or to family"
    ACCOMMODATED = "accommodated", "The child is accommodated by agreement"
    ANOTHER_ORDER = "another_order", "Another order took its place"
    DISCHARGED = "discharged", "It was discharged or released"
    RAN_OUT = "ran_out", "It ran out"
    MISTAKE = "mistake", "It was recorded by mistake"


# A deferred child may be decided for after the discussion; section 47 enquiries begin with a discussion.
DECIDED_LATER = (Outcome.SECTION_17, Outcome.CONTINUE, Outcome.OTHER, Outcome.NONE)
