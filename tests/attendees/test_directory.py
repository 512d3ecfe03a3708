"""The directory: addresses, duplicates, staff."""

from typing import Any

import pytest
from django.utils import timezone

from attendees.enums import Channel
from attendees.models import Professional
from attendees.services.directory import add_professional, professional_for
from audit.errors import NotAllowed, Refused
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def add(people: Cast, **other: Any) -> Professional:
    given: dict[str, Any] = {
        "name": "Ann Lee",
        "agency": people.health,
        "job_role": "Midwife",
        "email": "ann.lee@northshire-health.example",
        "by": people.bea,
        "at": timezone.now(),
    }
    return add_professional(**{**given, **other})


@pytest.mark.parametrize(
    "address",
    ["a@x, b@evil", "ann\r\nBcc: x@evil.example", "ann@", "ann", "ann@council.gcsx.gov.uk", "a@b@c.example"],
)
def test_an_address_that_will_not_do_is_refused(people: Cast, address: str) -> None:
    with pytest.raises(Refused) as refused:
        add(people, email=address)
    assert refused.value.field == "email"
    assert not Professional.objects.exists()


def test_addresses_are_kept_in_one_form_and_the_same_person_once(people: Cast) -> None:
    first = add(people, email=" Ann.Lee@Northshire-Health.EXAMPLE ")
    assert first.email == "ann.lee@northshire-health.example"
    assert add(people, name="ann lee") == first
    assert add(people, name="Bob Lee") != first  # one mailbox, two people


def test_how_secret_things_reach_them(people: Cast) -> None:
    people.health.secure_domains = ["secure.example"]
    people.health.save()
    assert add(people, email="").channel == Channel.BY_HAND
    assert add(people).channel == Channel.LINK
    assert add(people, email="ann@secure.example").channel == Channel.SECURE_EMAIL
    assert add(people, email="ann@not-secure.example").channel == Channel.LINK


def test_name_and_role_are_needed_and_a_stranger_adds_nobody(people: Cast) -> None:
    for field in ("name", "job_role"):
        with pytest.raises(Refused) as refused:
            add(people, **{field: " \n "})
        assert refused.value.field == field
    for person in (people.stranger, people.ira):
        with pytest.raises(NotAllowed):
            add(people, by=person)


def test_staff_have_one_entry_each_with_their_role_in_the_quorum(people: Cast) -> None:
    assert professional_for(people.sam) == professional_for(people.sam)
    roles = [
        professional_for(one).quorum_role
        for one in (people.sam, people.ada, people.mo, people.hal, people.bea)
    ]
    assert roles == ["social_worker", "social_worker", "social_work_manager", "social_work_manager", ""]
    people.olga.agency = None
    with pytest.raises(Refused):
        professional_for(people.olga)
