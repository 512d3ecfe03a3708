"""Carrying an authorised version to the authority's case system: what is on its way, and where it stands."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from minutes.enums import DeliveryStatus
from minutes.models.versions import MinutesVersion
from minutes.querysets import DeliveryQuerySet


class Delivery(models.Model):
    """One version's way to the case system (rows W27, X16). Carried by a task; nothing is dropped.

    A supplement carries the version again with the signatures that came in since, under a key of its own.
    """

    version = models.ForeignKey(MinutesVersion, on_delete=models.PROTECT, related_name="deliveries")
    supplement = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="0: the version itself; else which supplement to its filing"
    )
    key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="The same on every try: files it once")
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING)
    asked_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    signatures = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many signatures what was delivered holds"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "supplement"], name="delivered_once_each"),
            models.CheckConstraint(
                condition=Q(status=DeliveryStatus.DELIVERED, delivered_at__isnull=False)
                | (~Q(status=DeliveryStatus.DELIVERED) & Q(delivered_at__isnull=True)),
                name="delivered_has_when",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, lease_until__isnull=True)
                | Q(claim__isnull=False, lease_until__isnull=False),
                name="delivery_claim_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.version}"

    def is_under_way(self, now: datetime) -> bool:
        """Whether a worker is carrying it at this moment."""
        return self.lease_until is not None and self.lease_until > now
