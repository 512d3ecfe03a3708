"""Who sees which case, and how a child is found."""

from cases.querysets.access import AccessQuerySet, CaseQuerySet
from cases.querysets.asked import Asked
from cases.querysets.people import (
    CaseBoundQuerySet,
    ChildManager,
    ChildQuerySet,
    FamilyManager,
    FamilyQuerySet,
    TieQuerySet,
)

__all__ = [
    "AccessQuerySet",
    "Asked",
    "CaseBoundQuerySet",
    "CaseQuerySet",
    "ChildManager",
    "ChildQuerySet",
    "FamilyManager",
    "FamilyQuerySet",
    "TieQuerySet",
]
