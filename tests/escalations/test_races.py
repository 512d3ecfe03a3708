"""Two who resolve, or raise, the same at once: one wins, the other is told (P9)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from attendees.services.directory import professional_for
from audit.errors import Refused
from escalations.models import Escalation, Resolution
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import a_resolution, an_escalation
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What came of each, done at the same moment on connections of their own."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            gate.wait(timeout=20)
            act()
        except Refused as refused:
            return refused.sentence
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(one.result() for one in [pool.submit(run, act) for act in acts])


def everybody() -> Cast:
    """The cast, each already in the directory."""
    people = cast()
    for person in (people.sam, people.mo):
        professional_for(person)
    return people


def test_two_resolve_at_once_and_one_wins() -> None:
    people = everybody()
    case = a_booked_discussion(people).case
    for _ in range(3):
        raised = an_escalation(case, people)
        told = at_once(
            lambda raised=raised: a_resolution(Escalation.objects.get(pk=raised.pk), people),  # type: ignore[misc]
            lambda raised=raised: a_resolution(  # type: ignore[misc]
                Escalation.objects.get(pk=raised.pk), people, by=people.mo
            ),
        )
        assert told[0] == "" and "“resolved” already" in told[1]
        assert Resolution.objects.filter(escalation=raised).count() == 1


def test_two_raise_the_same_at_once_and_one_wins() -> None:
    people = everybody()
    case, now = a_booked_discussion(people).case, timezone.now()
    told = at_once(
        lambda: an_escalation(case, people, about="information:1", cause="information", at=now),
        lambda: an_escalation(case, people, by=people.mo, about="information:1", cause="information", at=now),
    )
    assert told[0] == "" and told[1].endswith("has already raised this as an escalation.")
    assert Escalation.objects.count() == 1
