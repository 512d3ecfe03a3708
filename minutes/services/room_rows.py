"""What one statement brings with the record of the room: actions, clocks, names, family and views."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Value, When
from django.db.models.functions import Concat, JSONObject, Trim

from cases.models import Child, FamilyMember
from deadlines.models import Deadline
from minutes.enums import ActionStatus
from minutes.models import Action, Dissent

CLOCKS = (
    "convene",
    "immediate_protection_decision",
    "child_seen",
    "follow_up_meeting",
    "circulate_minutes",
    "icpc",
    "police_protection",
    "emergency_protection_order",
    "child_undecided",
)


def listed() -> ArraySubquery:
    """Actions that stand, in their order."""
    standing = Action.objects.filter(minutes=OuterRef("pk")).exclude(status=ActionStatus.STRUCK)
    told = JSONObject(number="number", text="text", owner="owner__name", due_at="due_at")
    return ArraySubquery(standing.order_by("number").values(json=told))


def names() -> ArraySubquery:
    """As `Child.name` says them."""
    asked = Child.objects.filter(requests=OuterRef("discussion__request"))
    name = Trim(Concat("given_names", Value(" "), "family_name"))
    named = Case(
        When(is_unborn=True, given_names="", then=Concat(Value("Unborn baby "), "family_name")), default=name
    )
    return ArraySubquery(asked.annotate(said=named).values("said"))


def relatives() -> ArraySubquery:
    """The family, with whom the children live and where: who is still to be seen, and which home visited."""
    told = (
        "id", "name", "relationship", "has_parental_responsibility", "in_household", "address", "postcode",
        "address_confidential",
    )  # fmt: skip
    family = FamilyMember.objects.filter(case=OuterRef("discussion__case")).order_by("pk")
    return ArraySubquery(family.values(json=JSONObject(**{name: name for name in told})))


def differing() -> ArraySubquery:
    """Views that differ, in the order in which they were said."""
    told = ("id", "attendance_id", "child_id", "view", "settled", "resolution")
    views = Dissent.objects.filter(minutes=OuterRef("pk")).order_by("pk")
    return ArraySubquery(views.values(json=JSONObject(**{name: name for name in told})))


def running() -> ArraySubquery:
    """The clocks that the room watches, the most urgent first."""
    clocks = Deadline.objects.running().filter(case=OuterRef("discussion__case"), duty__in=CLOCKS)
    told = JSONObject(duty="duty", due_at="due_at", gate="gate")
    return ArraySubquery(clocks.most_urgent_first().values(json=told)[:8])
