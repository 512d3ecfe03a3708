"""What somebody may hold that others depend on."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Who can take a thing over depends on what it is; the label completes “Who takes …?”."""

    WORK = "work", "the cases, requests, enquiries and actions"
    CHAIRS = "chairs", "what they authorise, decide, chair or check"
    MINUTES = "minutes", "the minutes they take and circulate"
    TEAMS = "teams", "the teams they manage"


class Repair(TextChoices):
    """What is done for a letter that did not arrive."""

    AGAIN = "again", "Send it again"
    DIRECTORY = "directory", "Send it to the address that we have now"
    BY_HAND = "by_hand", "It reached them another way"
