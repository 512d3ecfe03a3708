"""Somebody's roles change: what they hold and can no longer do is handed over first (mission F)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.errors import Refused
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast
from worklist.services.changing import change_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """A discussion was held: Sam has the case, Paul and Hetty have actions."""
    found = cast()
    a_held_discussion(found)
    return found


def change(person: User, people: Cast, **other: Any) -> User:
    """The administrator saves the form of this person."""
    names = ("name", "email", "phone", "agency", "roles")
    told = {name: getattr(person, name) for name in names} | {"teams": list(person.teams.all())} | other
    return change_person(person, **told, by=people.adi, at=timezone.now())


def test_whoever_has_a_case_does_not_become_somebody_who_cannot(people: Cast) -> None:
    with pytest.raises(Refused, match="Sam Shah still has") as refused:
        change(people.sam, people, roles=["inspector"], teams=[])
    assert refused.value.field == "roles"
    people.sam.refresh_from_db()
    assert people.sam.roles == ["social_worker"]
    assert change(people.sam, people, roles=["advanced_practitioner"]).roles == ["advanced_practitioner"]


def test_whoever_has_something_does_not_leave_their_agency_with_it(people: Cast) -> None:
    told: dict[str, Any] = {"agency": people.stranger_agency, "roles": ["partner"], "teams": []}
    with pytest.raises(Refused, match="still has") as refused:
        change(people.sam, people, **told)
    assert refused.value.field == "agency"


def test_whoever_holds_nothing_becomes_anything(people: Cast) -> None:
    assert change(people.olga, people, roles=["inspector"], teams=[]).roles == ["inspector"]


def test_the_page_says_it_beside_the_roles_and_leads_on(people: Cast, client: Client) -> None:
    client.force_login(people.adi)
    page = reverse("worklist:change_person", args=[people.sam.pk])
    typed = {"name": "Sam Shah", "email": people.sam.email, "phone": "", "agency": people.council.pk}
    answer = client.post(page, typed | {"roles": ["inspector"], "teams": []})
    assert answer.status_code == 409 and "Sam Shah still has" in answer.content.decode()
