"""Words of invitations, agency information and attendance."""

from django.db.models import TextChoices


class QuorumRole(TextChoices):
    """Whom a protocol may require; two roles are never filled by one person."""

    SOCIAL_WORKER = "social_worker", "Social worker"
    SOCIAL_WORK_MANAGER = "social_work_manager", "Social work manager"
    POLICE = "police", "Police"
    HEALTH = "health", "Health"
    EDUCATION = "education", "Education"


class CallOutcome(TextChoices):
    """What became of a telephone call of the discussion."""

    GOING_ON = "going_on", "Going on"
    REACHED = "reached", "Reached"
    NOT_REACHED = "not_reached", "Not reached"
    MESSAGE_LEFT = "message_left", "Message left"


class Channel(TextChoices):
    """How a professional has agreed to receive what is secret."""

    SECURE_EMAIL = "secure_email", "Secure e-mail (attached)"
    LINK = "link", "Link with a one-time code"
    BY_HAND = "by_hand", "By hand (no e-mail address)"


class AgreedWay(TextChoices):
    """How a professional agreed with the requester to be reached about this family."""

    TELEPHONE = "telephone", "By telephone"
    SECURE_EMAIL = "secure_email", "By secure e-mail"
    LINK = "link", "By link with a one-time code"
    BY_HAND = "by_hand", "By hand"


class Reply(TextChoices):
    """The answer to an invitation."""

    WAITING = "waiting", "No reply yet"
    COMING = "coming", "Coming"
    NOT_COMING = "not_coming", "Not coming"
    DEPUTY = "deputy", "Sending a deputy"


class InformationStatus(TextChoices):
    """What became of the information asked of an agency (rows W22, W23)."""

    ASKED = "asked", "Asked, no answer yet"
    STARTED = "started", "Started, not sent yet"
    RETURNED = "returned", "Returned"
    AT_MEETING = "at_meeting", "Will tell at the meeting"
    NONE_HELD = "none_held", "Nothing held"


class Marking(TextChoices):
    """Who may read a passage beyond the statutory partners (rows C25, G12)."""

    SHARE = "share", "May be shared with the family"
    NOT_FAMILY = "not_family", "Not for the family"
    POLICE_SENSITIVE = "police_sensitive", "Police-sensitive"
    THIRD_PARTY = "third_party", "About a third party"


STRICTEST = (Marking.POLICE_SENSITIVE, Marking.THIRD_PARTY, Marking.NOT_FAMILY, Marking.SHARE)


class Holding(TextChoices):
    """What a health service holds under one heading (row C32)."""

    HELD = "held", "Information held"
    NONE = "none", "Nothing held"
    ASKED = "asked", "Asked, no answer yet"


class ToldBy(TextChoices):
    """How information reached business support when it did not come by the page."""

    SECURE_EMAIL = "Secure email", "By secure email"
    TELEPHONE = "Telephone", "By telephone"
    PAPER = "Paper", "On paper"
    IN_PERSON = "In person", "In person"


class Scan(TextChoices):
    """What the virus scanner said of a file."""

    CLEAN = "clean", "Scanned"
    WAITING = "waiting", "Waiting for the virus scanner"
    NOT_SCANNED = "not_scanned", "Not scanned for viruses"
    INFECTED = "infected", "A virus was found"


MAY_BE_OPENED = frozenset({Scan.CLEAN, Scan.NOT_SCANNED})


class Mode(TextChoices):
    """How somebody took part (row G20: absent contributors too)."""

    PRESENT = "present", "In the room"
    REMOTE = "remote", "By video"
    PHONE = "phone", "By telephone"
    APOLOGIES = "apologies", "Sent apologies"
    ABSENT = "absent", "Absent"
    WRITTEN = "written", "Contributed in writing"


TAKES_PART = frozenset({Mode.PRESENT, Mode.REMOTE, Mode.PHONE})


class SignatureMethod(TextChoices):
    """How an attendee signed the action log (row W27)."""

    OWN = "own", "Signed in, or by link and one-time code"
    SCREEN = "screen", "On the room's screen"
    RECORDED = "recorded", "Recorded by the minute-taker"


class LinkPurpose(TextChoices):
    """What a partner's link opens; nothing else exists behind it."""

    DISCUSSION = "discussion", "One discussion: invitation, information, signing, minutes and actions"
    REFERRAL = "referral", "What somebody referred: where it stands, and the way to escalate"
