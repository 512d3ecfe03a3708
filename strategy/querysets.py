"""Which rows of a request, discussion or decision a person may see: those of their cases."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Now

from cases.querysets import CaseBoundQuerySet
from referrals.enums import CircumstanceKind
from strategy.enums import DiscussionStatus, PowerEnd, Status


class PlaceQuerySet(models.QuerySet[Any]):
    """Rooms, lines and links."""

    def with_hours(self) -> "PlaceQuerySet":
        """With the weekdays on which each keeps other hours, in the same statement."""
        hours = apps.get_model("strategy", "PlaceHours")._default_manager.filter(place=OuterRef("pk"))
        names = ("weekday", "is_closed", "opens_at", "closes_at")
        return self.annotate(
            kept_hours=ArraySubquery(hours.values(row=JSONObject(**{name: name for name in names})))
        )


class BlockQuerySet(models.QuerySet[Any]):
    """Times in which places are out of use."""

    def ahead(self, at: datetime) -> "BlockQuerySet":
        """Those that hold now or later and were not lifted."""
        found: BlockQuerySet = self.filter(lifted_at=None, during__endswith__gt=at)
        return found


class RequestQuerySet(CaseBoundQuerySet):
    """Strategy requests."""

    def for_page(self) -> "RequestQuerySet":
        """With what every page of a request shows.

        A night's hand-over comes in the same statement. `has_word` says whether a manager's word was written
        down, `at_risk` whether the risk is immediate, `has_earlier` whether the case has a request that was
        submitted before, `returned_for` why it was returned last, section by section, `is_confirmed` whether
        the requester's confirming call is logged, `requester_teams` in which teams they are, and
        `open_enquiries` which section 47 enquiries are open for its children.
        """
        circumstances = apps.get_model("referrals", "Circumstance")._default_manager
        at_risk = circumstances.filter(referral=OuterRef("referral"), kind=CircumstanceKind.IMMEDIATE_RISK)
        joined = self.select_related(
            "case__team__manager", "referral__referrer_agency", "requester", "on_behalf_of", "carried_by",
            "protocol", "night__by", "night__taken_over_by", "authorisation__by",
            "authorisation__acting_for", "not_needed",
        )  # fmt: skip
        words = apps.get_model("strategy", "VerbalAuthorisation")._default_manager.filter(
            request=OuterRef("pk")
        )
        others = apps.get_model("strategy", "StrategyRequest")._default_manager.exclude(pk=OuterRef("pk"))
        earlier = others.filter(case=OuterRef("case"), submitted_at__isnull=False)
        calls = apps.get_model("strategy", "ReceiptCall")._default_manager
        returns = apps.get_model("strategy", "Return")._default_manager.filter(request=OuterRef("pk"))
        shown: RequestQuerySet = joined.annotate(
            at_risk=Exists(at_risk),
            has_earlier=Exists(earlier),
            has_word=Exists(words),
            returned_for=Subquery(returns.order_by("-at", "-pk").values("reasons")[:1]),
            is_confirmed=Exists(calls.filter(request=OuterRef("pk"))),
            requester_teams=ArraySubquery(
                apps.get_model("accounts", "Team")
                ._default_manager.filter(members=OuterRef("requester"))
                .order_by("name")
                .values("name")
            ),
            open_enquiries=ArraySubquery(_open_enquiries()),
        )
        return shown

    def unconfirmed(self, at: datetime | Now) -> "RequestQuerySet":
        """Authorised, not begun, and whoever asked has not telephoned yet, as far as is logged (row W21)."""
        discussions = apps.get_model("strategy", "Discussion")._default_manager.exclude(
            status=DiscussionStatus.CANCELLED
        )
        begun = discussions.filter(
            Q(started_at__isnull=False) | Q(planned_start__lte=at), request=OuterRef("pk")
        )
        found: RequestQuerySet = self.filter(
            ~Exists(begun), status__in=(Status.AUTHORISED, Status.BOOKED), receipt_calls__isnull=True
        )
        return found

    def asked_by(self, person: Any) -> "RequestQuerySet":
        """Those whose asking is this person's own, or was handed over to them."""
        found: RequestQuerySet = self.filter(
            Q(carried_by=person) | Q(carried_by=None) & (Q(requester=person) | Q(on_behalf_of=person))
        )
        return found


def _open_enquiries() -> models.QuerySet[Any]:
    """The section 47 enquiries open for a request's children, each with the request that began it."""
    enquiries = apps.get_model("strategy", "Enquiry")._default_manager
    found = enquiries.filter(child__requests=OuterRef("pk"), closed_at__isnull=True).order_by(
        "started_at", "pk"
    )
    row = JSONObject(pk="pk", child="child_id", since="started_at", begun_by="discussion__request_id")
    return found.order_by("started_at", "pk").values_list(row)


class RequestBoundQuerySet(CaseBoundQuerySet):
    """Stage rows hang on their request's case."""

    case_path = "request__case"


class DiscussionBoundQuerySet(CaseBoundQuerySet):
    """Bookings and decisions hang on their discussion's case."""

    case_path = "discussion__case"


class BookingQuerySet(DiscussionBoundQuerySet):
    """Bookings of a place, a chair and a minute-taker."""

    def with_block(self) -> "BookingQuerySet":
        """With `out_of_use`, why the place cannot be used then, in the same statement."""
        blocks = apps.get_model("strategy", "PlaceBlock")._default_manager.filter(
            place=OuterRef("place"), lifted_at=None, during__overlap=OuterRef("during")
        )
        found: BookingQuerySet = self.annotate(out_of_use=Subquery(blocks.values("reason")[:1]))
        return found


class ChildBoundQuerySet(CaseBoundQuerySet):
    """Enquiries and sightings hang on their child's case."""

    case_path = "child__case"


class EnquiryQuerySet(ChildBoundQuerySet):
    """Section 47 enquiries."""

    def with_delay(self) -> "EnquiryQuerySet":
        """With `delayed_to` and `delayed_why` of the delay agreed last for the conference, or None."""
        delays = apps.get_model("strategy", "ConferenceDelay")._default_manager
        last = delays.filter(enquiry=OuterRef("pk")).order_by("-pk")
        found: EnquiryQuerySet = self.annotate(
            delayed_to=Subquery(last.values("planned_on")[:1]), delayed_why=Subquery(last.values("why")[:1])
        )
        return found


class EnquiryBoundQuerySet(CaseBoundQuerySet):
    """What is agreed about an enquiry hangs on its child's case."""

    case_path = "enquiry__child__case"


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
