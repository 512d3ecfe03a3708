"""Whoever raised an escalation has left: their agency is told by its mailbox, not nobody."""

import pytest
from django.utils import timezone

from attendees.models import Professional
from outbox.models import Letter
from tests.builders.ladder import a_resolution, an_escalation
from tests.builders.requests import a_submitted_request
from tests.people import cast

pytestmark = pytest.mark.django_db


def test_the_agency_is_told_when_who_raised_it_has_left() -> None:
    people = cast()
    request = a_submitted_request(people)
    paul = Professional.objects.get(name="Paul Pike")
    raised = an_escalation(request.case, people, on_behalf_of=paul, against=people.council)
    Professional.objects.filter(pk=paul.pk).update(is_active=False)
    before = Letter.objects.latest("pk").pk
    a_resolution(raised, people, by=people.hal, at=timezone.now())
    told = set(Letter.objects.filter(pk__gt=before).values_list("to_ref", flat=True))
    assert f"professional:{paul.pk}" not in told
    assert f"agency:{people.police.pk}" in told
