"""An authority that knows six hundred people: who is here comes first, and anybody can be found."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Professional
from minutes.models import Action, Minutes
from minutes.rules.one_line import sought
from tests.builders.meeting import a_started_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    """Six hundred before “Paul Pike” in the alphabet, most of them police, and one behind him."""
    Professional.objects.bulk_create(
        Professional(name=f"Aaron {number:03}", job_role="Constable", agency=people.police)
        for number in range(600)
    )
    Professional.objects.create(name="Zelda Zorn", job_role="Optician", agency=people.health)
    return a_started_discussion(people)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("@police visit the home", "police"),
        ("visit the home @hv by Friday", "visitor"),
        ("@O’Brien ring", "brien"),
        ("@paulpike ring", "paulpike"),
        ("ring the school", ""),
    ],
)
def test_the_word_a_directory_is_searched_for(line: str, word: str) -> None:
    assert sought(line) == word


def test_who_is_here_is_known_by_one_word_and_so_is_anybody_else(
    client: Client, people: Cast, minutes: Minutes
) -> None:
    client.force_login(people.bea)
    line = reverse("minutes:add_line", args=[minutes.discussion_id])
    client.post(line, {"line": "@police visit the home by tomorrow 5pm"})
    client.post(line, {"line": "@optician test her eyes by tomorrow 5pm"})
    client.post(line, {"line": "@zeldazorn write down what she saw by tomorrow 5pm"})
    owners = Action.objects.order_by("number").values_list("owner__name", flat=True)
    assert list(owners) == ["Paul Pike", "Zelda Zorn", "Zelda Zorn"]


def test_the_list_begins_with_who_is_here_and_a_name_finds_the_rest(
    client: Client, people: Cast, minutes: Minutes
) -> None:
    client.force_login(people.bea)
    url = reverse("minutes:add_action", args=[minutes.discussion_id])
    page = client.get(url).content.decode()
    assert page.index("Paul Pike") < page.index("Aaron 000")
    assert "Zelda Zorn" not in page and 'name="owner_called"' in page
    typed = {"text": "Test her eyes", "kind": "action", "forum": "supervision"}
    typed |= {"due_at": (timezone.now() + timedelta(days=1)).isoformat()}

    several = client.post(url, typed | {"owner_called": "Aaron"})
    assert several.status_code == 422
    assert "Several people fit “Aaron”" in several.content.decode()
    assert several.content.decode().index('label="Found"') < several.content.decode().index("Paul Pike")
    nobody = client.post(url, typed | {"owner_called": "Quentin <b>"})
    assert "Nobody in the directory is called “Quentin &lt;b&gt;”" in nobody.content.decode()
    assert 'value="Quentin &lt;b&gt;"' in nobody.content.decode()
    assert Action.objects.count() == 0
    form = client.post(url, typed | {"owner_called": "zelda zorn"})
    assert form.status_code == 302, form.context["form"].errors
    assert Action.objects.get().owner.name == "Zelda Zorn"


def test_a_short_directory_asks_for_no_name(client: Client, people: Cast) -> None:
    held = a_started_discussion(people)
    client.force_login(people.bea)
    page = client.get(reverse("minutes:add_action", args=[held.discussion_id])).content.decode()
    assert "owner_called" not in page
