"""Writing down what came in, and its circumstances."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import NotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from cases.rules import ChildFacts
from referrals import services
from referrals.models import Circumstance, Concern, Referral
from referrals.rules import (
    CircumstanceFacts,
    FromWhom,
    ReferralFacts,
    problems_with_circumstance,
    problems_with_referral,
)
from tests.people import Cast, cast

NOW = timezone.now()
HOUR = timedelta(hours=1)


def facts(**more: Any) -> ReferralFacts:
    """The school's referral of an hour ago."""
    return ReferralFacts(
        **{"triggered_at": NOW - HOUR, "narrative": "What Ruby said.", "source": "2A", **more}
    )


@pytest.fixture
def people(db: None) -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def referral(people: Cast) -> Referral:
    """Recorded by Sam about two children."""
    children = [ChildFacts(given_names=name, family_name="Fenwick") for name in ("Ruby", "Jack")]
    return services.record_referral(
        facts(),
        new_case=services.NewCase(team=people.team, children=children),
        concerns=[services.ConcernFacts(child=1, abuse_type="PHY")],
        by=people.sam,
        at=NOW,
    )


def test_a_referral_opens_its_case(people: Cast, referral: Referral) -> None:
    """It is received when it came in, unless told otherwise; the concern is about the second child."""
    assert referral.received_at == NOW - HOUR
    assert Concern.objects.get().child.given_names == "Jack"
    entry = Entry.objects.get(event="referral.recorded")
    assert (entry.case_ref, entry.by_ref, entry.data) == (
        referral.case.reference,
        f"user:{people.sam.pk}",
        {"trigger": "referral"},
    )


def test_new_information_hangs_on_the_open_case(people: Cast, referral: Referral) -> None:
    """No second case."""
    told = facts(trigger="new_information")
    second = services.record_referral(told, case=referral.case, by=people.mo, at=NOW)
    assert (second.case, second.received_at, Case.objects.count()) == (referral.case, None, 1)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"triggered_at": NOW + timedelta(minutes=5)}, "triggered_at"),
        ({"triggered_at": NOW - timedelta(days=367)}, "triggered_at"),
        ({"received_at": NOW + timedelta(minutes=5)}, "received_at"),
        ({"received_at": NOW - 2 * HOUR}, "received_at"),
        ({"narrative": "  "}, "narrative"),
        ({"referrer_email": "dan.dale@elm.gsi.gov.uk"}, "referrer_email"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(people: Cast, more: dict[str, Any], field: str) -> None:
    """And no case is opened for it."""
    new_case = services.NewCase(team=people.team, children=[ChildFacts(given_names="R", family_name="F")])
    with pytest.raises(Refused) as refusal:
        services.record_referral(facts(**more), new_case=new_case, by=people.sam, at=NOW)
    assert (refusal.value.field, Case.objects.count()) == (field, 0)


def test_who_referred_is_corrected_and_what_stood_there_is_kept(people: Cast, referral: Referral) -> None:
    """Only what changed is in the ledger; it takes a reason, an address that will do, and the power."""
    told = FromWhom(source="2A", referrer_email=" Dan.Dale@Elm.example ", narrative="What Ruby said.")
    kept = services.correct_from_whom(referral, told, reason="Rang back", by=people.sam, at=NOW)
    assert kept.referrer_email == "dan.dale@elm.example"
    services.correct_from_whom(referral, told, reason="The same", by=people.sam, at=NOW)
    entry = Entry.objects.get(event="referral.from_whom_corrected")
    assert entry.data == {"reason": "Rang back", "before": {"referrer_email": ""}}
    for wrong, reason, field in (
        (told, " ", "reason"),
        (replace(told, narrative=" "), "Why", "narrative"),
        (replace(told, referrer_email="dan@x.gcsx.gov.uk"), "Why", "referrer_email"),
    ):
        with pytest.raises(Refused) as refusal:
            services.correct_from_whom(referral, wrong, reason=reason, by=people.sam, at=NOW)
        assert refusal.value.field == field
    with pytest.raises(NotAllowed):
        services.correct_from_whom(referral, told, reason="Why", by=people.bea, at=NOW)


def test_a_case_needs_a_child(people: Cast) -> None:
    """Nobody opens an empty case."""
    with pytest.raises(Refused, match="at least one child"):
        services.record_referral(
            facts(), new_case=services.NewCase(team=people.team, children=[]), by=people.sam, at=NOW
        )


@pytest.mark.parametrize("name", ["bea", "adi", "ira", "paul", "stranger"])
def test_who_records_no_referral(people: Cast, name: str) -> None:
    """Roles without the power."""
    new_case = services.NewCase(team=people.team, children=[ChildFacts(given_names="R", family_name="F")])
    with pytest.raises(NotAllowed, match="You cannot record a referral"):
        services.record_referral(facts(), new_case=new_case, by=people.everyone[name], at=NOW)


def test_another_team_records_nothing_on_a_case_it_was_not_given(people: Cast, referral: Referral) -> None:
    """The power is not the case."""
    with pytest.raises(NotAllowed, match="not been given access"):
        services.record_referral(facts(), case=referral.case, by=people.olga, at=NOW)


def test_a_concern_of_another_case_s_child_is_refused(people: Cast, referral: Referral) -> None:
    """Another case's id does not slip in."""
    other = services.record_referral(
        facts(),
        new_case=services.NewCase(team=people.team, children=[ChildFacts(given_names="X", family_name="Y")]),
        by=people.sam,
        at=NOW,
    )
    stray = services.ConcernFacts(child=other.case.children.get(), abuse_type="NEG")
    with pytest.raises(Refused, match="not part of the case"):
        services.record_referral(facts(), case=referral.case, concerns=[stray], by=people.sam, at=NOW)


def test_ticking_changing_and_taking_back(people: Cast, referral: Referral) -> None:
    """One row a kind; each act has its entry."""
    hospital = CircumstanceFacts(kind="in_hospital", hospital="Northshire General")
    services.tick_circumstance(referral, hospital, by=people.sam, at=NOW)
    moved = CircumstanceFacts(kind="in_hospital", hospital="Northshire General, ward 4")
    services.tick_circumstance(referral, moved, by=people.sam, at=NOW)
    assert Circumstance.objects.get().hospital == "Northshire General, ward 4"
    services.untick_circumstance(referral, "in_hospital", by=people.sam, at=NOW, reason="Wrong child")
    services.untick_circumstance(referral, "in_hospital", by=people.sam, at=NOW)
    assert Circumstance.objects.count() == 0
    told = Entry.objects.filter(event__contains="circumstance").order_by("pk").values_list("event", flat=True)
    assert list(told) == [
        "referral.circumstance_ticked",
        "referral.circumstance_changed",
        "referral.circumstance_unticked",
    ]


def test_correcting_the_moments_needs_a_reason(people: Cast, referral: Referral) -> None:
    """The moments before are kept in the ledger."""
    earlier = referral.triggered_at - HOUR
    with pytest.raises(Refused) as refusal:
        services.correct_moments(
            referral, triggered_at=earlier, received_at=None, reason=" ", by=people.sam, at=NOW
        )
    assert refusal.value.field == "reason"
    kept = services.correct_moments(
        referral,
        triggered_at=earlier,
        received_at=None,
        reason="The call came at nine",
        by=people.sam,
        at=NOW,
    )
    assert (kept.triggered_at, kept.received_at) == (earlier, earlier)
    data = Entry.objects.get(event="referral.moments_corrected").data
    assert (data["reason"], datetime.fromisoformat(data["before"]["triggered_at"])) == (
        "The call came at nine",
        NOW.replace(microsecond=NOW.microsecond // 1000 * 1000) - HOUR,
    )


def test_rules_of_a_referral() -> None:
    """Pure: the same sentences for forms and services."""
    assert problems_with_referral(facts(), NOW) == {}
    assert problems_with_referral(facts(triggered_at=NOW + HOUR), NOW) == {
        "triggered_at": "This is in the future: enter when it happened"
    }


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"kind": "immediate_risk"}, []),
        ({"kind": "penetrative_sexual_abuse"}, ["forensic_needed"]),
        ({"kind": "penetrative_sexual_abuse", "forensic_needed": "unknown"}, []),
        ({"kind": "penetrative_sexual_abuse", "forensic_needed": "no"}, ["forensic_reason"]),
        ({"kind": "penetrative_sexual_abuse", "forensic_needed": "no", "forensic_reason": "DI Rowe"}, []),
        ({"kind": "in_hospital"}, ["hospital"]),
        ({"kind": "other"}, ["consulted", "advice"]),
        (
            {"kind": "other", "consulted": "Mo", "advice": "Today", "earlier_limit_at": NOW - 2 * HOUR},
            ["earlier_limit_at"],
        ),
        ({"kind": "immediate_risk", "learned_at": NOW + HOUR}, ["learned_at"]),
        ({"kind": "immediate_risk", "learned_at": NOW - 2 * HOUR}, ["learned_at"]),
        ({"kind": "immediate_risk", "learned_at": NOW}, ["learned_by"]),
        ({"kind": "immediate_risk", "learned_at": NOW, "learned_by": "Sam, by telephone"}, []),
        ({"kind": "emergency_action", "learned_at": NOW - 2 * HOUR}, []),
    ],
)  # fmt: skip
def test_rules_of_a_circumstance(told: dict[str, Any], wrong: list[str]) -> None:
    """What must be known about each."""
    assert list(problems_with_circumstance(CircumstanceFacts(**told), NOW - HOUR, NOW)) == wrong
