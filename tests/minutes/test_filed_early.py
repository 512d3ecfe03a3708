"""A version is filed in the case system before it is circulated: nothing waits for its filing then."""

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from minutes.services import circulate as circulating
from minutes.services.file import record_filing
from minutes.services.turns import FILE_MINUTES
from tests.builders.after import a_printed_version
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_what_was_filed_before_it_was_circulated_is_not_asked_for_again() -> None:
    people, now = cast(), timezone.now()
    version = a_printed_version(people)
    record_filing(version, reference="LCS-1", by=people.bea, at=now)
    circulating.circulate(version.minutes, by=people.bea, at=now)
    clock = Deadline.objects.filter(subject=version.minutes.subject, duty=FILE_MINUTES, state="running")
    assert not clock.exists()
