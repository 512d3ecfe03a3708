"""Everything that waits for one person: what a leaver or somebody away must not take with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Team, User
from accounts.roles import Permission
from attendees.models import Invitation
from cases.enums import CaseStatus
from cases.models import Case
from deadlines.duties import duty_name
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations.models import Stage
from minutes.enums import ActionStatus
from minutes.models import Action
from minutes.services.turns import CHECK_RECORD
from strategy.clocks import AUTHORISE_REQUEST
from strategy.enums import DiscussionStatus, Status
from strategy.models import Booking, Enquiry, StrategyRequest
from strategy.services import CONFIRM, COUNTERSIGN, UNAUTHORISED
from worklist.enums import Kind

LIVE = [Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.AUTHORISED, Status.BOOKED]
TO_COME = [DiscussionStatus.PLANNED, DiscussionStatus.STARTED]
A_MANAGERS = {
    str(AUTHORISE_REQUEST),
    str(CHECK_RECORD),
    str(CONFIRM),
    str(COUNTERSIGN),
    str(UNAUTHORISED),
    str(Duty.IMMEDIATE_PROTECTION_DECISION),
}
A_MANAGERS_VERB = ("Authorise", "Decide", "Hold the discussion", "Check and auth", "Correct and auth")
LAST = datetime.max.replace(tzinfo=UTC)
WORDS = {
    "case": (Kind.WORK, "Allocated worker"),
    "request": (Kind.WORK, "Request: {}"),
    "enquiry": (Kind.WORK, "Leads a section 47 enquiry"),
    "action": (Kind.WORK, "Action {}"),
    "stage": (Kind.WORK, "Rung {} of an escalation"),
    "invitation": (Kind.WORK, "Invited to a discussion"),
    "chair": (Kind.CHAIRS, "Chairs a discussion"),
    "minutes": (Kind.MINUTES, "Takes the minutes"),
    "team": (Kind.TEAMS, "Manages {}"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing held, in words that name no child: what, of which case, by when."""

    kind: Kind
    what: str
    reference: str = ""
    due_at: datetime | None = None
    sort: str = ""
    duty: str = ""

    @property
    def about(self) -> str:
        """What a clock is for, since a verb such as “Decide” does not say it; "" for anything else."""
        return duty_name(self.duty).title if self.sort == "clock" else ""


class Holdings:
    """All that one person holds, each a queryset; nothing is asked of the database before it is needed."""

    def __init__(self, person: User) -> None:
        booked = Booking.objects.filter(cancelled_at=None, discussion__status__in=TO_COME)
        booked = booked.select_related("discussion__case", "discussion__request__protocol")
        mine = Q(carried_by=person) | Q(carried_by=None, requester=person)
        busy = booked.filter(Q(chair=person) | Q(minute_taker=person)).order_by()
        asked = Invitation.objects.filter(professional__user=person, withdrawn_at=None)
        asked = asked.filter(discussion__status=DiscussionStatus.PLANNED).select_related("discussion__case")
        self.person = person
        self.clocks = Deadline.objects.running().filter(owner=person).select_related("case")
        self.cases = Case.objects.filter(allocated_worker=person, status=CaseStatus.OPEN)
        self.requests = StrategyRequest.objects.filter(mine, status__in=LIVE).select_related("case")
        self.enquiries = Enquiry.objects.filter(lead=person, closed_at=None)
        self.enquiries = self.enquiries.select_related("child__case")
        self.actions = Action.objects.filter(
            owner__user=person, status__in=[ActionStatus.OPEN, ActionStatus.BLOCKED]
        ).select_related("minutes__discussion__case")
        clock = Deadline.objects.running().filter(
            subject=Concat(Value("action:"), OuterRef("pk"), output_field=CharField())
        )
        self.unclocked = self.actions.exclude(Exists(clock.filter(owner=person)))
        self.stages = Stage.objects.filter(owner=person, ended_at=None).select_related("escalation__case")
        self.chairs = booked.filter(chair=person)
        self.minutes = booked.filter(minute_taker=person)
        self.teams = Team.objects.filter(manager=person)
        self.invitations = asked
        self.guest = asked.exclude(discussion__in=busy.values("discussion"))

    def read(self) -> "Holdings":
        """Read all of it now, so that what is moved afterwards is still told as it was held."""
        for rows in vars(self).values():
            if isinstance(rows, QuerySet):
                list(rows)
        return self

    def items(self) -> list[Item]:
        """Each thing, the soonest first: one statement, whatever they hold."""
        due, meeting = "due_at", "discussion__planned_start"
        rows = [
            _rows(self.clocks, "clock", "case__reference", F("verb"), due, F("duty")),
            _rows(self.cases, "case", "reference"),
            _rows(self.requests, "request", "case__reference", F("status")),
            _rows(self.enquiries, "enquiry", "child__case__reference"),
            _rows(self.unclocked, "action", "minutes__discussion__case__reference", F("number"), due),
            _rows(self.stages, "stage", "escalation__case__reference", F("number")),
            _rows(self.chairs, "chair", "discussion__case__reference", None, meeting),
            _rows(self.minutes, "minutes", "discussion__case__reference", None, meeting),
            _rows(self.teams, "team", None, F("name")),
            _rows(self.guest, "invitation", "discussion__case__reference", None, meeting),
        ]
        found = [_item(*row) for row in rows[0].union(*rows[1:], all=True)]
        return sorted(
            found, key=lambda one: (one.due_at is None, one.due_at or LAST, one.reference, one.what)
        )

    def cases_of(self, kind: Kind) -> dict[int, Case]:
        """The cases that whoever takes this kind over must be able to see."""
        found = [clock.case for clock in self.clocks if kind_of(clock.duty, clock.verb) == kind]
        if kind == Kind.WORK:
            found += [*self.cases, *[one.case for one in self.requests]]
            found += [one.child.case for one in self.enquiries]
            found += [one.minutes.discussion.case for one in self.actions]
            found += [one.discussion.case for one in self.guest]
            found += [one.escalation.case for one in self.stages]
        booked = {Kind.CHAIRS: self.chairs, Kind.MINUTES: self.minutes}.get(kind, ())
        return {case.pk: case for case in [*found, *[one.discussion.case for one in booked]]}


def kinds_of(items: Iterable[Item]) -> list[Kind]:
    """What must be taken over, in the order of the form."""
    held = {item.kind for item in items}
    return [kind for kind in Kind if kind in held]


def kind_of(duty: str, verb: str) -> Kind:
    """Who can take a clock over: a manager, whoever minutes, or whoever works with the family."""
    if duty in A_MANAGERS or verb.startswith(A_MANAGERS_VERB):
        return Kind.CHAIRS
    return Kind.MINUTES if duty == Duty.CIRCULATE_MINUTES else Kind.WORK


def colleagues_of(person: User) -> list[User]:
    """Everybody who may take something over from this person at all: one statement."""
    there = User.objects.filter(is_active=True).exclude(pk=person.pk).select_related("agency")
    there = there.exclude(roles__overlap=["administrator", "inspector"])
    return list(
        there.filter(Q(agency__is_authority=True) | Q(agency=person.agency_id)).order_by("name", "pk")
    )


def who_may_take(kind: Kind, person: User, items: Iterable[Item], colleagues: Iterable[User]) -> list[User]:
    """Which of the colleagues have the powers that this kind of thing needs."""
    held = [item for item in items if item.kind == kind]
    if kind == Kind.MINUTES:
        return [one for one in colleagues if one.may(Permission.MINUTE)]
    if kind == Kind.TEAMS:
        managers = [one for one in colleagues if one.may(Permission.AUTHORISE_REQUEST)]
        return [one for one in managers if one.agency_id == person.agency_id]
    if kind == Kind.CHAIRS:
        decides = any(item.sort == "clock" and item.duty != CHECK_RECORD for item in held)
        needed = Permission.AUTHORISE_REQUEST if decides else Permission.CHAIR
        return [one for one in colleagues if one.may(needed)]
    if any(item.sort in ("case", "request", "enquiry") for item in held):
        return [one for one in colleagues if one.may(Permission.REQUEST_DISCUSSION)]
    return [one for one in colleagues if not one.is_partner or one.agency_id == person.agency_id]


def _rows(
    found: QuerySet[Any],
    sort: str,
    case: str | None,
    words: Any = None,
    due: str | None = None,
    duty: Any = None,
) -> QuerySet[Any, Any]:
    nothing = Value("", CharField())
    return (
        found.order_by()
        .annotate(
            of_sort=Value(sort, CharField()),
            of_case=F(case) if case else nothing,
            of_words=Cast(words, CharField()) if words is not None else nothing,
            of_due=F(due) if due else Cast(Value(None), DateTimeField()),
            of_duty=duty or nothing,
        )
        .values_list("of_sort", "of_case", "of_words", "of_due", "of_duty")
    )


def _item(sort: str, reference: str, words: str, due_at: datetime | None, duty: str) -> Item:
    if sort == "clock":
        return Item(kind_of(duty, words), words, reference, due_at, sort, duty)
    kind, said = WORDS[sort]
    told = str(Status(words).label).lower() if sort == "request" else words
    return Item(kind, said.format(told), reference, due_at, sort)


__all__ = ["Holdings", "Item", "colleagues_of", "kind_of", "kinds_of", "who_may_take"]
