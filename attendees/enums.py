"""Words of invitations, agency information and attendance."""

from django.db.models import TextChoices


class QuorumRole(TextChoices):
    """Whom a protocol may require; two roles are never filled by one person."""

    SOCIAL_WORKER = "social_worker", "Social worker"
    SOCIAL_WORK_MANAGER = "social_work_manager", "Social work manager"
    POLICE = "police", "Police"
    HEALTH = "health", "Health"
    EDUCATION = "education", "Education"


class Channel(TextChoices):
    """How a professional has agreed to receive what is secret."""

    SECURE_EMAIL = "secure_email", "Secure e-mail (attached)"
    LINK = "link", "Link with a one-time code"
    BY_HAND = "by_hand", "By hand (no e-mail address)"


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
