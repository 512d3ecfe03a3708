"""Authorised versions of the record, which nobody can change, and their files."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Child
from minutes.enums import RenditionKind
from minutes.models.actions import ActionLog
from minutes.models.record import Minutes
from minutes.querysets import RecordBoundQuerySet, VersionBoundQuerySet
from minutes.rules.renditions import Cut


class MinutesVersion(models.Model):
    """The whole record at a moment. Authorising locks it: a trigger refuses any later change (row B14)."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    action_log = models.ForeignKey(ActionLog, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why a later version was made")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    authorised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authorised_at = models.DateTimeField(null=True, blank=True)

    objects = RecordBoundQuerySet.as_manager()

    class Meta:
        ordering = ["minutes", "number"]
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=Q(authorised_by__isnull=True, authorised_at__isnull=True)
                | Q(authorised_by__isnull=False, authorised_at__isnull=False),
                name="version_authorised_has_who_and_when",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="authorised_unchanged",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__authorised_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.minutes}"


class Rendition(models.Model):
    """A file made once from a version; the bytes live in the outbox's enclosures."""

    version = models.ForeignKey(MinutesVersion, on_delete=models.PROTECT, related_name="renditions")
    kind = models.CharField(max_length=20, choices=RenditionKind.choices, default=RenditionKind.WHOLE)
    child = models.ForeignKey(
        Child,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of whom alone it is",
    )
    sha256 = models.CharField(
        max_length=64, blank=True, db_default="", help_text="Of what this copy holds of the record"
    )
    enclosure = models.ForeignKey(
        "outbox.Enclosure", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filename = models.CharField(max_length=120)
    rendered_at = models.DateTimeField(null=True, blank=True)
    failed_why = models.CharField(max_length=300, blank=True)
    accepted = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="What was let through in the family’s copy: what, where, and the reason",
    )

    objects = VersionBoundQuerySet.as_manager()

    class Meta:
        ordering = ["version", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "child"], name="rendition_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.version}"

    @property
    def cut(self) -> Cut:
        """What of the version this file holds."""
        return Cut(self.kind, self.child_id)
