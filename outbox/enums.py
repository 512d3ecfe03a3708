"""Where a letter stands, what one try came to, and what a doubt means."""

from django.db import models


class Status(models.TextChoices):
    """Where a letter stands, in the words of the letters page."""

    QUEUED = "queued", "Not yet sent"
    CLAIMED = "claimed", "Being sent"
    DEFERRED = "deferred", "Not yet sent: will be tried again"
    SENT = "sent", "Delivered to the mail server"
    BOUNCED = "bounced", "Refused by the mail server"
    NEEDS_PERSON = "needs_person", "Needs a person"
    MAY_HAVE_ARRIVED = "may_have_arrived", "May have arrived"
    BY_HAND = "by_hand", "Delivered by hand"
    CANCELLED = "cancelled", "Cancelled"


class Policy(models.TextChoices):
    """What to do when nobody knows whether a try arrived: plain mail cannot be exactly once."""

    RESEND = "resend", "Send again with the same Message-ID"
    DROP = "drop", "Leave it: the next reminder supersedes it"


class Outcome(models.TextChoices):
    """What one try came to."""

    SENT = "sent", "Delivered to the mail server"
    TEMPORARY = "temporary", "Refused for now"
    PERMANENT = "permanent", "Refused for good"
    FAULT = "fault", "Failed on our side"
    IN_DOUBT = "in_doubt", "Broke off: may have arrived"


class Urgency(models.IntegerChoices):
    """Most urgent first."""

    URGENT = 0, "Urgent"
    NORMAL = 5, "Normal"
    LOW = 9, "When there is time"


WAITING = (Status.QUEUED, Status.DEFERRED)
UNSENT = (*WAITING, Status.CLAIMED)
FAILED = (Status.BOUNCED, Status.NEEDS_PERSON)
CAN_RESEND = (*FAILED, Status.MAY_HAVE_ARRIVED)
