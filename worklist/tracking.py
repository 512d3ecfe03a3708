"""The action tracker: what meetings agreed, across cases and agencies (rows C28, G15, G19)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Agency
from accounts.roles import Permission
from cases.models import Case
from deadlines.working_days import LONDON
from minutes.enums import ActionStatus
from minutes.models import Action, Reassignment
from minutes.services.reviewing import LATEST
from strategy.models import Booking

if TYPE_CHECKING:
    from accounts.models import User

LEFT = (ActionStatus.OPEN, ActionStatus.BLOCKED)
STATES = {"left": "Still to do", "late": "Overdue", "blocked": "Blocked", "done": "Done"}


@dataclass(frozen=True, slots=True)
class View:
    """One way of looking: its key in the address and its words."""

    key: str
    title: str
    empty: str
    instead: str = ""  # said where it opens because nothing is left to do of one's own


MINE = View("mine", "Mine", "No action is yours.")
CHAIRED = View(
    "chaired", "Agreed in meetings I chaired", "No action of a meeting that you chaired.",
    "You have no action to do. These were agreed in meetings that you chaired.",
)  # fmt: skip
CASES = View(
    "cases", "Of my cases", "No action of a case that is allocated to you.",
    "You have no action to do. These are of the cases that are allocated to you.",
)  # fmt: skip
AGENCY = View("agency", "My agency’s", "No action of the people of your agency.")
TEAM = View(
    "team", "My team’s", "No action of your team’s cases or people.",
    "You have no action to do. These are your team’s.",
)  # fmt: skip
ALL = View(
    "all", "Every case I may see", "No action of a case that you may see.",
    "You have no action to do. These are of every case that you may see.",
)  # fmt: skip


def views_for(user: "User") -> list[View]:
    """The ways of looking that this person has, the usual one first."""
    manages = user.may(Permission.AUTHORISE_REQUEST) or user.may(Permission.OVERSEE)
    return [MINE, CASES, CHAIRED, *([TEAM] if manages else []), AGENCY, ALL]


def opening_for(user: "User", now: datetime) -> View:
    """What opens when nobody said which: what is this person's own; where they have nothing to do nor to
    answer, the first of what is theirs to watch that has anything left to do. At most five statements."""
    if offers_to(user).exists():
        return MINE
    for view in (MINE, TEAM, CASES, CHAIRED):
        if view in views_for(user) and actions_for(user, view, "left", now).exists():
            return view
    return ALL if user.may(Permission.OVERSEE) or user.may(Permission.CIRCULATE) else MINE


def may_chase_all(user: "User", view: View) -> bool:
    """Whether one press reminds the owners of what a view shows: of the chair's own meetings, of the social
    worker's cases, and of all for business support."""
    return view in (CHAIRED, CASES) or (view == ALL and user.may(Permission.CIRCULATE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What of a view is wanted; whatever is empty narrows nothing. Days are London's, both included."""

    agency: int | None = None
    owner: str = ""
    forum: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def as_filter(self) -> Q:
        """The same for the database; `by` is when an action is expected now."""
        found = Q()
        if self.agency is not None:
            found &= Q(owner__agency=self.agency)
        if self.owner:
            found &= Q(owner__name__icontains=self.owner)
        if self.forum:
            found &= Q(forum=self.forum)
        if self.since is not None:
            found &= Q(by__gte=start_of(self.since))
        if self.until is not None:
            found &= Q(by__lt=start_of(self.until + timedelta(days=1)))
        return found


EVERYTHING = Narrowed()


def start_of(day: date) -> datetime:
    """Midnight in London at which a day begins."""
    return datetime.combine(day, time(), tzinfo=LONDON)


def agencies_with_actions() -> "QuerySet[Agency]":
    """Whose people ever had an agreed action, by name."""
    theirs = Action.objects.filter(owner__agency=OuterRef("pk"), agreed_at__isnull=False)
    return Agency.objects.filter(Exists(theirs)).order_by("name", "pk")


def actions_for(
    user: "User", view: View, state: str, now: datetime, narrowed: Narrowed = EVERYTHING
) -> "QuerySet[Any]":
    """The agreed actions of one view, the soonest due first; those done, the latest first."""
    rows = Action.objects.filter(
        agreed_at__isnull=False, minutes__discussion__case__in=Case.objects.visible_to(user)
    )
    rows = rows.filter(_of(user, view)).annotate(by=Coalesce("extended_to", "due_at"))
    chosen = {
        "late": Q(status__in=LEFT, by__lt=now),
        "blocked": Q(status=ActionStatus.BLOCKED),
        "done": Q(status=ActionStatus.DONE),
    }
    rows = rows.filter(chosen.get(state, Q(status__in=LEFT))).filter(narrowed.as_filter)
    order = [F("done_at").desc()] if state == "done" else ["by"]
    related = ("owner__agency", "child", "evidence_file", "minutes__discussion__case__team")
    found: QuerySet[Any] = rows.select_related(*related).prefetch_related(LATEST).order_by(*order, "pk")
    return found


def offers_to(user: "User") -> "QuerySet[Any]":
    """What is offered to this person and waits for their answer, the longest first; one statement."""
    seen = Reassignment.objects.waiting().visible_to(user).filter(to__user=user)
    return seen.select_related("action__owner", "action__minutes__discussion__case").order_by("at", "pk")


def _of(user: "User", view: View) -> Q:
    if view == MINE:
        return Q(owner__user=user)
    if view == CASES:
        return Q(minutes__discussion__case__allocated_worker=user) | Q(minutes__allocated_worker=user)
    if view == CHAIRED:
        chaired = Booking.objects.filter(
            discussion=OuterRef("minutes__discussion"), chair=user, cancelled_at=None
        )
        return Q(Exists(chaired))
    if view == AGENCY:
        return Q(owner__agency=user.agency_id)
    if view == TEAM:
        people = get_user_model()._default_manager.filter(teams__manager=user)
        return Q(minutes__discussion__case__team__manager=user) | Q(owner__user__in=people)
    return Q()
