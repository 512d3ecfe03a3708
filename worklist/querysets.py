"""What stands on a person's desk and on a case's page: reads only, each a counted handful of queries."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models import Case as Which
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat, JSONArray, JSONObject, Now
from django.utils.timezone import localdate

from accounts.enums import TeamKind
from accounts.models import ActingFor, Agency, Team
from accounts.roles import PARTNERS, Permission
from attendees.models import InformationRequest, Professional
from audit.models import Entry
from cases.models import Access, Case, Child
from cases.rules import Sought
from deadlines.enums import Duty
from deadlines.models import ClosureDay, Deadline, SweepRun
from deadlines.querysets import OWING
from deadlines.services.clocks import VOIDED
from deadlines.services.sweeping import NAME as SWEEP
from minutes.models import Action
from outbox.models import Letter
from referrals.models import Referral
from strategy.models import (
    Decision,
    Discussion,
    DutyLine,
    Enquiry,
    NoneNeeded,
    Place,
    StrategyRequest,
)

if TYPE_CHECKING:
    from accounts.models import User

MOST = 50
SOMEBODY = -9_007_199_254_740_991  # in a kept statement: where the number of the person who asks goes
MOST_FOUND = 100


def _running(user: "User") -> QuerySet[Deadline]:
    return (
        Deadline.objects.filter(state="running", case__in=Case.objects.visible_to(user))
        .select_related("case", "owner", "owner_team")
        .order_by("due_at", "pk")
    )


def _own(user: "User") -> Q:
    """Theirs, their team's, or theirs for whom they stand in today; a restricted case is never lent."""
    absent = ActingFor.objects.current(Now()).of(user).values("absent")
    lent = Q(owner__in=absent, case__restricted=False)
    teams = Q(owner__isnull=True, owner_team__in=user.teams.values("pk"))
    return Q(owner=user) | teams | lent


def clocks_of(user: "User") -> QuerySet[Deadline]:
    """The running clocks whose turn is this person's, soonest first: alone, through a team or as a deputy."""
    return _running(user).filter(_own(user))[:MOST]


def calls_to_make(user: "User", now: datetime) -> QuerySet[StrategyRequest]:
    """Requests of which this person must still telephone business support (row W21), the oldest first."""
    theirs = StrategyRequest.objects.asked_by(user).unconfirmed(now).visible_to(user)
    children = Prefetch("case__children", queryset=Child.objects.all())
    return theirs.select_related("case").prefetch_related(children).order_by("pk")[:MOST]


def late_clocks_of(user: "User") -> QuerySet[Deadline]:
    """Clocks met late of which this person, or their team, still owes the reason, the oldest first.

    What a partner did late is asked of the case's manager, since a partner sees no case.
    """
    for_a_partner = Q(
        owner__roles__contained_by=[*PARTNERS], owner__roles__len__gt=0, case__team__manager=user
    )
    owing = Deadline.objects.owing().filter(case__in=Case.objects.visible_to(user))
    return (
        owing.filter(_own(user) | for_a_partner)
        .select_related("case", "owner", "owner_team")
        .order_by("due_at", "pk")[:MOST]
    )


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


def name_things(clocks: Iterable[Deadline]) -> list[Deadline]:
    """Give each clock the `thing` it is about: the child, the action's text, whose information.

    Every clock's case is given its children, too: two statements for any number of clocks.
    """
    rows = list(clocks)
    prefetch_related_objects(rows, Prefetch("case__children", queryset=Child.objects.all()))
    names = {f"child:{child.pk}": child.name for clock in rows for child in clock.case.children.all()}
    texts = _thing("action", Action.objects.filter(pk__in=_numbers(rows, "action")), F("text"), Value(""))
    asked = InformationRequest.objects.filter(pk__in=_numbers(rows, "information"))
    whom = _thing("information", asked, F("professional__name"), F("professional__agency__name"))
    enquiries = Enquiry.objects.filter(pk__in=_numbers(rows, "enquiry"))
    whose = _thing("enquiry", enquiries, Concat(Value("child:"), Cast("child_id", TextField())), Value(""))
    told = texts.union(whom, whose, all=True)
    names |= {subject: ", ".join(filter(None, (names.get(one, one), two))) for subject, one, two in told}
    for clock in rows:
        clock.thing = names.get(clock.subject, "")  # type: ignore[attr-defined]  # for the template
    return rows


def _thing(kind: str, rows: QuerySet[Any], *words: Combinable) -> QuerySet[Any, Any]:
    """Of each row its reference and its words, so that rows of several kinds come in one statement."""
    subject = Concat(Value(f"{kind}:"), Cast("pk", TextField()), output_field=TextField())
    return rows.order_by().values_list(subject, *(Cast(word, TextField()) for word in words))


def _numbers(clocks: list[Deadline], kind: str) -> set[int]:
    split = (clock.subject.partition(":") for clock in clocks)
    return {int(number) for found, _, number in split if found == kind}


def turns_and_heartbeat(
    user: "User", beside: QuerySet[Any] | None = None
) -> tuple[int, datetime | None, int]:
    """How many things wait for this person, and when the last sweep finished: one statement a page.

    Things, not clocks, as the desk lays them out (`rules.together`): the number beside the link is that of
    the rows behind it. `beside`: rows that the page counts as well, in the same statement.
    """
    if beside is not None:
        row: tuple[int, datetime | None, int] = _turns(user, beside).get()
        return row
    text, values = _turns_in_words(tuple(user.roles))
    with connection.cursor() as cursor:
        cursor.execute(text, [user.pk if value == SOMEBODY else value for value in values])
        (row,) = cursor.fetchall()
    return row


@lru_cache(maxsize=200)
def _turns_in_words(roles: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The statement for anybody of these roles, its values with `SOMEBODY` where the person's number goes.

    It stands on every page, and writing it takes longer than PostgreSQL does to answer it.
    """
    somebody = get_user_model()(pk=SOMEBODY, roles=[*roles])
    return _turns(somebody).query.sql_with_params()


def _turns(user: "User", beside: QuerySet[Any] | None = None) -> QuerySet[Any, Any]:
    last = SweepRun.objects.filter(name=SWEEP).values("finished_at")[:1]
    whole = Deadline.objects.running().filter(
        duty__in=list(Duty), case=OuterRef("case"), verb=OuterRef("verb")
    )
    whole = whole.annotate(by=_whose("owner_id", "owner_team_id")).filter(by=OuterRef("by"))
    own = Deadline.objects.filter(_own(user), Q(state="running") | OWING)
    own = own.annotate(by=_whose("owner_id", "owner_team_id"))
    rows = own.exclude(~Q(duty__in=list(Duty)) & Q(state="running") & Exists(whole)).order_by()
    turns = rows.annotate(all=Value(1)).values("all").annotate(number=Count("pk")).values("number")
    number: Combinable = Coalesce(Subquery(turns), 0)
    if user.may(Permission.REQUEST_DISCUSSION):
        calls = StrategyRequest.objects.asked_by(user).unconfirmed(Now()).visible_to(user)
        number = number + _number_of(calls)
    me = get_user_model()._default_manager.filter(pk=user.pk)
    also = _number_of(beside) if beside is not None else Value(0)
    return me.values_list(number, Subquery(last), also)


def _whose(owner: str, team: str) -> JSONArray:
    """Owner and owning team as one value, nobody being null, so that two can be compared."""
    return JSONArray(owner, team)


def cover_of(user: "User", now: datetime) -> list[ActingFor]:
    """Who acts for this person and for whom they act, in force now."""
    return list(ActingFor.objects.current(now).about(user).order_by("ends_at", "pk"))


def _number_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, as a part of a larger statement."""
    one = rows.order_by().annotate(one=Value(1)).values("one")
    return Coalesce(Subquery(one.annotate(number=Count("pk")).values("number")), 0)


def counts_of_system(now: datetime) -> dict[str, Any]:
    """How much the system's pages keep, what waits, and when the sweep finished: one statement."""
    people = get_user_model()._default_manager
    counts = {
        "people": people.filter(is_active=True),
        "closed": people.filter(is_active=False),
        "agencies": Agency.objects.all(),
        "teams": Team.objects.all(),
        "unmanaged": Team.objects.filter(kind=TeamKind.SOCIAL_WORK, manager=None),
        "professionals": Professional.objects.filter(is_active=True),
        "lines": DutyLine.objects.filter(is_active=True),
        "places": Place.objects.filter(is_active=True),
        "closure_days": ClosureDay.objects.filter(day__gte=localdate(now)),
        "away": ActingFor.objects.current(now),
        "waiting": Letter.objects.waiting(),
        "failed": Letter.objects.failed(),
    }
    last = SweepRun.objects.filter(name=SWEEP).values("finished_at")[:1]
    asked = {name: _number_of(rows) for name, rows in counts.items()}
    found = people.annotate(swept_at=Subquery(last), **{f"n_{name}": value for name, value in asked.items()})
    row = found.values("swept_at", *(f"n_{name}" for name in counts))[:1][0]
    return {name.removeprefix("n_"): value for name, value in row.items()}


def cases_of(user: "User") -> QuerySet[Case]:
    """The cases this person may see, the newest first, with their children."""
    return (
        Case.objects.visible_to(user)
        .filter(merged_into__isnull=True)
        .select_related("team", "allocated_worker")
        .prefetch_related(Prefetch("children", queryset=Child.objects.all()))
    )


def case_at(user: "User", reference: str) -> QuerySet[Case]:
    """The case of this reference, or the one that it was merged into: old letters lead there."""
    merged = Case.objects.filter(merged_into=OuterRef("pk"))
    found = cases_of(user).filter(Q(reference=reference) | Exists(merged.filter(reference=reference)))
    told = Discussion.objects.filter(case=OuterRef("pk")).order_by("number")
    return found.annotate(
        merged_references=ArraySubquery(merged.values("reference")),
        told_discussions=ArraySubquery(told.values(told=JSONObject(pk="pk", number="number"))),
    )


def series_of(case: Case) -> list[Discussion]:
    """The discussions of a case that `case_at` read, in order; key and number only, to choose one by."""
    told: list[dict[str, int]] = getattr(case, "told_discussions", [])
    return [Discussion(case_id=case.pk, **one) for one in told]


def references_of(case: Case) -> list[str]:
    """The references under which a case stands in the ledger: its own, and those merged into it."""
    return [case.reference, *getattr(case, "merged_references", [])]


def cases_found(sought: Sought, user: "User") -> list[Case]:
    """The cases of the children who may be the one meant, the likest first."""
    likest = Child.objects.seek(sought).visible_to(user).values_list("case_id", flat=True)[:MOST_FOUND]
    order = {pk: place for place, pk in reversed(list(enumerate(likest)))}
    return sorted(cases_of(user).filter(pk__in=order), key=lambda case: order[case.pk])


def address_now(letter: Letter) -> str:
    """The address at which the reader of a letter is reached today; "" for none, and for a stranger."""
    kind, _, number = letter.to_ref.partition(":")
    rows: dict[str, QuerySet[Any, Any]] = {
        "professional": Professional.objects.filter(is_active=True).values_list("email", flat=True),
        "user": get_user_model()._default_manager.filter(is_active=True).values_list("email", flat=True),
        "team": Team.objects.values_list("mailbox", flat=True),
        "agency": Agency.objects.values_list("mailbox", flat=True),
    }
    if kind not in rows or not number.isdecimal():
        return ""
    return rows[kind].filter(pk=int(number)).first() or ""


def referrals_of(case: Case) -> QuerySet[Referral]:
    """What came in on a case, in one statement with its assessment and all that was asked about it (`asked`).

    `for_referrer` is what whoever referred is told where a manager answered and nobody asked.
    """
    answers = NoneNeeded.objects.filter(referral=OuterRef("pk")).order_by("-pk")
    asked = StrategyRequest.objects.filter(referral=OuterRef("pk")).order_by("pk")
    row = JSONObject(pk="pk", by="requester__name", status="status")
    return case.referrals.select_related("referrer_agency", "assessment__by").annotate(
        for_referrer=Subquery(answers.values("for_referrer")[:1]),
        asked=ArraySubquery(asked.values(row=row)),
    )


def discussions_of(case: Case) -> QuerySet[Discussion]:
    """A case's discussions in their series, each with its record, decisions, enquiries and agreed actions."""
    decided_for = ActingFor.objects.names("later__by", "later__at")
    decisions = Decision.objects.select_related("child", "later__by").annotate(later_for=decided_for)
    enquiries = Enquiry.objects.with_delay().select_related("child", "lead")
    actions = Action.objects.filter(agreed_at__isnull=False).exclude(status="struck").order_by("number")
    actions = actions.select_related("owner__agency", "agreed_owner", "child")
    return (
        case.discussions.select_related("minutes", "request")
        .prefetch_related(
            Prefetch("decisions", queryset=decisions),
            Prefetch("enquiries", queryset=enquiries),
            Prefetch("minutes__actions", queryset=actions, to_attr="told_actions"),
        )
        .order_by("number")
    )


def clocks_of_case(case: Case, user: "User") -> list[Deadline]:
    """A case's clocks, the running ones first, soonest first; each says whether it `is_mine`.

    One that is no longer needed says who decided so (`voided_by`), as the ledger has it; "" for nobody.
    """
    said = Entry.objects.filter(event=VOIDED, by_ref__startswith="user:").order_by("-id")
    said = said.filter(subject=Concat(Value("deadline:"), Cast(OuterRef("pk"), TextField())))
    said = said.annotate(stood_in=ActingFor.objects.names("by_ref", "occurred_at"))
    deputy = Concat("by_name", Value(", standing in for "), "stood_in", output_field=TextField())
    whose = Which(When(stood_in=None, then="by_name"), default=deputy, output_field=TextField())
    decided = Subquery(said.values_list(whose)[:1])
    rows = list(
        Deadline.objects.filter(case=case)
        .select_related("owner", "owner_team")
        .annotate(
            is_mine=ExpressionWrapper(_own(user), output_field=BooleanField()),
            voided_by=Which(When(state="void", then=decided), default=Value(""), output_field=TextField()),
        )
        .order_by("due_at", "pk")
    )
    for clock in rows:
        clock.case = case
    rows.sort(key=lambda clock: (clock.state != "running", not clock.gate))
    return name_things(rows)


def actions_of(case: Case) -> QuerySet[Action]:
    """Every action agreed for a case's children, open ones first."""
    return (
        Action.objects.filter(minutes__discussion__case=case)
        .exclude(status="struck")
        .select_related("owner__agency", "child", "minutes__discussion")
        .order_by("status", "due_at")
    )


def access_log_of(case: Case) -> QuerySet[Entry]:
    """Everybody who was shown something of a case, the newest first, from the ledger."""
    return Entry.objects.filter(case_ref__in=references_of(case), is_read=True).order_by("-id")
