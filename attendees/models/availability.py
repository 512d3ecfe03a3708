"""When somebody said that they can or cannot come: rows, so that the finder of times can heed them."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from attendees.models.professionals import Professional
from attendees.querysets import RequestBoundQuerySet
from strategy.models import StrategyRequest


class StatedTime(models.Model):
    """One time of one person for one request; who said “can come” for some times cannot at others."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="stated_times")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="stated_times")
    can_come = models.BooleanField()
    during = DateTimeRangeField()
    how = models.CharField(max_length=120, help_text="By telephone, with the reply, on the request")
    by_ref = models.CharField(max_length=60, help_text="Who wrote it down")
    at = models.DateTimeField()

    objects = RequestBoundQuerySet.as_manager()

    class Meta:
        ordering = ["during", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="stated_time_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.professional} {'can' if self.can_come else 'cannot'} come"
