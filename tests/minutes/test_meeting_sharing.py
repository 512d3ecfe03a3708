"""What the family is told is the chair's decision, with its reason and somebody who sees to it (C25, G12)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import NotAllowed, Refused, StaleVersion
from minutes.enums import ActionStatus
from minutes.models import Action, FamilySharing, Minutes
from minutes.services.content import content_of
from minutes.services.sharing import ASK_AGAIN, TELL, Told, decide_sharing
from tests.builders.meeting import a_started_discussion, person_of
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


def to_share(minutes: Minutes, **facts: Any) -> Told:
    told = Told(
        told="share",
        reason="No enquiry is harmed, and the mother can protect.",
        what="That an enquiry has begun; not who referred.",
        owner=person_of(minutes, "Hetty Hall"),
        due_at=timezone.now() + timedelta(hours=4),
    )
    return replace(told, **facts)


def test_telling_is_an_action_that_follows_the_decision(people: Cast, minutes: Minutes) -> None:
    now = timezone.now()
    decide_sharing(minutes, to_share(minutes), by=people.mo, at=now)
    action = Action.objects.get()
    assert (action.text, action.owner.name) == (TELL, "Hetty Hall")
    later = to_share(minutes, told="delay", due_at=now + timedelta(days=1))
    decide_sharing(minutes, later, by=people.mo, at=now)
    assert (Action.objects.get().text, Action.objects.get().due_at) == (ASK_AGAIN, later.due_at)
    kept = decide_sharing(minutes, Told("withhold", "The police interview him first."), by=people.mo, at=now)
    assert (Action.objects.get().status, kept.action, kept.until) == (ActionStatus.STRUCK, None, None)
    told = content_of(minutes)["family_sharing"]
    assert told == {
        "told": "No, it is withheld",
        "reason": "The police interview him first.",
        "what": "",
        "by": people.mo.name,
    }


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"told": "perhaps"}, "told"),
        ({"reason": " "}, "reason"),
        ({"what": ""}, "what"),
        ({"owner": None}, "owner"),
        ({"due_at": None}, "due_at"),
        ({"told": "delay", "due_at": None}, "due_at"),
        ({"due_at": timezone.now() - timedelta(days=1)}, "due_at"),
    ],
)
def test_what_is_lacking_is_said_at_its_field(
    people: Cast, minutes: Minutes, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        decide_sharing(minutes, to_share(minutes, **facts), by=people.mo, at=timezone.now())
    assert refused.value.field == field
    assert not FamilySharing.objects.exists() and not Action.objects.exists()


def test_only_who_runs_the_meeting_decides_and_a_clash_is_said(people: Cast, minutes: Minutes) -> None:
    now = timezone.now()
    for other in (people.sam, people.asha, people.paul):
        with pytest.raises(NotAllowed):
            decide_sharing(minutes, to_share(minutes), by=other, at=now)
    decide_sharing(minutes, to_share(minutes), by=people.mo, at=now)
    decide_sharing(minutes, to_share(minutes), by=people.bea, at=now, version=1)
    with pytest.raises(StaleVersion):
        decide_sharing(minutes, to_share(minutes), by=people.mo, at=now, version=1)


def test_the_form_keeps_what_was_typed(people: Cast, minutes: Minutes) -> None:
    mo = signed_in(people.mo)
    address = reverse("minutes:family_sharing", args=[minutes.discussion_id])
    bad = mo.post(address, {"told": "share", "reason": "The mother can protect."})
    assert bad.status_code == 422
    assert set(bad.context["form"].errors) == {"what", "owner", "due_at"}
    assert "The mother can protect." in bad.content.decode()
    done = mo.post(address, {"told": "withhold", "reason": "The police interview him first."})
    assert done.status_code == 302
    room = mo.get(reverse("minutes:room", args=[minutes.discussion_id]) + "?step=actions").content.decode()
    assert "The police interview him first." in room
