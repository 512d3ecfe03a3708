"""A discussion held in telephone calls: a row for each call, also for those that reached nobody (row C02)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from attendees.enums import CallOutcome
from attendees.models.professionals import Professional
from attendees.querysets import DiscussionBoundQuerySet
from strategy.models import Discussion


class DiscussionCall(models.Model):
    """Who rang whom, from when until when, what was said and agreed; struck with a reason, never deleted."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="calls")
    number = models.PositiveSmallIntegerField(help_text="Its place in the order in which calls were written")
    caller = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    people = models.ManyToManyField(Professional, related_name="calls")
    whom = models.TextField(help_text="Name, job and agency as they were that day, one person on a line")
    phone = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20, choices=CallOutcome.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    said = models.TextField(blank=True)
    agreed = models.TextField(blank=True)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        ordering = ["began_at", "number"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "number"], name="call_number_once"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="call_ended_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(outcome="going_on", ended_at__isnull=True)
                | (~Q(outcome="going_on") & Q(ended_at__isnull=False)),
                name="call_has_an_end_unless_it_goes_on",
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True, struck_by__isnull=True, struck_reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason="")),
                name="call_struck_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Call {self.number}"
