"""Two sweeps at the same moment: each owner and each agency is written to once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.services.chasing import remind_of_information
from minutes.models import Action
from minutes.services.reminding import remind_of_actions
from outbox.models import Letter
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_held_discussion
from tests.protocols.test_races import both

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def test_of_two_who_remind_of_actions_at_once_one_writes() -> None:
    a_held_discussion()
    now = timezone.now()
    theirs = Action.objects.filter(owner__user=None)
    theirs.update(agreed_at=now - timedelta(days=3), due_at=now - timedelta(hours=1))
    for number in range(ROUNDS):
        theirs.update(chased_at=None)
        assert both(lambda: remind_of_actions(now + timedelta(minutes=1))) == ["0", "1"]
        assert Letter.objects.filter(kind="actions_reminded").count() == 1
        Letter.objects.filter(kind="actions_reminded").update(key=f"round:{number}", kind="earlier")


def test_of_two_who_remind_of_information_at_once_one_writes() -> None:
    discussion = a_booked_discussion(start=timezone.now() + timedelta(days=3))
    asked = discussion.information.all()
    at = asked[0].due_at - timedelta(hours=3)
    for number in range(1, ROUNDS + 1):
        asked.update(chased_at=None)
        assert both(lambda: remind_of_information(at)) == ["0", str(asked.count())]
        assert Letter.objects.filter(kind="information_chased").count() == asked.count() * number
