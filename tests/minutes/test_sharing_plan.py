"""The sharing plan stands in its rows, is printed as a plan, and is typed once (row B11)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.services.directory import professional_for
from minutes.enums import RenditionKind
from minutes.models import Action, Minutes
from minutes.pdf import page_of
from minutes.rules.renditions import Cut, rendered
from minutes.services import actions
from minutes.services.content import content_of
from minutes.services.sharing import Told, decide_sharing
from minutes.services.versions import what_is_missing
from tests.builders.meeting import a_started_discussion, person_of
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
ASKED = "It is not said what is shared with the family, by whom and when."
NOW = timezone.now


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_started_discussion(people, protocol="birmingham")


def is_asked(minutes: Minutes) -> bool:
    return ASKED in [one.sentence for one in what_is_missing(minutes)]


def told_to_the_school(minutes: Minutes, people: Cast) -> Action:
    sam, due = professional_for(people.sam), NOW() + timedelta(hours=4)
    row = actions.Sharing("that an enquiry has begun", "Elm Street Primary", "by telephone", sam, due)
    return actions.plan_to_share(minutes, row, by=people.mo, at=NOW())


def told_to_the_family(minutes: Minutes, people: Cast) -> None:
    hetty, due = person_of(minutes, "Hetty Hall"), NOW() + timedelta(hours=5)
    decide_sharing(
        minutes, Told("share", "She can protect.", "What was seen.", hetty, due), by=people.mo, at=NOW()
    )


def test_a_row_of_the_plan_or_the_decision_for_the_family_satisfies_the_demand(
    people: Cast, minutes: Minutes
) -> None:
    assert is_asked(minutes)
    row = told_to_the_school(minutes, people)
    assert not is_asked(minutes)
    actions.strike_action(row, "They know already", by=people.mo, at=NOW())
    assert is_asked(minutes)
    told_to_the_family(minutes, people)
    assert not is_asked(minutes)


def test_the_plan_stands_in_the_record_the_room_and_the_pdf_with_the_family_first(
    people: Cast, minutes: Minutes
) -> None:
    told_to_the_school(minutes, people)
    told_to_the_family(minutes, people)
    family, school = content_of(minutes)["sharing_plan"]
    assert (family["to_whom"], family["what"], family["by"]) == ("The family", "What was seen.", "Hetty Hall")
    assert [school[name] for name in ("to_whom", "what", "how", "by")] == [
        "Elm Street Primary", "that an enquiry has begun", "by telephone", people.sam.name,
    ]  # fmt: skip
    room = f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=actions"
    printed = page_of(content_of(minutes), {"version": {}})
    assert printed.index("<h2>Who is told what</h2>") < printed.index("that an enquiry has begun")
    page = signed_in(people.mo).get(room).content.decode()
    assert "Who is told what, by whom, how and by when" in page
    assert page.index("The family</th>") < page.index("Elm Street Primary</th>")


def test_the_copy_for_the_family_has_no_plan_and_one_about_one_child_names_no_other(
    people: Cast, minutes: Minutes
) -> None:
    sam, due = professional_for(people.sam), NOW() + timedelta(hours=4)
    row = actions.Sharing("what Jack Fenwick said", "his school", "", sam, due)
    actions.plan_to_share(minutes, row, by=people.mo, at=NOW())
    content = content_of(minutes)
    ruby = minutes.discussion.request.children.order_by("pk")[0]
    assert "sharing_plan" not in rendered(content, Cut(RenditionKind.FAMILY))
    [told] = rendered(content, Cut(RenditionKind.WHOLE, ruby.pk))["sharing_plan"]
    assert told["what"] == "what [another child] said"
    assert rendered(content, Cut(RenditionKind.PARTNER))["sharing_plan"] == content["sharing_plan"]


def test_a_row_is_changed_by_its_parts_and_its_sentence_follows(people: Cast, minutes: Minutes) -> None:
    row, mo = told_to_the_school(minutes, people), signed_in(people.mo)
    address = reverse("minutes:edit_action", args=[minutes.discussion_id, row.pk])
    form: Any = mo.get(address).context["form"]
    assert [form[name].value() for name in ("what", "whom", "how")] == [
        "that an enquiry has begun", "Elm Street Primary", "by telephone",
    ]  # fmt: skip
    typed = {
        "what": "that he stays away", "whom": "Oak Nursery", "how": "",
        "owner": row.owner_id, "due_at": row.due_at.isoformat(),
    }  # fmt: skip
    assert mo.post(address, typed).status_code == 302
    assert Action.objects.get().text == "Tell Oak Nursery: that he stays away"
    [told] = content_of(minutes)["sharing_plan"]
    assert (told["to_whom"], told["what"], told["how"]) == ("Oak Nursery", "that he stays away", "")
