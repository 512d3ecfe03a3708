"""Small helps of the room: where an action is reviewed, a plan made an action, whom a deputy replaces."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from minutes.enums import ActionOrigin, Forum
from minutes.models import Action, Minutes, Section
from minutes.rules.forums import take_forum
from minutes.services.sections import save_section
from tests.builders.meeting import a_started_discussion
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_started_discussion(people)


def page(minutes: Minutes, name: str, *more: int) -> str:
    return reverse(f"minutes:{name}", args=[minutes.discussion_id, *more])


@pytest.mark.parametrize(
    ("typed", "rest", "forum"),
    [
        ("@police visit #conference by Friday", "@police visit  by Friday", Forum.CHILD_PROTECTION),
        ("#follow-up ring the school", "  ring the school", Forum.FOLLOW_UP),
        ("Ring the school #CIN", "Ring the school ", Forum.CHILD_IN_NEED),
        ("Visit flat #4 by Friday", "Visit flat #4 by Friday", ""),
        ("Read #nothing of ours", "Read #nothing of ours", ""),
        ("Ring C#care", "Ring C#care", ""),
    ],
)
def test_a_word_with_a_hash_says_where_it_is_reviewed(typed: str, rest: str, forum: str) -> None:
    assert take_forum(typed) == (rest, forum)


@pytest.mark.django_db
def test_where_it_is_reviewed_is_typed_in_the_line_and_shown_in_the_log(
    people: Cast, minutes: Minutes
) -> None:
    bea = signed_in(people.bea)
    typed = {"line": "@police visit the home by tomorrow 5pm #conference"}
    assert bea.post(page(minutes, "add_line"), typed).status_code == 302
    action = Action.objects.get()
    assert (action.text, action.forum) == ("Visit the home", Forum.CHILD_PROTECTION)
    room = bea.get(f"{page(minutes, 'room')}?step=actions").content.decode()
    assert "Reviewed in: Child protection conference or core group" in room

    asked = bea.post(page(minutes, "add_line"), {"line": "Ring the school #follow-up"})
    form = asked.context["form"]
    assert form["forum"].value() == Forum.FOLLOW_UP and set(form.errors) == {"owner", "due_at"}


@pytest.mark.django_db
def test_the_safety_plan_becomes_an_action_from_its_box(people: Cast, minutes: Minutes) -> None:
    bea = signed_in(people.bea)
    box = (
        Section.objects.filter(minutes=minutes, field="safety_plan").select_related("child").order_by("pk")[0]
    )
    add = f"{page(minutes, 'add_action')}?plan={box.pk}"
    room = f"{page(minutes, 'room')}?step=actions"
    assert add not in bea.get(room).content.decode()
    save_section(box, "Stays with grandmother tonight.", version=0, by=people.bea, at=timezone.now())
    assert add in bea.get(room).content.decode()

    form = bea.get(add).context["form"]
    assert (form["text"].value(), form["child"].value()) == ("Stays with grandmother tonight.", box.child_id)
    owner = minutes.discussion.attendance.get(name="Paul Pike").professional_id
    due = (timezone.now() + timedelta(hours=5)).isoformat()
    typed = {
        "text": "Stays with grandmother tonight.", "child": box.child_id, "owner": owner, "due_at": due,
        "kind": "action", "forum": "supervision", "how_known": "", "usual": "",
    }  # fmt: skip
    assert bea.post(add, typed).status_code == 302
    assert (Action.objects.get().origin, Action.objects.get().child) == (ActionOrigin.SAFETY_PLAN, box.child)

    other = a_started_discussion(people, at=timezone.now() - timedelta(hours=4))
    elsewhere = bea.get(f"{page(other, 'add_action')}?plan={box.pk}").context["form"]
    assert not elsewhere["text"].value()


@pytest.mark.django_db
def test_whom_a_deputy_stands_in_for_is_said_in_the_list(people: Cast, minutes: Minutes) -> None:
    bea, address = signed_in(people.bea), page(minutes, "attendance")
    form = bea.get(address).context["form"]
    paul = minutes.discussion.attendance.get(name="Paul Pike")
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not False}
    typed[f"deputy_for_{paul.professional_id}"] = "DI Ray Rook"
    assert bea.post(address, typed).status_code == 302
    paul.refresh_from_db()
    assert paul.deputy_for == "DI Ray Rook"
    assert 'value="DI Ray Rook"' in bea.get(address).content.decode()
    del typed[f"deputy_for_{paul.professional_id}"]
    assert bea.post(address, typed).status_code == 302
    paul.refresh_from_db()
    assert paul.deputy_for == "DI Ray Rook"  # what the page did not ask stands


@pytest.mark.django_db
def test_what_stops_the_close_is_said_once_and_nothing_typed_is_lost(people: Cast, minutes: Minutes) -> None:
    browser, address = signed_in(people.bea), page(minutes, "close")
    form = browser.get(address).context["form"]
    typed = {name: "agrees" for name in form.fields if name.startswith("answer_")}
    typed |= {"ended_at": timezone.now().isoformat(), "not_read_back": "The line went dead."}

    refused = browser.post(address, typed)
    body = refused.content.decode()

    assert refused.status_code == 409
    assert body.count("or defer to a date, before you close") == 1  # in the summary alone
    assert "The line went dead." in body
    assert len(re.findall(r"value=\"agrees\"[^>]* checked", body)) == len(form.people)
    assert "What Sam Shah objects to (optional)" not in body  # it is asked of whoever objects
