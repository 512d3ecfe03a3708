"""What the protocol asks after a discussion: who receives the minutes, and what must stand in them."""

import pytest
from django.utils import timezone

from audit.errors import Refused
from minutes.services import versions
from minutes.services.recipients import planned_for
from tests.builders.after import a_finished_record, an_authorised_version
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_wirral_sends_to_those_who_took_part_greater_manchester_to_all_parties() -> None:
    people = cast()
    first = an_authorised_version(people, without=["Dan Dale"])
    assert sorted(one.professional.name for one in planned_for(first)) == [
        "Bea Bright", "Hetty Hall", "Mo Mensah", "Paul Pike", "Sam Shah",
    ]  # fmt: skip


def test_greater_manchester_sends_to_absent_contributors_too() -> None:
    version = an_authorised_version(cast(), without=["Dan Dale"], protocol="greater-manchester")
    found = {one.professional.name: one.because for one in planned_for(version)}
    assert found["Dan Dale"] == "Contributed or was expected, was not there"


def test_what_the_protocol_says_must_be_there_stops_the_chair_with_its_clause() -> None:
    people = cast()
    minutes = a_finished_record(people, protocol="birmingham")
    minutes.allocated_number = ""
    minutes.save()
    with pytest.raises(Refused) as caught:
        versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())
    assert caught.value.field == "missing"
    assert (
        "The allocated social worker and their telephone number are not both named." in caught.value.sentence
    )
    assert "3.5 to 3.8" in caught.value.sentence
