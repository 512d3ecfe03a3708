"""What an arrangement or a decision says and what its action says are one: neither changes alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed
from minutes.enums import About, ActionOrigin, Forum
from minutes.models import Action, Arrangement, Minutes
from minutes.services import actions, arrangements, decisions
from minutes.services.content import content_of
from minutes.services.room import room_for
from minutes.services.sharing import Told, decide_sharing
from minutes.services.versions import what_is_missing
from strategy.models import Decision
from tests.builders.meeting import a_started_discussion, a_threshold, person_of
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_started_discussion(people, protocol="birmingham")


def arranged(minutes: Minutes, people: Cast, about: str = About.CHILD) -> Arrangement:
    child = minutes.discussion.request.children.order_by("pk")[0]
    due, sam = NOW() + timedelta(hours=3), professional_for(people.sam)
    seeing = arrangements.Seeing(about, child, "At school", due, sam)
    return arrangements.arrange(minutes, seeing, by=people.mo, at=NOW())


def medical(minutes: Minutes, people: Cast) -> Action:
    child = minutes.discussion.request.children.order_by("pk")[0]
    due, hetty = NOW() + timedelta(hours=3), person_of(minutes, "Hetty Hall")
    told = decisions.Medical("yes", "Only an examination shows it.", "Eye test", "Cherry ward", due, hetty)
    decisions.decide(minutes, child, a_threshold(medical=told), by=people.mo, at=NOW())
    return Action.objects.get(origin=ActionOrigin.MEDICAL)


def unseen(minutes: Minutes, child_name: str) -> list[str]:
    return [one.sentence for one in what_is_missing(minutes) if f"{child_name} is seen" in one.sentence]


# --- Struck --------------------------------------------------------------------------------


def test_a_visit_that_is_struck_out_stands_nowhere_in_the_minutes_and_is_asked_for_again(
    people: Cast, minutes: Minutes
) -> None:
    made = arranged(minutes, people)
    assert unseen(minutes, made.child.name) == []

    actions.strike_action(made.action, "The school is closed", by=people.mo, at=NOW())

    assert content_of(minutes)["arrangements"] == []
    [sentence] = unseen(minutes, made.child.name)
    assert sentence == f"It is not said where, when and by whom {made.child.name} is seen and spoken to."
    room = room_for(people.mo, minutes.discussion_id, at=NOW(), step="actions")
    assert room is not None and room.arrangements == []


def test_a_medical_is_not_struck_out_while_the_record_says_that_it_is_needed(
    people: Cast, minutes: Minutes
) -> None:
    action = medical(minutes, people)
    with pytest.raises(MoveNotAllowed, match="answer there that it is not"):
        actions.strike_action(action, "Not needed", by=people.mo, at=NOW())

    assert Decision.objects.get().medical == "yes"
    mo = signed_in(people.mo)
    page = mo.get(f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=actions").content.decode()
    assert reverse("minutes:strike_action", args=[minutes.discussion_id, action.pk]) not in page
    assert reverse("minutes:decide", args=[minutes.discussion_id, action.child_id]) in page


def test_telling_the_family_is_not_struck_out_while_it_is_decided(people: Cast, minutes: Minutes) -> None:
    due, sam = NOW() + timedelta(hours=3), professional_for(people.sam)
    told = Told("delay", "The police interview first.", "", sam, due)
    action = decide_sharing(minutes, told, by=people.mo, at=NOW()).action
    assert action is not None
    with pytest.raises(MoveNotAllowed, match="decided for the family"):
        actions.strike_action(action, "Later", by=people.mo, at=NOW())
    mo = signed_in(people.mo)
    edit = mo.get(reverse("minutes:edit_action", args=[minutes.discussion_id, action.pk]))
    assert edit.headers["Location"] == reverse("minutes:family_sharing", args=[minutes.discussion_id])


# --- Changed -------------------------------------------------------------------------------


def test_change_of_a_visit_leads_to_the_arrangement_and_both_change(people: Cast, minutes: Minutes) -> None:
    made, mo = arranged(minutes, people), signed_in(people.mo)
    edit = reverse("minutes:edit_action", args=[minutes.discussion_id, made.action_id])
    address = reverse("minutes:rearrange", args=[minutes.discussion_id, made.pk])
    room = mo.get(f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=actions").content.decode()
    assert address in room and f'href="{edit}"' not in room
    assert mo.get(edit).headers["Location"] == address
    task = actions.Task("See the child next week", made.by_whom, made.at + timedelta(days=7))
    with pytest.raises(MoveNotAllowed, match="change the arrangement"):
        actions.edit_action(made.action, task, by=people.mo, at=NOW())

    paul = person_of(minutes, "Paul Pike")
    typed = {
        "about": "child", "child": made.child_id, "place": "Police station",
        "at": (NOW() + timedelta(hours=5)).isoformat(), "by_whom": paul.pk,
        "how_known": "Sam rings", "forum": Forum.CHILD_IN_NEED,
    }  # fmt: skip
    done = mo.post(address, typed)
    assert done.status_code == 302, done.content.decode()

    [told], [logged] = content_of(minutes)["arrangements"], content_of(minutes)["actions"]
    assert (told["by_whom"], told["when"]) == (logged["owner"], logged["due"]) == ("Paul Pike", told["when"])
    assert (logged["how_known"], logged["forum"]) == ("Sam rings", "Child in need meeting")


def test_change_of_a_medical_leads_to_the_decision_and_keeps_what_else_was_agreed(
    people: Cast, minutes: Minutes
) -> None:
    action = medical(minutes, people)
    edit = reverse("minutes:edit_action", args=[minutes.discussion_id, action.pk])
    address = reverse("minutes:decide", args=[minutes.discussion_id, action.child_id])
    assert signed_in(people.mo).get(edit).headers["Location"] == address
    task = actions.Task("An X-ray", action.owner, action.due_at)
    with pytest.raises(MoveNotAllowed, match="a medical that was decided"):
        actions.edit_action(action, task, by=people.mo, at=NOW())

    Action.objects.filter(pk=action.pk).update(how_known="The ward rings", forum=Forum.FOLLOW_UP)
    told = decisions.Medical("yes", "Seen.", "Eye test", "Oak clinic", action.due_at, action.owner)
    assert action.child is not None
    decisions.decide(minutes, action.child, a_threshold(medical=told), by=people.mo, at=NOW())
    changed = Action.objects.get(pk=action.pk)
    assert "Oak clinic" in changed.text
    assert (changed.how_known, changed.forum) == ("The ward rings", Forum.FOLLOW_UP)


def test_an_action_that_was_typed_is_changed_and_struck_out_as_ever(people: Cast, minutes: Minutes) -> None:
    task = actions.Task("Ring the school", professional_for(people.sam), NOW() + timedelta(hours=3))
    action = actions.add_action(minutes, task, by=people.mo, at=NOW())
    changed = actions.edit_action(action, replace(task, text="Ring the nursery"), by=people.mo, at=NOW())
    assert changed.text == "Ring the nursery"
    assert actions.strike_action(changed, "Done", by=people.mo, at=NOW()).struck_reason == "Done"
