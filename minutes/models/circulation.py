"""To circulate is to send the authorised minutes; proof is kept per recipient."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from attendees.models import Professional
from minutes.enums import LawfulBasis, RecipientStatus, Way
from minutes.models.versions import MinutesVersion, Rendition
from minutes.querysets import (
    CirculationQuerySet,
    HandingQuerySet,
    RecipientQuerySet,
    SupplementQuerySet,
    VersionBoundQuerySet,
)


class Circulation(models.Model):
    """One sending of one version, by the business support team that the protocol routes to (row B15)."""

    version = models.OneToOneField(MinutesVersion, on_delete=models.PROTECT, related_name="circulation")
    routed_to = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    last_dispatched_at = models.DateTimeField(null=True, blank=True)
    accepted = models.JSONField(
        default=list, blank=True, help_text="Safe-release findings let through: what, where, and the reason"
    )
    lawful_basis = models.CharField(
        max_length=20,
        choices=LawfulBasis.choices,
        default=LawfulBasis.PUBLIC_TASK,
        db_default=LawfulBasis.PUBLIC_TASK,
        help_text="Why it may be shared without consent",
    )
    left_out = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        help_text="Who of the list got no copy: number, name, agency, and the reason",
    )

    objects = CirculationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Circulation of {self.version}"


class Recipient(models.Model):
    """One person's copy: how it went, when it was opened, fetched and acknowledged."""

    circulation = models.ForeignKey(Circulation, on_delete=models.PROTECT, related_name="recipients")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="copies")
    way = models.CharField(max_length=20, choices=Way.choices)
    rendition = models.ForeignKey(
        Rendition, on_delete=models.PROTECT, related_name="copies", help_text="Which copy of the version"
    )
    why = models.CharField(max_length=200, blank=True, help_text="Why this way: domain on the list, or not")
    status = models.CharField(max_length=20, choices=RecipientStatus.choices, default=RecipientStatus.QUEUED)
    letter = models.ForeignKey(
        "outbox.Letter", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dispatched_at = models.DateTimeField(null=True, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_how = models.CharField(
        max_length=200, blank=True, help_text="Where and how the copy was handed over"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_how = models.CharField(
        max_length=200, blank=True, db_default="", help_text="How it was told to somebody who wrote it down"
    )
    acknowledged_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["circulation", "professional"], name="one_copy_each"),
            models.CheckConstraint(
                condition=~Q(status=RecipientStatus.HANDED)
                | Q(handed_by__isnull=False, dispatched_at__isnull=False),
                name="handed_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_reason__gt=""),
                name="revoked_has_who_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_to__isnull=True, acknowledged_how="")
                | Q(acknowledged_to__isnull=False, acknowledged_how__gt="", acknowledged_at__isnull=False),
                name="acknowledged_told_has_how_and_to_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional}: {self.get_status_display()}"


class FamilyHanding(models.Model):
    """The family's copy was given to somebody of the family, as the chair decided (row C25)."""

    rendition = models.ForeignKey(Rendition, on_delete=models.PROTECT, related_name="handings")
    handed_to = models.CharField(max_length=120)
    how = models.CharField(max_length=200, help_text="Where and how the copy was handed over")
    handed_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HandingQuerySet.as_manager()

    class Meta:
        ordering = ["handed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.rendition} for {self.handed_to}"


class Filing(models.Model):
    """The version is in the authority's case system, under this reference (rows W27, X16)."""

    version = models.OneToOneField(MinutesVersion, on_delete=models.PROTECT, related_name="filing")
    system = models.CharField(max_length=60)
    reference = models.CharField(max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Nobody: the case system answered with its reference itself",
    )
    at = models.DateTimeField()
    signatures = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many signatures of the action log what was filed holds"
    )

    objects = VersionBoundQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.system} {self.reference}"


class Supplement(models.Model):
    """The version was filed again, with signatures that came in after its filing (row W27)."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="supplements")
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    signatures = models.PositiveIntegerField(help_text="How many signatures this supplement holds")

    objects = SupplementQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="supplement_number_once")]

    def __str__(self) -> str:
        return f"{self.filing.system} {self.reference}"
