"""Usual actions are offered by outcome and harm, adjusted and agreed one by one (rows C33, C34)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Child
from minutes.enums import ActionKind
from minutes.models import Action, Minutes
from minutes.rules.one_line import Owner, read_line
from minutes.rules.usual import ALWAYS, BY_HARM, KNOWN, LEAST, offered
from minutes.services import decisions
from minutes.services.content import content_of
from referrals.enums import AbuseType
from strategy.enums import Outcome
from tests.builders.meeting import a_started_discussion, a_threshold, person_of
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
OWNERS = [
    Owner(1, "Sam Shah", ("social worker",), here=True),
    Owner(2, "Paul Pike", ("police",), here=True),
    Owner(3, "Hetty Hall", ("health",), here=True),
    Owner(4, "Dan Dale", ("education",), here=True),
]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    return a_started_discussion(people)


def child_of(minutes: Minutes) -> Child:
    return minutes.discussion.request.children.order_by("pk")[0]


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_every_usual_action_is_a_line_with_owner_and_due(key: str) -> None:
    now = timezone.now().replace(hour=9)
    line = read_line(KNOWN[key].line.replace("{who}", "Ruby Vale"), now=now, owners=OWNERS)
    assert line.owner and line.due_at and not line.problem, line
    assert now < line.due_at <= now + timedelta(days=15)
    assert "@" not in line.text and " by" not in line.text[-4:]


def test_every_kind_of_harm_and_section_47_and_17_have_some() -> None:
    assert set(BY_HARM) == set(AbuseType.values)
    assert set(LEAST) == {"section_47", Outcome.SECTION_17}
    assert len(KNOWN) == sum(len(some) for some in (*LEAST.values(), *BY_HARM.values(), ALWAYS))


def test_what_is_agreed_is_not_offered_again() -> None:
    least, more = offered(
        5, "Ruby", outcome="section_47_joint", harms=["PHY", "PHY"], agreed={("crime", 5), ("plan_visits", 6)}
    )
    assert [one.usual.key for one in least if one.is_agreed] == ["crime"]
    assert len(more) == len(BY_HARM["PHY"]) + len(ALWAYS)
    assert all("{who}" not in one.line for one in (*least, *more))


def test_one_is_taken_from_the_page_into_the_log(people: Cast, minutes: Minutes) -> None:
    mo, child = signed_in(people.mo), child_of(minutes)
    minutes.discussion.request.referral.concerns.all().delete()
    minutes.discussion.request.referral.concerns.create(child=child, abuse_type="PHY")
    address = reverse("minutes:usual_actions", args=[minutes.discussion_id])
    assert "offered here afterwards" in mo.get(address).content.decode()
    decisions.decide(minutes, child, a_threshold(), by=people.mo, at=timezone.now())
    assert "The least that follows from section 47" in mo.get(address).content.decode()

    add = reverse("minutes:add_action", args=[minutes.discussion_id])
    form = mo.get(f"{add}?usual=phy_paediatrician&child={child.pk}").context["form"]
    hetty = person_of(minutes, "Hetty Hall")
    assert (form.initial["owner"], form.initial["child"]) == (hetty.pk, child.pk)
    assert form.initial["text"] == f"Have {child.name} examined by a paediatrician"
    typed = {name: form.initial[name] for name in ("owner", "child", "kind", "usual")}
    due = (timezone.now() + timedelta(hours=3)).isoformat()
    done = mo.post(add, typed | {"text": "Ruby is examined today", "due_at": due, "forum": "supervision"})
    assert done.status_code == 302
    action = Action.objects.get(text="Ruby is examined today")
    assert (action.kind, action.details) == (ActionKind.EXAMINATION, {"usual": "phy_paediatrician"})
    assert "In the action log" in mo.get(address).content.decode()
    assert content_of(minutes)["actions"][0]["kind"] == "Examination or test"

    edit = reverse("minutes:edit_action", args=[minutes.discussion_id, action.pk])
    more = typed | {"text": "Ruby is examined tonight", "due_at": due, "forum": "supervision", "usual": ""}
    assert mo.post(edit, more | {"_version": action.version}).status_code == 302
    changed = Action.objects.get(pk=action.pk)
    assert (changed.text, changed.details) == ("Ruby is examined tonight", {"usual": "phy_paediatrician"})


def test_a_wrong_word_in_the_address_fills_nothing(people: Cast, minutes: Minutes) -> None:
    add = reverse("minutes:add_action", args=[minutes.discussion_id])
    page = signed_in(people.mo).get(f"{add}?usual=drop&child=x")
    assert (page.status_code, page.context["form"].initial["text"]) == (200, "")
