"""The series of a case reads as one story: what follows what, what each agreed, and what became of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from minutes.models import Action
from minutes.services.follow_through import complete_action
from strategy.models import Discussion
from tests.attendees.test_following_up import after_a_call, book
from tests.people import Cast, cast
from tests.worklist.test_desk import page
from worklist import querysets, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_what_follows_what_and_what_became_of_each_action(people: Cast) -> None:
    request = after_a_call(people)
    first = request.discussions.get()
    now = timezone.now()
    early, late, open_ = Action.objects.filter(minutes__discussion=first).order_by("number")[:3]
    for action in (early, late):
        complete_action(
            action,
            what_was_done=f"Seen, {action.number}.",
            done_at=now,
            told_how="Rang",
            by=people.bea,
            at=now,
        )
    second = book(request, people)
    began = now + timedelta(hours=1)
    Discussion.objects.filter(pk=second.pk).update(started_at=began, started_by=people.mo, status="started")
    Action.objects.filter(pk=late.pk).update(done_at=began + timedelta(hours=1))
    one, two = story.told(querysets.discussions_of(first.case), now)
    assert (one.follows, one.leads_to) == ("", [second.number])
    assert two.follows == f"The meeting that follows discussion {first.number}, which was no meeting"
    became = {action.pk: (action.is_left, action.carried) for action in one.agreed}
    assert became[early.pk] == (False, [])
    assert became[late.pk] == (False, [second.number])
    assert became[open_.pk] == (True, [second.number])
    told = page(people.mo, "worklist:discussions", first.case.reference)
    for words in (
        "Actions agreed", f"Seen, {early.number}.", two.follows, f"Carried into discussion {second.number}",
        f"Followed by discussion {second.number}.", open_.owner.name,
    ):  # fmt: skip
        assert words in told
    Discussion.objects.filter(pk=second.pk).update(status="cancelled", started_at=None, started_by=None)
    _, off = story.told(querysets.discussions_of(first.case), now)
    assert off.follows == ""
