"""What somebody may hold that others depend on."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """Who can take a thing over depends on what it is; the label completes “Who takes …?”."""

    WORK = "work", "the cases, requests, enquiries and actions"
    CHAIRS = "chairs", "what they authorise, decide, chair or check"
    MINUTES = "minutes", "the minutes they take and circulate"
    TEAMS = "teams", "the teams they manage"
