"""A clock that is not needed says on the strip who decided so; one that ended by itself names nobody."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deadlines import services as deadlines
from deadlines.models import Deadline
from tests.builders.requests import a_submitted_request
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_the_strip_says_who_decided_that_a_clock_is_not_needed() -> None:
    people, now = cast(), timezone.now()
    case = a_submitted_request(people, at=now).case
    first, second = Deadline.objects.running().filter(case=case)[:2]
    deadlines.void(first, reason="The family has moved.", by=people.mo, at=now)
    deadlines.void(second, reason="Nobody is left to ask.", by=None, at=now)
    client = Client()
    client.force_login(people.mo)
    page = client.get(reverse("worklist:case", args=[case.reference])).content.decode()
    assert f"Not needed: The family has moved. (decided by {people.mo.name})</span>" in page
    assert "Not needed: Nobody is left to ask.</span>" in page
