"""Whom to invite besides: what the request's facts suggest, matched with the directory."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from attendees.enums import QuorumRole
from attendees.models import Professional, WantedProfessional
from attendees.rules.suggestions import Facts, Suggestion, suggest
from cases.enums import ChildStatus
from cases.models import Child
from protocols.enums import Circumstance
from referrals.models import Circumstance as Told
from strategy.models import Discussion, ReceiptCall, StrategyRequest

MOST = 500
FILLED_IN = (QuorumRole.POLICE, QuorumRole.HEALTH)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A reason, and those of the directory whom it means; nobody when they are still to be found."""

    why: str
    people: list[Professional]


def with_facts(requests: QuerySet[StrategyRequest]) -> QuerySet[StrategyRequest]:
    """Read with each request what its suggestions rest on: no statement more."""
    children = Child.objects.filter(requests=OuterRef("pk")).order_by("pk")
    told = JSONObject(
        school="school",
        status="status",
        home="home_authority",
        placing="placing_authority",
        host="host_authority",
        lived="previous_addresses",
    )
    circumstances = Told.objects.filter(referral=OuterRef("referral")).order_by("pk")
    return requests.select_related("referral__referrer_agency").annotate(
        told_of_children=ArraySubquery(children.values(told=told)),
        told_circumstances=ArraySubquery(circumstances.values("kind")),
    )


def with_calls(requests: QuerySet[StrategyRequest]) -> QuerySet[StrategyRequest]:
    """Read with each request when its requester telephoned (row W21): no statement more."""
    calls = ReceiptCall.objects.filter(request=OuterRef("pk")).order_by("at", "pk")
    told = JSONObject(caller="caller", availability="availability", at="at")
    return requests.annotate(told_calls=ArraySubquery(calls.values(told=told)))


def calls_read(request: Any) -> list[dict[str, Any]]:
    """The calls that `with_calls` read: who rang, when, and when they can come."""
    return [{**one, "at": datetime.fromisoformat(one["at"])} for one in request.told_calls]


def facts_of(request: StrategyRequest) -> Facts:
    """Return what the request and its referral say: one statement, or none after `with_facts`."""
    known = hasattr(request, "told_of_children")
    read: Any = request if known else with_facts(StrategyRequest.objects.filter(pk=request.pk)).get()
    children: list[dict[str, str]] = read.told_of_children
    agency = read.referral.referrer_agency
    elsewhere = [
        line for told in (read.other_areas, *(one["lived"] for one in children)) for line in _some(told)
    ]
    return Facts(
        looked_after=any(one["status"] == ChildStatus.LOOKED_AFTER for one in children),
        in_hospital=Circumstance.IN_HOSPITAL in read.told_circumstances,
        hospital=read.hospital_setting,
        schools=[one["school"] for one in children],
        referrer_agency=agency.name if agency is not None and not agency.is_authority else "",
        home_authorities=[one[name] for one in children for name in ("home", "placing")],
        host_authorities=[one["host"] for one in children],
        other_areas=elsewhere,
    )


def _some(told: str) -> list[str]:
    return told.splitlines()[:3]


def outside_people(people: QuerySet[Professional]) -> list[Professional]:
    """Read those of other agencies among these people of the directory, duty contacts first; at most 500."""
    found = people.exclude(agency__is_authority=True).select_related("agency")
    return list(found.order_by("-is_duty_contact", "agency__name", "name", "pk")[:MOST])


def usual_contacts(people: Iterable[Professional], roles: Iterable[QuorumRole]) -> list[Professional]:
    """Return the duty contact of police and of health, where these roles need them and each has just one."""
    wanted = [one for one in FILLED_IN if one in roles]
    found: dict[str, list[Professional]] = defaultdict(list)
    for one in people:
        if one.is_duty_contact:
            found[one.quorum_role].append(one)
    return [found[role][0] for role in wanted if len(found[role]) == 1]


def suggested_for(
    request: StrategyRequest, people: Iterable[Professional], *, invited: Iterable[Professional] = ()
) -> list[Suggested]:
    """Match each suggestion with these people of the directory; who is named once is not named again.

    What somebody `invited` already answers for is not suggested.
    """
    there = {(one.agency.kind, one.agency.name) for one in invited}
    wanted = [one for one in suggest(facts_of(request)) if not any(one.fits(*agency) for agency in there)]
    known, named = list(people), set[int]()
    return [_matched(one, known, named) for one in wanted]


def _matched(one: Suggestion, known: list[Professional], named: set[int]) -> Suggested:
    fit = [
        person
        for person in known
        if person.pk not in named and one.fits(person.agency.kind, person.agency.name)
    ]
    named.update(person.pk for person in fit)
    return Suggested(one.why, fit[:5])


def known_not_invited(discussion: Discussion) -> QuerySet[WantedProfessional]:
    """Those who are known to the family and were left out on purpose, with the reason (row G01).

    Whoever is invited to the discussion all the same is none of them.
    """
    invited = discussion.invitations.filter(withdrawn_at=None).values("professional")
    rows = WantedProfessional.objects.filter(request=discussion.request_id).exclude(not_invited_reason="")
    return rows.exclude(professional__in=invited).select_related("professional__agency").order_by("pk")
