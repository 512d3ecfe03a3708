"""The directory of professionals by agency, and whom a request wants in the room."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from attendees.enums import AgreedWay, Channel, QuorumRole
from attendees.querysets import ProfessionalQuerySet, RequestBoundQuerySet
from strategy.models import StrategyRequest


class Professional(models.Model):
    """Somebody who may be invited: staff with an account, or a partner with an address and a number."""

    name = models.CharField(max_length=120)
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="professionals")
    job_role = models.CharField(max_length=120)
    quorum_role = models.CharField(max_length=30, choices=QuorumRole.choices, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, default=Channel.LINK)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="professional"
    )
    is_duty_contact = models.BooleanField(
        default=False, help_text="Whom to ring at the agency when nobody is named"
    )
    is_shared = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A mailbox that several people read: one of them takes over what comes to it",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        help_text="A duplicate of",
    )
    is_active = models.BooleanField(default=True)

    objects = ProfessionalQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="merged_professional_is_closed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.job_role}, {self.agency}"

    def get_full_name(self) -> str:
        """Return the name as the ledger and letters show it."""
        return self.name


class WantedProfessional(models.Model):
    """A professional whom the requester wants in the discussion, with contact details (row W18)."""

    request = models.ForeignKey(StrategyRequest, on_delete=models.PROTECT, related_name="wanted")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="wanted_for")
    quorum_role = models.CharField(max_length=30, choices=QuorumRole.choices, blank=True)
    is_referrer = models.BooleanField(default=False)
    agreed_way = models.CharField(
        max_length=20,
        choices=AgreedWay.choices,
        blank=True,
        db_default="",
        help_text="How they agreed to be reached",
    )
    not_invited_reason = models.CharField(
        max_length=300, blank=True, help_text="Known to the family but not to be invited, and why (row G01)"
    )

    objects = RequestBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["request", "professional"], name="wanted_once")]

    def __str__(self) -> str:
        return str(self.professional)
