"""Who took over what came to a shared mailbox."""

from django.db import models
from django.db.models import Q

from attendees.models.invitations import Invitation
from attendees.querysets import ClaimQuerySet


class Claim(models.Model):
    """A named person of the agency took over what was asked of its shared mailbox (rows W19, W20).

    `shared` is the mailbox's invitation, `taken` the person's own. One claim of a mailbox is in force at a
    time; it ends when somebody else takes it over.
    """

    shared = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="claims")
    taken = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="claimed")
    phone = models.CharField(max_length=40, help_text="As they gave it: where colleagues and we ring them")
    reference = models.CharField(max_length=60, blank=True, help_text="Of the agency's own record")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When somebody else took it over")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shared"], condition=Q(ended_at__isnull=True), name="one_claim_in_force"
            ),
            models.CheckConstraint(condition=~Q(shared=models.F("taken")), name="claim_names_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.taken.professional} took over from {self.shared.professional.name}"
