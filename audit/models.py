"""The ledger: what was done and what was read, by whom, when. Rows are written by one SQL function only."""

from django.db import models

from audit import events
from audit.querysets import EntryQuerySet


class Entry(models.Model):
    """One act or one read. Holds references, field names, counts and reasons; never content.

    `digest` covers this row; `hash` seals the batch the row was written in, over `previous_hash` and the
    digests of the batch, so that every seal rests on all before it. Numbers have no gaps.
    """

    id = models.BigIntegerField(primary_key=True, verbose_name="number")
    event = models.TextField()
    is_read = models.BooleanField()
    case_ref = models.TextField(null=True, blank=True)  # none: about no case
    subject = models.TextField(blank=True)
    by_ref = models.TextField()
    by_name = models.TextField()
    occurred_at = models.DateTimeField(help_text="When it happened")
    recorded_at = models.DateTimeField(help_text="When it was written down, by the database's clock")
    data = models.JSONField(default=dict)
    digest = models.BinaryField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(
                fields=["case_ref", "-id"], name="audit_by_case", condition=models.Q(case_ref__isnull=False)
            ),
            models.Index(fields=["subject", "-id"], name="audit_by_subject", condition=~models.Q(subject="")),
            models.Index(fields=["by_ref", "-id"], name="audit_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.event} {self.subject} by {self.by_ref}"

    @property
    def label(self) -> str:
        """The event as a page says it."""
        return events.label(self.event)


class Tip(models.Model):
    """Number and seal of the last entry: one row, kept by the SQL function, so that a cut tail is seen."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_tip")]

    def __str__(self) -> str:
        return f"entry {self.number}"
