"""What had been recorded wrongly of a discussion, and was put right once it had ended."""

import pgtrigger
from django.conf import settings
from django.db import models

from cases.models import Child
from minutes.models.record import Minutes
from minutes.querysets import RecordBoundQuerySet


class PutRight(models.Model):
    """A decision or somebody's part that was put right, with its reason; the next version prints it.

    `changes` are triples of what, was and is now. Prose says only that it was reworded: both texts are read
    in the versions, and an address that was told by mistake is not told again.
    """

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="put_right")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about = models.CharField(max_length=40, help_text="Which part of the record: a decision, who took part")
    name = models.CharField(max_length=200, blank=True, help_text="Of whom, where it is no child")
    changes = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "things put right"
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="put_right_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.about} put right: {self.minutes}"
