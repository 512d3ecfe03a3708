"""Which local procedure is in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from protocols.models import LocalProtocol


class LocalProtocolQuerySet(models.QuerySet["LocalProtocol"]):
    """Versions of the authority's procedure."""

    def published(self) -> LocalProtocolQuerySet:
        """Versions that were published; a draft is in force for nobody."""
        return self.filter(published_at__isnull=False)

    def in_force(self, on: date) -> LocalProtocol | None:
        """The version that applies on a day; of two from the same day the one published later."""
        return (
            self.published()
            .filter(effective_from__lte=on)
            .order_by("-effective_from", "-published_at", "-pk")
            .first()
        )

    def past_review(self, on: date) -> LocalProtocolQuerySet:
        """Published versions whose review date has gone by (row C35)."""
        return self.published().filter(review_on__lt=on)
