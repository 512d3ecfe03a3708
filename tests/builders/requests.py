"""A referral, and a request at each point of its way to the manager's answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from attendees.services.wanted import Chosen, submit_request, want_professionals
from cases.rules import ChildFacts, FamilyFacts
from protocols.models import LocalProtocol
from protocols.services import install_preset
from referrals.enums import AbuseType, CircumstanceKind
from referrals.models import Referral
from referrals.rules import CircumstanceFacts, ReferralFacts
from referrals.services import ConcernFacts, NewCase
from strategy import services
from strategy.enums import Section
from strategy.models import StrategyRequest
from tests.people import Cast, cast

POLICE = {
    "name": "Paul Pike",
    "job_role": "Detective sergeant",
    "quorum_role": "police",
    "phone": "01632 960101",
}
HEALTH = {
    "name": "Hetty Hall",
    "job_role": "Health visitor",
    "quorum_role": "health",
    "phone": "01632 960102",
}
SCHOOL = {"name": "Dan Dale", "job_role": "Designated safeguarding lead", "phone": "01632 960103"}


def professionals_of(people: Cast) -> list[Chosen]:
    """Police, health and school, as Sam names them: Paul, Hetty and Dan."""
    return [
        Chosen(agency=people.police, email="paul.pike@northshire-police.example", **POLICE),
        Chosen(agency=people.health, email="hetty.hall@northshire-health.example", **HEALTH),
        Chosen(agency=people.school, email="dan.dale@elm-street.example", **SCHOOL),
    ]


def a_protocol(slug: str = "wirral", at: datetime | None = None) -> LocalProtocol:
    """The local procedure in force; installed when there is none yet."""
    found = LocalProtocol.objects.filter(slug=slug).first()
    moment = at or timezone.now()
    return found or install_preset(
        slug, by=None, at=moment, effective_from=(moment - timedelta(days=800)).date()
    )


def siblings(number: int = 2) -> list[ChildFacts]:
    """So many children of one invented family."""
    names = ["Ruby", "Jack", "Isla", "Leo", "Mia", "Noah"]
    today = timezone.localdate()
    return [
        ChildFacts(
            given_names=names[place],
            family_name="Fenwick",
            date_of_birth=today.replace(day=1, year=today.year - 9 + place),
            sex="F" if place % 2 == 0 else "M",
            school="Elm Street Primary School",
            address="4 Invented Row, Ambleford",
        )
        for place in range(number)
    ]


def a_referral(
    people: Cast | None = None,
    *,
    children: Sequence[ChildFacts] | None = None,
    triggered_at: datetime | None = None,
    at: datetime | None = None,
    by: User | None = None,
    protocol: str = "wirral",
    **facts: Any,
) -> Referral:
    """Sam records a referral from the school about two siblings, an hour ago unless told otherwise."""
    people = people or cast()
    now = at or timezone.now()
    a_protocol(protocol, now)
    born = list(children) if children is not None else siblings()
    return services.take_referral(
        ReferralFacts(
            triggered_at=triggered_at or now - timedelta(hours=1),
            source="2A",
            referrer_name="Dan Dale",
            referrer_role="Designated safeguarding lead",
            referrer_email="dan.dale@elm-street.example",
            narrative="Ruby told her teacher how her arm was hurt.",
            **facts,
        ),
        new_case=NewCase(
            team=people.team,
            children=born,
            family=[
                FamilyFacts(name="Carol Fenwick", relationship="Mother", has_parental_responsibility=True),
                FamilyFacts(name="Kit Fenwick", relationship="Stepfather", is_alleged_person=True),
            ],
        ),
        concerns=[ConcernFacts(child=place, abuse_type=AbuseType.PHYSICAL) for place in range(len(born))],
        by=by or people.sam,
        at=now,
    )


def a_draft_request(
    people: Cast | None = None,
    *,
    referral: Referral | None = None,
    circumstances: Sequence[str] = (CircumstanceKind.SERIOUS_INJURY_OR_NEGLECT,),
    at: datetime | None = None,
    by: User | None = None,
    is_full: bool = True,
    **facts: Any,
) -> StrategyRequest:
    """Sam's request with every section filled (`is_full`), not yet submitted."""
    people = people or cast()
    now = at or timezone.now()
    asker = by or people.sam
    referral = referral or a_referral(people, at=now, by=asker, **facts)
    request = services.start_request(referral, by=asker, at=now)
    for kind in circumstances:
        services.tell_circumstance(referral, CircumstanceFacts(kind=kind), by=asker, at=now)
    return fill(request, by=asker, at=now) if is_full else request


def fill(request: StrategyRequest, *, by: User, at: datetime) -> StrategyRequest:
    """Save every section as somebody careful would."""
    sections: dict[str, dict[str, Any]] = {
        Section.CHILDREN: {"children": list(request.children.all())},
        Section.WHAT_HAPPENED: {
            "threshold_reason": "A fracture that the explanation does not fit.",
            "harm_summary": "Injured arm; frightened of going home.",
            "parents_informed": "not_informed",
            "parents_reason": "It could put the children at risk tonight.",
        },
        Section.CIRCUMSTANCES: {},
        Section.FORMAT: {"format_wanted": "virtual", "direct_number": by.phone},
        Section.PROFESSIONALS: {},
        Section.AVAILABILITY: {"availability": "Any time today from 2pm"},
    }
    for section, values in sections.items():
        request = services.save_section(request, section, values, by=by, at=at)
    return request


def a_submitted_request(
    people: Cast | None = None,
    *,
    at: datetime | None = None,
    by: User | None = None,
    professionals: Sequence[Chosen] | None = None,
    **facts: Any,
) -> StrategyRequest:
    """Sam's full request with police, health and school named, waiting for Mo."""
    people = people or cast()
    now = at or timezone.now()
    asker = by or people.sam
    request = a_draft_request(people, at=now, by=asker, **facts)
    chosen = professionals_of(people) if professionals is None else professionals
    want_professionals(request, chosen, by=asker, at=now)
    return submit_request(request, by=asker, at=now)


def an_authorised_request(
    people: Cast | None = None, *, at: datetime | None = None, by: User | None = None, **facts: Any
) -> StrategyRequest:
    """A request that Mo has authorised and business support may book."""
    people = people or cast()
    now = at or timezone.now()
    request = a_submitted_request(people, at=now, **facts)
    return services.authorise(request, by=by or people.mo, at=now)
