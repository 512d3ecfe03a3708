"""What the facts of cases let a person escalate: computed in one statement, no longer offered once raised.

A person raises it; nothing here writes (`clocks.md`, enforcing).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import Agency, User
from attendees.enums import TAKES_PART, Mode, QuorumRole
from attendees.models import Attendance, InformationRequest, Invitation
from cases.models import Case
from deadlines.enums import Duty
from deadlines.models import Deadline
from escalations import people
from escalations.enums import Cause, EscalationStatus
from escalations.models import Escalation
from escalations.people import Actor
from escalations.rules import Offer
from minutes.enums import ActionStatus, Answer, Settled
from minutes.models import Action, Agreement, Dissent
from referrals.models import Referral
from strategy.enums import DiscussionStatus
from strategy.models import Discussion

MOST = 20
ABSENT = (Mode.ABSENT, Mode.APOLOGIES, Mode.WRITTEN)
COLUMNS = (
    "o_about", "o_case", "o_reference", "o_discussion", "o_number", "o_agency", "o_agency_name", "o_who",
    "o_due", "o_asked", "o_detail",
)  # fmt: skip
TEXT, NUMBER = CharField(), IntegerField()


def offers_for(case: Case, by: Actor, now: datetime, *, discussion: int | None = None) -> list[Offer]:
    """What this person may escalate in a case now, the longest overdue first; of one discussion when told.

    A partner's are of the discussions and referrals that they know, without the reason of a clock.
    """
    found = _offers(Q(pk=case.pk), by.agency_id, now)
    if people.is_partner(by):
        found = _known_to(by, case, found)
    return [one for one in found if discussion is None or one.discussion in (discussion, None)]


def offer_for(case: Case, by: Actor, about: str, now: datetime) -> Offer | None:
    """The offer about one thing, when it is one."""
    return next((one for one in offers_for(case, by, now) if one.about == about), None)


def _known_to(by: Actor, case: Case, found: list[Offer]) -> list[Offer]:
    """Nothing of a discussion that a partner was not asked to, nor why a clock has its limit (P7)."""
    if not found:
        return []
    known = set(people.discussions_known_to(by, case).values_list("pk", flat=True))
    led_to = Referral.objects.filter(case=case, requests__discussions__in=known)
    named = people.referrals_by(by).filter(case=case)
    referrals = {f"referral:{pk}" for rows in (led_to, named) for pk in rows.values_list("pk", flat=True)}
    kept = [one for one in found if one.discussion in known or one.about in referrals]
    return [replace(one, detail="") if one.cause == Cause.NOT_CONVENED else one for one in kept]


def offers_on_desk(user: User, now: datetime) -> list[Offer]:
    """What somebody may escalate in the cases that are their own work: asked for, allocated or managed."""
    if user.is_partner:
        return []
    mine = Q(requests__requester=user) | Q(allocated_worker=user) | Q(team__manager=user)
    return _offers(mine & Q(pk__in=Case.objects.visible_to(user)), user.agency_id, now)


def _offers(which: Q, agency: int | None, now: datetime) -> list[Offer]:
    cases = Case.objects.filter(which).values("pk")
    absent, *others = _sources(cases, now)
    rows = absent.union(*others, all=True).order_by("o_due")[: MOST * 3]
    found = (_turned(Offer(*row), agency) for row in rows)
    return [one for one in found if one is not None and one.agency != agency][:MOST]


def _turned(offer: Offer, agency: int | None) -> Offer | None:
    """An objection or another view is taken up by who holds it with the authority, or by the authority."""
    if offer.kind not in ("agreement", "dissent") or offer.agency != agency:
        return offer
    council, name = offer.who.partition(":")[::2]
    return replace(offer, agency=int(council), agency_name=name)


def _sources(cases: Any, now: datetime) -> Iterator[QuerySet[Any, Any]]:
    yield _absences(cases)
    yield _information(cases, now)
    yield _late(cases, now, Duty.CONVENE, None)
    yield _late(cases, now, Duty.CIRCULATE_MINUTES, "discussion")
    yield _actions(cases, now)
    yield _objections(cases)
    yield _differing(cases)


def _absences(cases: Any) -> QuerySet[Any, Any]:
    """An agency whom quorum needed and of which nobody came, at a discussion that was never quorate (G18)."""
    there = Attendance.objects.filter(
        discussion=OuterRef("discussion"), quorum_role=OuterRef("quorum_role"), mode__in=TAKES_PART
    )
    needed = Q()
    for role in QuorumRole.values:
        settings = "discussion__request__protocol__data__settings__quorum_roles__value__contains"
        needed |= Q(quorum_role=role, **{settings: role})
    rows = Attendance.objects.filter(
        needed,
        ~Exists(there),
        ~Exists(_came(OuterRef("discussion"))),
        discussion__case__in=cases,
        discussion__started_at__isnull=False,
        discussion__quorate_at__isnull=True,
        mode__in=ABSENT,
    )
    return _shaped(
        rows,
        "attendance",
        path="discussion",
        agency="professional__agency",
        who=Concat("name", Value(", "), "job_role", output_field=TEXT),
        due=F("discussion__started_at"),
        detail=_words_of("mode", Mode.choices),
    )


def _information(cases: Any, now: datetime) -> QuerySet[Any, Any]:
    """Information that was due and has not come, from an agency still asked that did not come to tell it."""
    same = {"discussion": OuterRef("discussion"), "professional": OuterRef("professional")}
    rows = InformationRequest.objects.filter(
        Exists(Invitation.objects.filter(**same).still_asked()),
        ~Exists(Attendance.objects.filter(mode__in=TAKES_PART, **same)),
        ~Exists(_came(OuterRef("discussion"))),
        discussion__case__in=cases,
        answered_at=None,
        due_at__lt=now,
    ).exclude(discussion__status=DiscussionStatus.CANCELLED)
    return _shaped(
        rows,
        "information",
        path="discussion",
        agency="professional__agency",
        who=Concat("professional__name", Value(", "), "professional__job_role", output_field=TEXT),
        due=F("due_at"),
        asked=F("asked_at"),
    )


def _came(discussion: Any) -> QuerySet[Any]:
    """Whether somebody of a partner's agency took part: then the agency was there, whoever was asked."""
    return Attendance.objects.filter(
        discussion=discussion,
        professional__agency=OuterRef("professional__agency"),
        professional__agency__is_authority=False,
        mode__in=TAKES_PART,
    )


def _late(cases: Any, now: datetime, duty: str, kind: str | None) -> QuerySet[Any, Any]:
    """A clock of the authority's own that has run out: convening (H15), circulating."""
    rows = Deadline.objects.filter(case__in=cases, duty=duty, state="running", due_at__lt=now)
    found = Discussion.objects.filter(case=OuterRef("case"), number__gt=0).annotate(
        text=Concat(Value("discussion:"), Cast("pk", TEXT), output_field=TEXT)
    )
    mine = found.filter(text=OuterRef("subject"))
    council = Agency.objects.filter(is_authority=True).order_by("pk")
    return _columns(
        rows.annotate(o_about=F("subject")),
        case=F("case"),
        reference=F("case__reference"),
        discussion=Subquery(mine.values("pk")[:1]) if kind else Value(None, output_field=NUMBER),
        number=Subquery(mine.values("number")[:1]) if kind else Value(None, output_field=NUMBER),
        agency=Subquery(council.values("pk")[:1]),
        agency_name=Subquery(council.values("name")[:1]),
        who=Value("", output_field=TEXT),
        due=F("due_at"),
        detail=F("because"),
    )


def _actions(cases: Any, now: datetime) -> QuerySet[Any, Any]:
    """An action of the log past its moment, or past what the chair gave it."""
    rows = Action.objects.filter(
        minutes__discussion__case__in=cases,
        agreed_at__isnull=False,
        status__in=[ActionStatus.OPEN, ActionStatus.BLOCKED],
    ).annotate(expected=Coalesce("extended_to", "due_at"))
    return _shaped(
        rows.filter(expected__lt=now),
        "action",
        path="minutes__discussion",
        agency="owner__agency",
        who=F("owner__name"),
        due=F("expected"),
        detail=Cast("number", TEXT),
    )


def _objections(cases: Any) -> QuerySet[Any, Any]:
    """An attendee objected to the record (G16). `who` keeps the authority, for those whom they belong to."""
    rows = Agreement.objects.filter(minutes__discussion__case__in=cases, answer=Answer.OBJECTS)
    return _shaped(
        rows,
        "agreement",
        path="minutes__discussion",
        agency="attendance__professional__agency",
        who=_council(),
        due=F("at"),
        detail=Concat("attendance__name", Value(", "), "attendance__agency_name", output_field=TEXT),
    )


def _differing(cases: Any) -> QuerySet[Any, Any]:
    """A differing view that was not resolved in the discussion (G16); `who` as of an objection."""
    rows = Dissent.objects.filter(minutes__discussion__case__in=cases, settled=Settled.OPEN)
    return _shaped(
        rows,
        "dissent",
        path="minutes__discussion",
        agency="attendance__professional__agency",
        who=_council(),
        due=F("at"),
        detail=Concat("attendance__name", Value(", "), "attendance__agency_name", output_field=TEXT),
    )


def _council() -> Subquery:
    """Number and name of the authority, for those whom a disagreement belongs to."""
    council = Agency.objects.filter(is_authority=True).order_by("pk")
    both = Concat(Cast("pk", TEXT), Value(":"), "name", output_field=TEXT)
    return Subquery(council.annotate(both=both).values("both")[:1])


def _shaped(
    rows: QuerySet[Any],
    kind: str,
    *,
    path: str,
    agency: str,
    who: Any,
    due: Any,
    asked: Any = None,
    detail: Any = None,
) -> QuerySet[Any, Any]:
    about = Concat(Value(f"{kind}:"), Cast("pk", TEXT), output_field=TEXT)
    return _columns(
        rows.annotate(o_about=about),
        case=F(f"{path}__case"),
        reference=F(f"{path}__case__reference"),
        discussion=F(f"{path}__pk"),
        number=F(f"{path}__number"),
        agency=F(agency),
        agency_name=F(f"{agency}__name"),
        who=who,
        due=due,
        asked=asked,
        detail=detail,
    )


def _columns(
    rows: QuerySet[Any], *, asked: Any = None, detail: Any = None, **told: Any
) -> QuerySet[Any, Any]:
    """The same columns in the same order, of what nobody has escalated yet."""
    raised = Escalation.objects.filter(about=OuterRef("o_about")).exclude(status=EscalationStatus.WITHDRAWN)
    told["asked"] = Value(None, output_field=DateTimeField()) if asked is None else asked
    told["detail"] = Value("", output_field=TEXT) if detail is None else detail
    told = {name: Cast(value, TEXT) if name in ("who", "detail") else value for name, value in told.items()}
    shaped = rows.annotate(**{f"o_{name}": value for name, value in told.items()})
    return shaped.filter(~Exists(raised)).order_by().values_list(*COLUMNS)


def _words_of(field: str, choices: list[tuple[str, str]]) -> Any:
    words = [models.When(**{field: value}, then=Value(label)) for value, label in choices]
    return models.Case(*words, output_field=TEXT)
