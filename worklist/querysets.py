"""What stands on a person's desk and on a case's page: reads only, each a counted handful of queries."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.roles import Permission
from attendees.models import InformationRequest
from audit.models import Entry
from cases.models import Access, Case, Child
from deadlines.models import Deadline
from minutes.models import Action, Minutes
from strategy.models import Discussion, StrategyRequest

if TYPE_CHECKING:
    from accounts.models import User

MOST = 50


def _running(user: "User") -> QuerySet[Deadline]:
    return (
        Deadline.objects.filter(state="running", case__in=Case.objects.visible_to(user))
        .select_related("case", "owner", "owner_team")
        .prefetch_related(Prefetch("case__children", queryset=Child.objects.all()))
        .order_by("due_at", "pk")
    )


def _own(user: "User") -> Q:
    return Q(owner=user) | Q(owner__isnull=True, owner_team__in=user.teams.values("pk"))


def clocks_of(user: "User") -> QuerySet[Deadline]:
    """The running clocks whose turn is this person's, alone or through a team, soonest first."""
    return _running(user).filter(_own(user))[:MOST]


def clocks_waiting(user: "User") -> QuerySet[Deadline]:
    """Running clocks of the cases this person was given, whose turn is somebody else's."""
    given = Access.objects.for_user(user).filter(case=OuterRef("case"))
    return _running(user).filter(Exists(given)).exclude(_own(user))[:MOST]


def clocks_of_team(user: "User") -> QuerySet[Deadline]:
    """The running clocks of the teams this person manages, whoever in the team has the turn."""
    return (
        _running(user)
        .filter(Q(case__team__manager=user) | Q(owner__teams__manager=user) | Q(owner_team__manager=user))
        .distinct()[:MOST]
    )


def breaches(user: "User") -> QuerySet[Deadline]:
    """For the head of service: every running clock past its moment, the oldest first."""
    if not user.may(Permission.OVERSEE):
        return Deadline.objects.none()
    return _running(user).filter(breached_at__isnull=False)[:MOST]


def not_filed(user: "User") -> QuerySet[Minutes]:
    """Circulated minutes that nobody has yet put into the authority's case system (rows W27, X16)."""
    if not user.may(Permission.CIRCULATE):
        return Minutes.objects.none()
    return (
        Minutes.objects.visible_to(user)
        .filter(status="circulated")
        .exclude(versions__filing__isnull=False)
        .select_related("discussion__case")
        .order_by("pk")[:MOST]
    )


def name_things(clocks: Iterable[Deadline]) -> list[Deadline]:
    """Give each clock the `thing` it is about: the child seen, the action’s text, whose information."""
    rows = list(clocks)
    wanted: dict[str, set[int]] = {"child": set(), "action": set(), "information": set()}
    for clock in rows:
        kind, _, number = clock.subject.partition(":")
        if kind in wanted:
            wanted[kind].add(int(number))
    names = {f"child:{child.pk}": child.name for child in Child.objects.filter(pk__in=wanted["child"])}
    texts = Action.objects.filter(pk__in=wanted["action"]).values_list("pk", "text")
    names |= {f"action:{pk}": text for pk, text in texts}
    if wanted["information"]:
        asked = InformationRequest.objects.filter(pk__in=wanted["information"])
        rows_of = asked.values_list("pk", "professional__name", "professional__agency__name")
        names |= {f"information:{pk}": ", ".join(filter(None, who)) for pk, *who in rows_of}
    for clock in rows:
        clock.thing = names.get(clock.subject, "")  # type: ignore[attr-defined]  for the template
    return rows


def count_due(user: "User", now: datetime) -> int:
    """How many clocks of this person's are due within the day or past; for the navigation."""
    return Deadline.objects.filter(_own(user), state="running").count()


def cases_of(user: "User") -> QuerySet[Case]:
    """The cases this person may see, the newest first, with their children."""
    return (
        Case.objects.visible_to(user)
        .select_related("team", "allocated_worker")
        .prefetch_related(Prefetch("children", queryset=Child.objects.all()))
    )


def requests_of(case: Case) -> QuerySet[StrategyRequest]:
    """A case's requests with what their page names."""
    return case.requests.select_related("requester", "referral", "case").order_by("pk")


def discussions_of(case: Case) -> QuerySet[Discussion]:
    """A case's discussions in their series, each with its record and decisions."""
    return (
        case.discussions.select_related("minutes", "request")
        .prefetch_related("decisions__child", "minutes__versions")
        .order_by("number")
    )


def actions_of(case: Case) -> QuerySet[Action]:
    """Every action agreed for a case's children, open ones first."""
    return (
        Action.objects.filter(minutes__discussion__case=case)
        .exclude(status="struck")
        .select_related("owner__agency", "child", "minutes__discussion")
        .order_by("status", "due_at")
    )


def timeline_of(case: Case, *, with_clocks: bool = False) -> QuerySet[Entry]:
    """What was done on a case, the newest first, from the ledger; the clocks' own entries when asked for."""
    entries = Entry.objects.filter(case_ref=case.reference, is_read=False).order_by("-id")
    return entries if with_clocks else entries.exclude(event__startswith="deadline.")


def access_log_of(case: Case) -> QuerySet[Entry]:
    """Everybody who was shown something of a case, the newest first, from the ledger."""
    return Entry.objects.filter(case_ref=case.reference, is_read=True).order_by("-id")
