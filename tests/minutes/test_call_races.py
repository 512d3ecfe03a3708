"""Two people who write down a call at once: both are kept, each with a number of its own (row C02)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.enums import CallOutcome
from attendees.models import DiscussionCall
from attendees.services.directory import professional_for
from minutes.models import Minutes
from minutes.services import calls
from strategy.enums import Format
from strategy.models import Discussion
from tests.builders.booking import invitation_of
from tests.builders.meeting import an_opened_record
from tests.minutes.test_meeting_races import together
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_two_people_who_add_a_call_at_once() -> None:
    people = cast()
    opened = an_opened_record(people)
    Discussion.objects.filter(pk=opened.discussion_id).update(format=Format.SERIES_OF_CALLS)
    now = timezone.now()
    caller = professional_for(people.sam)
    whom = {name: invitation_of(opened.discussion, name).professional for name in ("Paul Pike", "Hetty Hall")}

    def write(name: str, by: str, minutes_ago: int) -> DiscussionCall:
        began_at = now - timedelta(minutes=minutes_ago)
        told = calls.Told(
            caller, [whom[name]], CallOutcome.REACHED, began_at, began_at + timedelta(minutes=1), said=name
        )
        record = Minutes.objects.get(pk=opened.pk)
        return calls.record_call(record, told, by=getattr(people, by), at=now)

    for number in range(ROUNDS):
        ago = 40 - number
        results = together(
            lambda a=ago: write("Paul Pike", "bea", a),  # type: ignore[misc]
            lambda a=ago: write("Hetty Hall", "mo", a),  # type: ignore[misc]
        )
        assert all(isinstance(one, DiscussionCall) for one in results), results

    kept = DiscussionCall.objects.filter(discussion=opened.discussion_id).order_by("number")
    assert [one.number for one in kept] == list(range(1, 2 * ROUNDS + 1))
    assert sorted(one.said for one in kept) == ["Hetty Hall"] * ROUNDS + ["Paul Pike"] * ROUNDS
    held = Discussion.objects.get(pk=opened.discussion_id)
    assert held.started_at == now - timedelta(minutes=40)
    people_here = set(held.attendance.values_list("name", flat=True))
    assert {"Paul Pike", "Hetty Hall", "Sam Shah"} <= people_here
