"""Who took part and how, and who signed which text."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from attendees.enums import Mode, QuorumRole, SignatureMethod
from attendees.models.professionals import Professional
from attendees.querysets import AttendanceBoundQuerySet, DiscussionBoundQuerySet
from strategy.models import Discussion


class Attendance(models.Model):
    """A professional at a discussion, present or not; name, role and agency as they were that day (row
    G20)."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="attendance")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="attendance")
    name = models.CharField(max_length=120)
    job_role = models.CharField(max_length=120)
    agency_name = models.CharField(max_length=120)
    quorum_role = models.CharField(max_length=30, choices=QuorumRole.choices, blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices)
    can_decide = models.BooleanField(
        default=True, help_text="Senior enough to decide for their agency (row C14)"
    )
    deputy_for = models.CharField(max_length=120, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    away = ArrayField(
        ArrayField(models.DateTimeField(), size=2),
        default=list,
        blank=True,
        help_text="When they left and came back in between, the earliest first",
    )

    objects = DiscussionBoundQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "attendance"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["discussion", "professional"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(mode__in=["present", "remote", "phone"], arrived_at__isnull=False)
                | (~Q(mode__in=["present", "remote", "phone"]) & Q(arrived_at__isnull=True)),
                name="attendance_arrived_when_taking_part",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="attendance_left_after_arrived",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.job_role}, {self.agency_name}"

    @property
    def spans(self) -> list[tuple[datetime, datetime | None]]:
        """From when until when they were here: one more each time they came back; None until the end."""
        return list(self._spans())

    def _spans(self) -> Iterator[tuple[datetime, datetime | None]]:
        came = self.arrived_at
        if came is None:
            return
        for left, back in self.away:
            if left > came:
                yield came, left
            came = max(came, back)
        if self.left_at is None or self.left_at > came or came == self.arrived_at:
            yield came, self.left_at


class Signature(models.Model):
    """An attendee signed one exact text: `document` says which, `document_hash` which bytes."""

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="signatures")
    document = models.CharField(max_length=60, help_text="For instance action-log:12")
    document_hash = models.CharField(max_length=64)
    method = models.CharField(max_length=20, choices=SignatureMethod.choices)
    how = models.CharField(
        max_length=200, blank=True, help_text="When recorded for somebody: what they said, and how"
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AttendanceBoundQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attendance", "document"], name="signed_once"),
            models.CheckConstraint(
                condition=Q(method="own") | Q(witness__isnull=False),
                name="signature_for_another_has_a_witness",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance} signed {self.document}"
