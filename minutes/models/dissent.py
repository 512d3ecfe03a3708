"""Differing views and professional challenge: who thinks what, and how it was resolved, or was not (G16)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from attendees.models import Attendance
from cases.models import Child
from minutes.enums import Settled
from minutes.models.record import Minutes
from minutes.querysets import RecordBoundQuerySet


class Dissent(models.Model):
    """A view that differs from the decision or from another’s, whatever became of it (rows G16, G20)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="dissents")
    attendance = models.ForeignKey(
        Attendance, on_delete=models.PROTECT, related_name="dissents", help_text="Whose view it is"
    )
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    view = models.TextField(help_text="What they think, and why")
    settled = models.CharField(max_length=12, choices=Settled.choices, default=Settled.OPEN)
    resolution = models.TextField(blank=True, help_text="How it was resolved, or why it was withdrawn")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled=Settled.OPEN) | Q(resolution__gt=""),
                name="dissent_settled_says_how",
            )
        ]

    def __str__(self) -> str:
        return f"{self.attendance}: {self.get_settled_display()}"
