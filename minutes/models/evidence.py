"""A file that shows that an action was done: as the files of agencies, in the database and nowhere else."""

from django.db import models
from django.db.models import Q

from attendees.enums import MAY_BE_OPENED, Scan
from attendees.models import KeptFile
from minutes.models.actions import Action
from minutes.querysets import ActionBoundQuerySet


class EvidenceFile(KeptFile):
    """The one file of a done action; it stays with the record, as what was done does."""

    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="evidence_file")

    objects = ActionBoundQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="evidence_waits_for_scan", condition=Q(scan=Scan.WAITING)),
        ]

    @property
    def may_be_opened(self) -> bool:
        """Whether readers are given it: not before the scanner has answered, where there is one."""
        return self.scan in MAY_BE_OPENED


class EvidenceContent(models.Model):
    """Its bytes, apart from its row so that lists never load them; none while a virus was found in them."""

    file = models.OneToOneField(EvidenceFile, on_delete=models.PROTECT, related_name="content")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"content of evidence {self.file_id}"
