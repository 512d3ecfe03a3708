"""What is asked beside a child's decision: plan, medical, whether they speak freely (H13, C31, G08)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from cases.models import Child
from minutes.enums import ActionOrigin, ActionStatus
from minutes.models import Action, Minutes
from minutes.rules.considering import ALWAYS, BY_HARM, prompts
from minutes.services import decisions
from minutes.services.content import content_of
from referrals.enums import AbuseType
from strategy.models import Decision
from tests.builders.meeting import a_started_discussion, a_threshold, person_of
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db


def build() -> tuple[Cast, Minutes]:
    people = cast()
    return people, a_started_discussion(people)


@pytest.fixture
def people(world: tuple[Cast, Minutes]) -> Cast:
    return world[0]


@pytest.fixture
def minutes(world: tuple[Cast, Minutes]) -> Minutes:
    return world[1]


def child_of(minutes: Minutes) -> Child:
    return minutes.discussion.request.children.order_by("pk")[0]


def a_medical(minutes: Minutes, **facts: Any) -> decisions.Medical:
    needed = decisions.Medical(
        needed="yes",
        why="The paediatrician wants to see the bruise today.",
        kind="Child protection medical",
        place="Cherry ward",
        at=timezone.now() + timedelta(hours=5),
        owner=person_of(minutes, "Hetty Hall"),
    )
    return replace(needed, **facts)


def decided(people: Cast, minutes: Minutes, **facts: Any) -> Decision:
    said = a_threshold(**facts)
    return decisions.decide(minutes, child_of(minutes), said, by=people.mo, at=timezone.now())


def test_a_medical_becomes_one_action_that_follows_the_decision(people: Cast, minutes: Minutes) -> None:
    told = a_medical(minutes)
    decided(people, minutes, medical=told)
    action = Action.objects.get(origin=ActionOrigin.MEDICAL)
    name = child_of(minutes).name
    assert (action.text, action.owner) == (f"Child protection medical for {name}, at Cherry ward", told.owner)
    assert action.due_at == told.at

    later = replace(told, place="Oak clinic", at=timezone.now() + timedelta(hours=9))
    decided(people, minutes, medical=later)
    changed = Action.objects.get(origin=ActionOrigin.MEDICAL)
    assert (changed.pk, changed.due_at) == (action.pk, later.at)
    assert "Oak clinic" in changed.text

    decided(people, minutes, medical=decisions.Medical(needed="no", why="Seen by the ward already."))
    struck = Action.objects.get(origin=ActionOrigin.MEDICAL)
    assert (struck.status, Decision.objects.get().medical_place) == (ActionStatus.STRUCK, "")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"why": " "}, "medical_why"),
        ({"kind": ""}, "medical_kind"),
        ({"place": ""}, "medical_place"),
        ({"at": None}, "medical_at"),
        ({"owner": None}, "medical_owner"),
        ({"at": timezone.now() - timedelta(days=1)}, "medical_at"),
    ],
)
def test_what_a_medical_lacks_is_said_at_its_field(
    people: Cast, minutes: Minutes, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        decided(people, minutes, medical=a_medical(minutes, **facts))
    assert refused.value.field == field
    assert not Decision.objects.exists()


def test_the_answers_stand_in_the_record(people: Cast, minutes: Minutes) -> None:
    decided(
        people,
        minutes,
        plan="child_in_need",
        under_pressure="yes",
        pressure_note="Her stepfather answers for her.",
        medical=decisions.Medical(needed="no", why="Health saw no injury."),
    )
    [told] = content_of(minutes)["decisions"]
    assert (told["plan"], told["medical"], told["medical_why"], told["under_pressure"]) == (
        "Child in need plan",
        "Not needed",
        "Health saw no injury.",
        "Yes. Her stepfather answers for her.",
    )


def test_the_form_keeps_what_was_typed_and_offers_it_again(people: Cast, minutes: Minutes) -> None:
    mo, child = signed_in(people.mo), child_of(minutes)
    address = reverse("minutes:decide", args=[minutes.discussion_id, child.pk])
    typed: dict[str, Any] = {
        "risk_level": "high",
        "risk_text": "Hurt again tonight.",
        "outcome": "section_17",
        "rationale": "An assessment of need.",
        "plan": "child_in_need",
        "medical": "yes",
        "medical_kind": "Eye examination",
        "under_pressure": "unknown",
    }
    bad = mo.post(address, typed)
    assert bad.status_code == 422
    assert set(bad.context["form"].errors) == {"medical_why", "medical_place", "medical_at", "medical_owner"}
    assert "Eye examination" in bad.content.decode()
    whole = typed | {
        "medical_why": "The optician asks for it.",
        "medical_place": "Oak clinic",
        "medical_at": (timezone.now() + timedelta(days=1)).isoformat(),
        "medical_owner": person_of(minutes, "Hetty Hall").pk,
    }
    assert mo.post(address, whole).status_code == 302
    again = mo.get(address).context["form"].initial
    assert (again["medical_place"], again["medical_owner"]) == ("Oak clinic", whole["medical_owner"])
    room = mo.get(reverse("minutes:room", args=[minutes.discussion_id]) + "?step=threshold").content.decode()
    assert "Eye examination, at Oak clinic" in room


def test_two_who_decide_first_at_once_are_shown_both(people: Cast, minutes: Minutes) -> None:
    mo, bea = signed_in(people.mo), signed_in(people.bea)
    address = reverse("minutes:decide", args=[minutes.discussion_id, child_of(minutes).pk])
    typed: dict[str, Any] = {
        "risk_level": "high",
        "risk_text": "Hurt again tonight.",
        "rationale": "Mo: an assessment of need.",
        "outcome": "section_17",
        "_version": mo.get(address).context["version"],
    }
    assert mo.post(address, typed).status_code == 302
    second = bea.post(address, typed | {"outcome": "section_47_joint", "rationale": "Bea: an injury."})
    page = second.content.decode()
    assert second.status_code == 409
    assert "Mo: an assessment of need." in page
    assert "Bea: an injury." in page
    assert Decision.objects.get().rationale == "Mo: an assessment of need."

    again = typed | {"rationale": "Both: an injury.", "_version": second.context["version"]}
    assert bea.post(address, again).status_code == 302
    assert Decision.objects.get().version == 2


def test_every_kind_of_harm_has_prompts_of_its_own() -> None:
    assert set(BY_HARM) == set(AbuseType.values)
    told = prompts("Ruby", ["PHY", "SAB", "PHY"])
    assert len(told) == len(BY_HARM["PHY"]) + len(BY_HARM["SAB"]) + len(ALWAYS)
    assert not any("{who}" in one for one in told)


def test_the_page_asks_by_what_is_feared_for_this_child(people: Cast, minutes: Minutes) -> None:
    child = child_of(minutes)
    minutes.discussion.request.referral.concerns.all().delete()
    minutes.discussion.request.referral.concerns.create(child=child, abuse_type="SAB")
    page = signed_in(people.mo).get(reverse("minutes:decide", args=[minutes.discussion_id, child.pk]))
    assert BY_HARM["SAB"][0] in page.content.decode()
    assert BY_HARM["NEG"][0] not in page.content.decode()
