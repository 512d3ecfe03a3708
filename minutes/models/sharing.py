"""What the family is told of the discussion, as the chair decided it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from minutes.enums import FamilyIsTold
from minutes.models.actions import Action
from minutes.models.record import Minutes
from minutes.querysets import RecordBoundQuerySet


class FamilySharing(models.Model):
    """Share, wait or withhold, with the reason; who tells, and by when, is its action (rows C25, G12)."""

    minutes = models.OneToOneField(Minutes, on_delete=models.PROTECT, related_name="family_sharing")
    told = models.CharField(max_length=10, choices=FamilyIsTold.choices)
    reason = models.TextField(help_text="The risk that was weighed, and why this is decided")
    what = models.TextField(blank=True, help_text="What may be told, and what may not")
    until = models.DateTimeField(null=True, blank=True, help_text="When it is decided anew, while it waits")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "decisions on sharing with the family"
        constraints = [
            models.CheckConstraint(
                condition=~Q(told=FamilyIsTold.DELAY) | Q(until__isnull=False),
                name="sharing_delayed_has_a_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_told_display()}: {self.minutes}"
