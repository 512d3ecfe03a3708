"""An authority's local procedure as dated, versioned data; a published version never changes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q

from protocols.querysets import LocalProtocolQuerySet
from protocols.rules.reading import completed, read_protocol
from protocols.rules.settings import Protocol


class LocalProtocol(models.Model):
    """One version of a procedure. `data` is the whole document, inherited settings included."""

    slug = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    data = models.JSONField()
    effective_from = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by_ref = models.CharField(max_length=60, blank=True)

    objects = LocalProtocolQuerySet.as_manager()

    class Meta:
        ordering = ["-effective_from", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="protocol_version_once"),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by_ref="")
                | (Q(published_at__isnull=False) & ~Q(published_by_ref="")),
                name="protocol_published_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_unchanged",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @property
    def document(self) -> dict[str, Any]:
        """The whole document, also with settings that came after it was written."""
        return completed(self.data)

    @property
    def rules(self) -> Protocol:
        """The procedure, read and typed; the same document is read once."""
        return _read(json.dumps(self.document, default=str))


@lru_cache(maxsize=64)
def _read(document: str) -> Protocol:
    """A published document never changes, and typing it takes longer than a page’s statements."""
    return read_protocol(json.loads(document))
