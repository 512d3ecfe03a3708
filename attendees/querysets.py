"""Invitations and what hangs on them are seen through their discussion's case."""

from typing import Any

from django.db import models
from django.db.models import Count, Q

from cases.querysets import CaseBoundQuerySet


class ProfessionalQuerySet(models.QuerySet[Any]):
    """The directory."""

    def search(self, words: str = "", agency: Any = None) -> "ProfessionalQuerySet":
        """Whose name, what they do, address or agency holds the words; letters like % mean themselves."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(name__icontains=word)
                | Q(job_role__icontains=word)
                | Q(email__icontains=word)
                | Q(agency__name__icontains=word)
            )
        return found if agency is None else found.filter(agency=agency)

    def twice(self) -> "ProfessionalQuerySet":
        """Entries in use that share their address with another, so that one of them may be a duplicate."""
        shared = self.filter(is_active=True).exclude(email="").order_by().values("email")
        doubled = shared.annotate(number=Count("pk")).filter(number__gt=1).values("email")
        return self.filter(is_active=True, email__in=doubled).order_by("email", "pk")


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a discussion."""

    case_path = "discussion__case"


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Rows that hang on a strategy request."""

    case_path = "request__case"


class InformationBoundQuerySet(CaseBoundQuerySet):
    """Passages of an agency's information."""

    case_path = "information__discussion__case"


class AttendanceBoundQuerySet(CaseBoundQuerySet):
    """Signatures hang on an attendance."""

    case_path = "attendance__discussion__case"


class LinkBoundQuerySet(CaseBoundQuerySet):
    """One-time codes hang on a link."""

    case_path = "link__discussion__case"
