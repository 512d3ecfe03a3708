"""Files that an agency sends with its information; and what every file that is kept has.

They are kept in the database, as the made minutes are: no folder that a web server could serve holds them,
one dump restores them, and a refused form leaves nothing behind.
"""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from attendees.enums import MAY_BE_OPENED, Marking, Scan
from attendees.models.invitations import InformationRequest
from attendees.querysets import InformationBoundQuerySet


class KeptFile(models.Model):
    """What is kept of every file beside its bytes: its name, kind and hash, and what the scanner said."""

    name = models.CharField(max_length=120, help_text="As readers see it, with the ending of its kind")
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=20, choices=Scan.choices)
    scanned_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()
    added_by_ref = models.CharField(max_length=60)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class InformationFile(KeptFile):
    """One file of an agency, looked into before it was kept; its address is a random name."""

    token = models.UUIDField(default=uuid4, unique=True, editable=False)
    information = models.ForeignKey(InformationRequest, on_delete=models.PROTECT, related_name="files")
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.NOT_FAMILY)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by_ref = models.CharField(max_length=60, blank=True)

    objects = InformationBoundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="file_waits_for_scan", condition=Q(scan=Scan.WAITING)),
        ]

    @property
    def subject(self) -> str:
        """The text by which the ledger points at this file."""
        return f"informationfile:{self.pk}"

    @property
    def may_be_kept(self) -> bool:
        """Whether it counts as something that the agency sent: not taken away, and no virus in it."""
        return self.removed_at is None and self.scan != Scan.INFECTED

    @property
    def may_be_opened(self) -> bool:
        """Whether readers are given it: not before the scanner has answered, where there is one."""
        return self.removed_at is None and self.scan in MAY_BE_OPENED


class FileContent(models.Model):
    """The bytes of one file, apart from its row so that lists never load them; gone when it is taken away."""

    file = models.OneToOneField(InformationFile, on_delete=models.PROTECT, related_name="content")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"content of file {self.file_id}"
