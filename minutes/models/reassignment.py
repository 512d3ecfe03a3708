"""An action offered to somebody else, and what became of the offer."""

import pgtrigger
from django.db import models
from django.db.models import Q

from attendees.living import present
from attendees.models import Professional
from minutes.enums import OfferAnswer
from minutes.models.actions import Action
from minutes.querysets import ReassignmentQuerySet


class Reassignment(models.Model):
    """One offer of an action: its owner keeps it, and its clock, until this is accepted (rows C28, G15)."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="offers")
    to = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="action_offers")
    why = models.CharField(max_length=300)
    by_ref = models.CharField(max_length=60)
    at = models.DateTimeField()
    answer = models.CharField(
        max_length=10, choices=OfferAnswer.choices, default=OfferAnswer.WAITING, db_default="", blank=True
    )
    answer_why = models.CharField(max_length=300, blank=True, db_default="", help_text="Why it was declined")
    answer_how = models.CharField(
        max_length=200, blank=True, db_default="", help_text="How they told whoever recorded it for them"
    )
    answered_by_ref = models.CharField(max_length=60, blank=True, db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ReassignmentQuerySet.as_manager()

    class Meta:
        ordering = ["action", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action"], condition=Q(answer=""), name="one_offer_of_an_action_waits"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by_ref="")
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by_ref__gt="")),
                name="offer_answered_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(answer=OfferAnswer.DECLINED) | Q(answer_why__gt=""),
                name="offer_declined_has_a_reason",
            ),
        ]
        triggers = [
            present(
                "to", name="offered_to_the_living", condition=pgtrigger.Q(new__answer=OfferAnswer.WAITING)
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} offered to {self.to}"
