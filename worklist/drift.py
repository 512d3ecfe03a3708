"""Children who are left: discussed, or with a sibling who was, and nothing that moves them on (row G03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, Least

from accounts.roles import Permission
from cases.enums import CaseStatus
from cases.models import Case, Child
from deadlines.enums import Duty
from deadlines.models import Deadline
from deadlines.working_days import local_date
from govuk.moments import short_date
from minutes.enums import ActionStatus
from minutes.models import Action
from strategy.enums import DiscussionStatus, Outcome
from strategy.models import Decision, Discussion, Enquiry

if TYPE_CHECKING:
    from accounts.models import User

AGEING = timedelta(days=7)  # so long past its due moment an action is more than late: nobody moves it
NO_STEP_NEEDED = (Outcome.NONE, Outcome.CONTINUE, Outcome.DEFERRED)
NEXT = ("meets_at", "action_due", "conference_by", "assessed_by")
MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One child of a family as the page compares them; `why` is empty for one who is not left."""

    name: str
    decided: str
    next_step: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A case with a child who is left, and all its children."""

    case: Case
    rows: tuple[Row, ...]


def families_left(user: "User", now: datetime) -> list[Family]:
    """The families in which a child is left, the longest left first, each with all its children.

    Of the teams that this person manages; of the whole service for who oversees it. Two statements.
    """
    left = list(dict.fromkeys(children_left(user, now).values_list("case", flat=True)))
    by_case: dict[int, list[Any]] = {}
    told = _told(Child.objects.filter(case__in=left)).select_related("case__team")
    for child in told.order_by("date_of_birth", "pk"):
        by_case.setdefault(child.case_id, []).append(child)
    return [
        Family(by_case[number][0].case, tuple(_row(child, by_case[number], now) for child in by_case[number]))
        for number in left
    ]


def children_left(user: "User", now: datetime) -> "QuerySet[Any]":
    """Which children are left, the longest first, of the cases this person may see."""
    since = Least("held", "family_held", "action_due", Cast("deferred_to", DateTimeField()))
    return left_of(user, now).annotate(since=since).order_by("since", "pk")[:MOST]


def left_of(user: "User", now: datetime) -> "QuerySet[Any]":
    """The same in no order, to be counted."""
    mine = Case.objects.visible_to(user).exclude(status=CaseStatus.CLOSED)
    if not user.may(Permission.OVERSEE):
        mine = mine.filter(team__manager=user)
    discussed = mine.filter(Exists(_held().filter(case=OuterRef("pk"))))
    return _told(Child.objects.filter(case__in=discussed)).filter(_is_left(now))


def reasons(child: Any, siblings: list[Any], now: datetime) -> Iterator[str]:
    """Why a child, annotated as by `children_left`, is left; nothing for one who is not."""
    if child.outcome is None and child.held is not None:
        yield f"Discussed on {short_date(child.held)}, and nothing decided"
    elif child.outcome is None and child.meets_at is None:
        others = [one.name for one in siblings if one.held is not None and one.pk != child.pk]
        yield f"Not discussed, as {' and '.join(others)} on {short_date(child.family_held)}"
    elif child.outcome == Outcome.DEFERRED and child.deferred_to < local_date(now):
        yield f"Was to be decided by {short_date(child.deferred_to)}"
    elif child.outcome not in (None, *NO_STEP_NEEDED) and not any(getattr(child, name) for name in NEXT):
        yield f"No next step since {short_date(child.decided_at)}"
    if child.action_due is not None and child.action_due < now - AGEING:
        yield f"An action was due on {short_date(child.action_due)}: {child.action}"
    if child.is_blocked:
        yield "An action is blocked"


def _is_left(now: datetime) -> Q:
    """The same in SQL."""
    idle = Q(outcome__isnull=False, **dict.fromkeys(NEXT)) & ~Q(outcome__in=NO_STEP_NEEDED)
    return (
        Q(outcome=None, held__isnull=False)
        | Q(outcome=None, meets_at=None)
        | Q(outcome=Outcome.DEFERRED, deferred_to__lt=local_date(now))
        | idle
        | Q(action_due__lt=now - AGEING)
        | Q(is_blocked=True)
    )


def _told(children: "QuerySet[Any]") -> "QuerySet[Any]":
    """Each child with the last decision, and what comes next."""
    decision = (
        Decision.objects.filter(child=OuterRef("pk"))
        .annotate(stands=Coalesce("later__outcome", "outcome"), stood_at=Coalesce("later__at", "at"))
        .order_by("-at", "-pk")
    )
    to_do = Action.objects.filter(
        Q(child=OuterRef("pk")) | Q(child=None),
        minutes__discussion__case=OuterRef("case"),
        status__in=(ActionStatus.OPEN, ActionStatus.BLOCKED),
    ).annotate(by=Coalesce("extended_to", "due_at"))
    to_do = to_do.order_by("by", "number")
    clocks = Deadline.objects.running().filter(case=OuterRef("case")).order_by("due_at")
    to_come = Discussion.objects.filter(
        request__children=OuterRef("pk"), status__in=(DiscussionStatus.PLANNED, DiscussionStatus.STARTED)
    ).order_by("planned_start")
    enquiry = Concat(Value("enquiry:"), Cast(OuterRef("enquiry"), CharField()))
    return children.filter(merged_into=None).annotate(
        held=_first(_held().filter(request__children=OuterRef("pk")), "ended_at"),
        family_held=_first(_held().filter(case=OuterRef("case")), "ended_at"),
        outcome=_first(decision, "stands"),
        decided_at=_first(decision, "stood_at"),
        deferred_to=_first(decision, "deferred_to"),
        action=_first(to_do, "text"),
        action_due=_first(to_do, "by"),
        is_blocked=Exists(to_do.filter(status=ActionStatus.BLOCKED)),
        meets_at=_first(to_come, "planned_start"),
        assessed_by=_first(clocks.filter(duty=Duty.ASSESSMENT), "due_at"),
        enquiry=_first(Enquiry.objects.filter(child=OuterRef("pk"), closed_at=None), "pk"),
        conference_by=_first(clocks.filter(duty=Duty.ICPC, subject=enquiry), "due_at"),
    )


def _held() -> "QuerySet[Any]":
    return Discussion.objects.filter(status=DiscussionStatus.ENDED).order_by("ended_at")


def _first(rows: "QuerySet[Any]", name: str) -> Subquery:
    return Subquery(rows.values(name)[:1])


def _row(child: Any, siblings: list[Any], now: datetime) -> Row:
    decided = f"{Outcome(child.outcome).label}, {short_date(child.decided_at)}" if child.outcome else ""
    return Row(child.name, decided, _next_step(child, now), tuple(reasons(child, siblings, now)))


def _next_step(child: Any, now: datetime) -> str:
    """What comes first, with its day, and that the day is past: then nobody moves it."""
    steps = [
        (child.meets_at, "Discussion on"),
        (child.action_due, f"{child.action}, by"),
        (child.conference_by, "Child protection conference by"),
        (child.assessed_by, "Assessment by"),
    ]
    told = sorted((at, words) for at, words in steps if at is not None)
    if not told:
        return ""
    at, words = told[0]
    return f"{words} {short_date(at)}{', overdue' if at < now else ''}"
