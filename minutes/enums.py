"""Words of the record, the action log and its circulation."""

from django.db.models import TextChoices


class MinutesStatus(TextChoices):
    """Where the record of a discussion stands."""

    OPENED = "opened", "Opened, before the meeting"
    LIVE = "live", "Being minuted"
    AGREED = "agreed", "Agreed at the end, being finished"
    WITH_CHAIR = "with_chair", "With the chair to check"
    AUTHORISED = "authorised", "Authorised, to be circulated"
    CIRCULATED = "circulated", "Circulated"


class ActionStatus(TextChoices):
    """Where an action of the action log stands."""

    OPEN = "open", "Open"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    STRUCK = "struck", "Struck out"


class OfferAnswer(TextChoices):
    """What became of an action that was offered to somebody else."""

    WAITING = "", "No answer yet"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"


class ActionKind(TextChoices):
    """What kind of doing it is, where the sources name one (rows C33, C34)."""

    ORDINARY = "action", "Action"
    EXPERT_ADVICE = "expert_advice", "Expert advice"
    EXAMINATION = "examination", "Examination or test"


class ActionOrigin(TextChoices):
    """Which part of the record an action came from, so that nothing is typed twice."""

    TYPED = "typed", "Typed in the meeting"
    LAMING = "laming", "Laming arrangement"
    SAFETY_PLAN = "safety_plan", "Interim safety plan"
    SHARING = "sharing", "Sharing plan"
    INFORMATION = "information", "Information still needed"
    MEDICAL = "medical", "Medical"


class Forum(TextChoices):
    """Where an action's completion is reviewed (rows G19, H08)."""

    CHILD_IN_NEED = "child_in_need", "Child in need meeting"
    CHILD_PROTECTION = "child_protection", "Child protection conference or core group"
    CHILD_IN_CARE = "child_in_care", "Child in care review"
    FOLLOW_UP = "follow_up", "Follow-up strategy meeting"
    SUPERVISION = "supervision", "Supervision by the team manager"
    OTHER = "other", "Another meeting"


class About(TextChoices):
    """The three Laming arrangements (rows B09a to B09c)."""

    CHILD = "child", "The child, to be seen and spoken to"
    PARENT = "parent", "Parents or carers, to be seen and spoken to"
    HOME = "home", "Where the child usually lives, to be visited"


class Answer(TextChoices):
    """What an attendee said of the record."""

    AGREES = "agrees", "Agrees"
    CORRECTS = "corrects", "Proposes a correction"
    OBJECTS = "objects", "Objects"


class Settled(TextChoices):
    """What became of a view that differed (rows G16, G20)."""

    OPEN = "open", "No, it was not resolved"
    RESOLVED = "resolved", "Yes, it was resolved"
    WITHDRAWN = "withdrawn", "It was withdrawn"


class Way(TextChoices):
    """How a recipient gets the minutes."""

    ATTACHED = "attached", "PDF attached to secure e-mail"
    LINK = "link", "Link with a one-time code"
    BY_HAND = "by_hand", "Handed over"


class RecipientStatus(TextChoices):
    """Proof of circulation, per recipient."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Delivered to the mail server"
    DEFERRED = "deferred", "Not yet sent"
    BOUNCED = "bounced", "Bounced"
    NEEDS_PERSON = "needs_person", "Needs a person"
    TO_HAND = "to_hand", "To be handed over"
    HANDED = "handed", "Handed over"
    TAKEN_BACK = "taken_back", "Taken back"
    REVOKED = "revoked", "Copy revoked"


class FamilyIsTold(TextChoices):
    """What the chair decides for the family (row C25)."""

    SHARE = "share", "Yes, they are told"
    DELAY = "delay", "Not yet: decided anew by"
    WITHHOLD = "withhold", "No, it is withheld"


class DeliveryStatus(TextChoices):
    """Where a version is on its way to the case system."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Needs a person"


class RenditionKind(TextChoices):
    """Which copy of a version a file is."""

    WHOLE = "whole", "Whole record"
    PARTNER = "partner", "Copy without marked passages"
    FAMILY = "family", "Copy for the family"


class LawfulBasis(TextChoices):
    """Why the record may be shared without consent (domain, section 7): of UK GDPR, Article 6(1)."""

    PUBLIC_TASK = "public_task", "Public task: safeguarding the child’s welfare (UK GDPR, Article 6(1)(e))"
    LEGAL_OBLIGATION = "legal_obligation", "Legal obligation (UK GDPR, Article 6(1)(c))"
