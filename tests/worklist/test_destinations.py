"""From a clock to the page where its work is done."""

import pytest

from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_held_discussion
from tests.people import cast
from worklist.destinations import address_of

pytestmark = pytest.mark.django_db


def test_before_it_is_held_a_discussion_is_its_own_page_and_afterwards_its_minutes() -> None:
    people = cast()
    booked = a_booked_discussion(people)
    assert address_of(f"discussion:{booked.pk}", people.bea) == f"/discussions/{booked.pk}/"
    pk = a_held_discussion(people).pk
    assert address_of(f"discussion:{pk}", people.bea) == f"/discussions/{pk}/minutes/"
    assert address_of(f"discussion:{pk}", people.stranger) is None
