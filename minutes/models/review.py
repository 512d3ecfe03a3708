"""Where an action was handed over for review: a meeting of the plan that takes the risks over (G19, H08)."""

from django.db import models

from minutes.enums import Forum
from minutes.models.actions import Action
from minutes.querysets import ActionBoundQuerySet


class ReviewHandover(models.Model):
    """One hand-over of an action to the meeting that reviews it; the latest counts, the others stay."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="handovers")
    forum = models.CharField(max_length=20, choices=Forum.choices)
    meets_on = models.DateField(help_text="The day of the meeting that takes it up")
    led_by = models.CharField(max_length=120, help_text="Who leads that meeting")
    note = models.CharField(max_length=300, blank=True)
    by_ref = models.CharField(max_length=60)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    objects = ActionBoundQuerySet.as_manager()

    class Meta:
        ordering = ["action", "-pk"]

    def __str__(self) -> str:
        return f"{self.action} to {self.get_forum_display()}"
