"""What the sheet is made of, read in three statements whatever the size of the family."""

from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce, JSONObject, Now

from cases.models import Child, FamilyMember, Tie
from cases.rules import Kept, kept_places
from referrals.models import Concern
from strategy.models import ChildChange, Decision, Discussion, StrategyRequest


def load(wanted: StrategyRequest) -> None:
    """Read what the sheet and the rules of asking need, once for an instance: three statements."""
    load_children(wanted)
    who = JSONObject(child="child_id", relationship="relationship", responsible="has_parental_responsibility")
    ties = Tie.objects.filter(member=OuterRef("pk")).order_by("pk").values_list(who)
    family = FamilyMember.objects.annotate(told=ArraySubquery(ties))
    prefetch_related_objects(
        [wanted], Prefetch("case__family", queryset=family, to_attr="family_told"), "referral__circumstances"
    )


def load_children(wanted: StrategyRequest) -> None:
    """Every child of the case: asked about or not, what is feared, what was decided before; one statement."""
    feared = Concern.objects.filter(child=OuterRef("pk"), referral=wanted.referral_id).values("abuse_type")
    asked = StrategyRequest.children.through.objects.filter(strategyrequest=wanted.pk, child=OuterRef("pk"))
    changed = ChildChange.objects.filter(request=wanted.pk, child=OuterRef("pk")).order_by("pk")
    change = JSONObject(joined="joined", at="at", by="by__name", reason="reason")
    hiding = FamilyMember.objects.filter(case=OuterRef("case"), address_confidential=True).order_by("pk")
    place = JSONObject(address="address", postcode="postcode", in_household="in_household")
    children = Child.objects.annotate(
        feared=ArraySubquery(feared),
        is_asked=Exists(asked),
        decided=ArraySubquery(_decided(wanted)),
        changes=ArraySubquery(changed.values_list(change)),
        hiding=ArraySubquery(hiding.values_list(place)),
    )
    prefetch_related_objects([wanted], Prefetch("case__children", queryset=children, to_attr="children_told"))


def children_in(wanted: StrategyRequest) -> list[Any]:
    """Those whom a loaded request is about."""
    return [child for child in children_of_case(wanted) if child.is_asked]


def children_of_case(wanted: StrategyRequest) -> list[Any]:
    """Every child of a loaded request's case, the oldest first."""
    case: Any = wanted.case
    return list(case.children_told)


def kept_of_case(wanted: StrategyRequest) -> Kept:
    """Where a loaded request's family keeps confidential that somebody lives; the children alone are read."""
    children = children_of_case(wanted)
    adults = [
        SimpleNamespace(**one, address_confidential=True) for child in children[:1] for one in child.hiding
    ]
    return kept_places(children, adults)


def family_of_case(wanted: StrategyRequest) -> list[Any]:
    """Everybody of a loaded request's family and household, with who they are to each child."""
    case: Any = wanted.case
    return list(case.family_told)


def _decided(wanted: StrategyRequest) -> "QuerySet[Any]":
    """What earlier discussions decided for a child: those that began before this request's own."""
    own = Discussion.objects.filter(request=wanted.pk, started_at__isnull=False).order_by("started_at")
    made = Decision.objects.filter(
        child=OuterRef("pk"),
        discussion__ended_at__isnull=False,
        discussion__started_at__lt=Coalesce(Subquery(own.values("started_at")[:1]), Now()),
    ).exclude(discussion__request=wanted.pk)
    row = JSONObject(
        number="discussion__number",
        began="discussion__started_at",
        format="discussion__format",
        outcome="outcome",
        plan="plan",
        until="deferred_to",
        later="later__outcome",
    )
    return made.order_by("discussion__number").values_list(row)
