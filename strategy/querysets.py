"""Which rows of a request, discussion or decision a person may see: those of their cases."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from cases.querysets import CaseBoundQuerySet
from referrals.enums import CircumstanceKind
from strategy.enums import PowerEnd


class PlaceQuerySet(models.QuerySet[Any]):
    """Rooms, lines and links."""

    def with_hours(self) -> "PlaceQuerySet":
        """With the weekdays on which each keeps other hours, in the same statement."""
        hours = apps.get_model("strategy", "PlaceHours")._default_manager.filter(place=OuterRef("pk"))
        names = ("weekday", "is_closed", "opens_at", "closes_at")
        return self.annotate(
            kept_hours=ArraySubquery(hours.values(row=JSONObject(**{name: name for name in names})))
        )


class RequestQuerySet(CaseBoundQuerySet):
    """Strategy requests."""

    def for_page(self) -> "RequestQuerySet":
        """With what every page of a request shows; `at_risk` says whether the risk is immediate."""
        circumstances = apps.get_model("referrals", "Circumstance")._default_manager
        at_risk = circumstances.filter(referral=OuterRef("referral"), kind=CircumstanceKind.IMMEDIATE_RISK)
        joined = self.select_related(
            "case__team__manager", "referral", "requester", "on_behalf_of", "protocol"
        )
        shown: RequestQuerySet = joined.annotate(at_risk=Exists(at_risk))
        return shown


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Stage rows hang on their request's case."""

    case_path = "request__case"


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Bookings and decisions hang on their discussion's case."""

    case_path = "discussion__case"


class ChildBoundQuerySet(CaseBoundQuerySet):
    """Enquiries and sightings hang on their child's case."""

    case_path = "child__case"


class ReferralBoundQuerySet(CaseBoundQuerySet):
    """Assessments hang on their referral's case."""

    case_path = "referral__case"


class PowerQuerySet(ChildBoundQuerySet):
    """Emergency powers."""

    def in_force(self, at: datetime) -> "PowerQuerySet":
        """Powers that had begun and neither ended nor run out."""
        found: PowerQuerySet = self.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=at), started_at__lte=at, expires_at__gt=at
        ).exclude(ended_how=PowerEnd.MISTAKE)
        return found


class LaterDecisionQuerySet(CaseBoundQuerySet):
    """Later decisions hang on their discussion's case."""

    case_path = "decision__discussion__case"
