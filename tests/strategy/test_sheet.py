"""The whole request in words: what the request form asks, and what of it goes to whom."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Child, FamilyMember, Tie
from cases.rules import ChildFacts
from deadlines.rules.wording import long_time
from deadlines.working_days import LONDON
from referrals.models import Referral
from strategy import services
from strategy.models import Decision, Discussion, StrategyRequest
from strategy.sheet import Sheet, sheet_of
from tests.builders.requests import a_draft_request, a_referral, a_submitted_request, siblings
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
CAME_IN = datetime(2026, 11, 3, 9, 30, tzinfo=LONDON)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def wanted(people: Cast) -> StrategyRequest:
    """About Ruby and Jack, of whom all is known; their sister Isla is not in it."""
    request = a_draft_request(people, children=siblings(3))
    ruby, jack, isla = request.case.children.order_by("pk")
    request.children.set([ruby, jack])
    Child.objects.filter(pk=ruby.pk).update(
        date_of_birth=date(2017, 11, 1), also_known_as="Ruby Hughes", ethnicity="MWAS", language="Polish",
        interpreter_needed=True, disabilities=["LD", "HEAR"], disability="Signs", gp="Dr Ortiz, Mill Surgery",
        nhs_number="9434765919", upn="A123456789012", local_identifier="C-100", postcode="AM1 1AA",
        previous_addresses="1 Old Road, Eastport",
    )  # fmt: skip
    Child.objects.filter(pk=jack.pk).update(
        date_of_birth=date(2019, 3, 4), address="9 Secret Lane", address_confidential=True, school="",
        previous_addresses="8 Secret Lane",
    )  # fmt: skip
    Child.objects.filter(pk=isla.pk).update(date_of_birth=date(2020, 5, 6), address="9 Secret Lane")
    kit = request.case.family.get(is_alleged_person=True)
    FamilyMember.objects.filter(pk=kit.pk).update(date_of_birth=date(1985, 5, 3), name="Ruby Fenwick")
    Tie.objects.filter(member=kit, child=jack).update(relationship="Father", has_parental_responsibility=True)
    Referral.objects.filter(pk=request.referral_id).update(
        triggered_at=CAME_IN, received_at=CAME_IN + timedelta(hours=1), referrer_agency=people.school,
        referrer_phone="01632 960777",
    )  # fmt: skip
    request.on_behalf_of = people.ada
    request.save()
    return StrategyRequest.objects.get(pk=request.pk)


def sheet(wanted: StrategyRequest) -> Sheet:
    return sheet_of(StrategyRequest.objects.get(pk=wanted.pk), ())


def test_the_head_says_which_request_it_is_and_who_asks(people: Cast, wanted: StrategyRequest) -> None:
    assert sheet(wanted)["About this request"] == {
        "Request": f"Number {wanted.pk}, on case {wanted.case.reference}",
        "Local procedure": str(wanted.protocol),
        "Asked for by": f"Sam Shah, Assessment team 1, {people.sam.phone}",
        "On behalf of": f"Ada Arden, {people.ada.phone}",
    }


def test_children_and_family_with_all_that_is_recorded_but_a_confidential_address(
    wanted: StrategyRequest,
) -> None:
    """Each child apart; brothers and sisters outside the request; responsibility child by child.

    The stepfather bears the girl's name: neither takes the other's place.
    """
    assert sheet(wanted)["Children"] == {
        "Ruby Fenwick": (
            "Aged 9, born 1 November 2017, female\n"
            "Also known as Ruby Hughes\n"
            "Not currently known to children's social care\n"
            "Ethnicity: White and Asian\n"
            "Language: Polish; interpreter needed\n"
            "Disability: learning, hearing. Signs\n"
            "Parental responsibility: Carol Fenwick (mother)\n"
            "Elm Street Primary School\n"
            "GP: Dr Ortiz, Mill Surgery\n"
            "4 Invented Row, Ambleford\n"
            "AM1 1AA\n"
            "Before: 1 Old Road, Eastport"
        ),
        "Jack Fenwick": (
            "Aged 7, born 4 March 2019, male\n"
            "Not currently known to children's social care\n"
            "Parental responsibility: Carol Fenwick (mother), Ruby Fenwick (father)\n"
            "Address confidential"
        ),
        "NHS numbers": "Ruby Fenwick: 943 476 5919",
        "Other numbers": "Ruby Fenwick: pupil number A123456789012, council’s number C-100",
        "Other children of the family": (
            "Isla Fenwick: aged 6, born 6 May 2020, female. Not currently known to children's social care"
        ),
        "Carol Fenwick": "Mother; has parental responsibility for every child",
        "Ruby Fenwick (stepfather)": (
            "Stepfather of Ruby Fenwick, father of Jack Fenwick, stepfather of Isla Fenwick; has parental "
            "responsibility for Jack Fenwick; aged 41, born 3 May 1985; may have caused the harm"
        ),
    }


def test_who_referred_when_and_how_to_reach_them(wanted: StrategyRequest) -> None:
    told = sheet(wanted)["What happened"]
    assert told["Referral received"] == long_time(CAME_IN + timedelta(hours=1))
    assert told["From"].split(": ", 1)[1] == (
        "Dan Dale, Designated safeguarding lead, Elm Street Primary School\n"
        "01632 960777, dan.dale@elm-street.example"
    )


def test_what_was_decided_before_stands_on_a_later_request_and_not_on_its_own(people: Cast) -> None:
    first = a_submitted_request(people)
    ruby, jack = first.children.all()
    held = Discussion.objects.create(
        case=first.case, request=first, number=1, format="virtual", status="ended", planned_start=CAME_IN,
        planned_end=CAME_IN + timedelta(hours=1), started_at=CAME_IN, started_by=people.mo,
        ended_at=CAME_IN + timedelta(hours=1), ended_by=people.mo,
    )  # fmt: skip
    for child, facts in (
        (ruby, {"outcome": "section_47_joint", "plan": "child_protection"}),
        (jack, {"outcome": "deferred", "deferred_to": date(2026, 11, 9)}),
    ):
        Decision.objects.create(
            discussion=held, child=child, risk_level="high", rationale="Said", by=people.mo, at=NOW, **facts
        )
    second = services.start_request(first.referral, by=people.sam, at=NOW)
    assert "Discussions held before" not in sheet(first)["What happened"]
    assert sheet(second)["What happened"]["Discussions held before"] == (
        "Discussion 1, Tuesday 3 November 2026, virtual meeting\n"
        "Ruby Fenwick: Section 47 enquiry, joint with the police; child protection plan\n"
        "Jack Fenwick: Deferred to Monday 9 November 2026"
    )


def test_twins_who_are_not_born_yet_are_two(people: Cast) -> None:
    due = date(2027, 1, 2)
    twin = ChildFacts(family_name="Fenwick", is_unborn=True, expected_date=due)
    request = a_draft_request(people, referral=a_referral(people, children=[twin, twin]))
    told = sheet(request)["Children"]
    assert [name for name in told if name.startswith("Unborn")] == [
        "Unborn baby Fenwick",
        "Unborn baby Fenwick (2)",
    ]


@pytest.mark.parametrize(
    "mother",
    [
        {"in_household": False, "address": "4 Invented Row,\nAMBLEFORD", "postcode": "am11aa"},
        {"in_household": True},  # no other address: where the children live
    ],
)
def test_a_child_who_lives_where_somebody_s_address_is_kept_has_it_kept_too(
    wanted: StrategyRequest, mother: dict[str, Any]
) -> None:
    FamilyMember.objects.filter(name="Carol Fenwick").update(address_confidential=True, **mother)
    ruby = sheet(wanted)["Children"]["Ruby Fenwick"]
    assert ruby.endswith("GP: Dr Ortiz, Mill Surgery\nAddress confidential")
