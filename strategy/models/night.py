"""What was done before it was typed: a discussion entered afterwards, and what one night hands to the day."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from strategy.models.discussions import Discussion
from strategy.models.requests import StrategyRequest
from strategy.querysets import DiscussionBoundQuerySet, RequestBoundQuerySet


class EnteredAfterwards(models.Model):
    """A discussion that had been held before anybody typed it in: who did, and when."""

    discussion = models.OneToOneField(Discussion, on_delete=models.PROTECT, related_name="entered")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "discussions entered afterwards"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.discussion}, entered afterwards"


class NightEntry(models.Model):
    """What emergency duty dealt with, until somebody of the day takes it over by name and time."""

    request = models.OneToOneField(StrategyRequest, on_delete=models.PROTECT, related_name="night")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="nights")
    at = models.DateTimeField()
    taken_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_over_at = models.DateTimeField(null=True, blank=True)

    objects = RequestBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "night entries"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_over_by__isnull=True, taken_over_at__isnull=True)
                | Q(taken_over_by__isnull=False, taken_over_at__isnull=False),
                name="night_taken_over_has_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"Night of {self.request}"

    @property
    def subject(self) -> str:
        """The text by which its clock and the ledger point at it."""
        return f"night:{self.pk}"
