"""The tables of request and discussion: every state is reached and is somebody's turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.services.wanted import submit_request
from audit.errors import MoveNotAllowed
from cases.workflow import Workflow
from minutes.models import Minutes
from minutes.services import versions
from strategy import services
from strategy.enums import Status
from strategy.models import StrategyRequest
from strategy.workflow import DISCUSSION, REQUEST
from tests.builders.after import an_authorised_version
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_held_discussion, a_started_discussion
from tests.people import cast


@pytest.mark.parametrize("workflow", [REQUEST, DISCUSSION], ids=lambda one: one.name)
def test_every_state_is_reached_and_has_a_turn(workflow: Workflow) -> None:
    """Nothing is stranded."""
    reached = {workflow.start}
    for _ in workflow.states:
        reached |= {to for now, to in workflow.moves if now in reached}
    assert reached == set(workflow.states)
    assert {state for state, who in workflow.turn.items() if who} == set(workflow.states)


def test_only_the_table_s_moves() -> None:
    """All 64 pairs."""
    lawful = []
    for now in REQUEST.states:
        for to in REQUEST.states:
            try:
                REQUEST.check_move(now, to)
                lawful.append((now, to))
            except MoveNotAllowed:
                pass
    assert sorted(lawful) == sorted(REQUEST.moves)
    assert len(lawful) == 17


def test_the_refusal_says_both_states() -> None:
    """In words."""
    with pytest.raises(
        MoveNotAllowed, match="“withdrawn” now, so it can’t become “authorised, to be booked”"
    ):
        REQUEST.check_move("withdrawn", "authorised")


@pytest.mark.django_db
def test_a_booked_request_is_neither_authorised_nor_submitted_again() -> None:
    """Cancelling a booking leads to the same states; whoever authorises or submits does not cancel one."""
    people = cast()
    request = StrategyRequest.objects.get(pk=a_booked_discussion(people).request_id)
    now = timezone.now()
    with pytest.raises(MoveNotAllowed, match="“booked”"):
        services.authorise(request, by=people.mo, at=now)
    with pytest.raises(MoveNotAllowed, match="“booked”"):
        submit_request(request, by=people.sam, at=now)
    with pytest.raises(MoveNotAllowed, match="“booked”"):
        services.ask_on_behalf(request, on_behalf_of=None, by=people.sam, at=now)
    request.refresh_from_db()
    assert request.status == Status.BOOKED
    assert request.submissions.count() == 1


@pytest.mark.django_db
def test_a_record_is_moved_by_its_own_verb_alone() -> None:
    """Handing on, handing back and correcting lead to states that other moves lead to as well."""
    people = cast()
    now = timezone.now()
    live = a_started_discussion(people, at=now - timedelta(hours=6))
    with pytest.raises(MoveNotAllowed, match="can’t become"):
        versions.return_to_support(live, reason="The actions are missing.", by=people.mo, at=now)
    agreed = Minutes.objects.get(discussion=a_held_discussion(people, at=now - timedelta(hours=3)))
    with pytest.raises(MoveNotAllowed, match="can’t become"):
        versions.begin_correction(agreed, reason="A name is wrong.", by=people.mo, at=now)
    authorised = an_authorised_version(people).minutes
    with pytest.raises(MoveNotAllowed, match="can’t become"):
        versions.finish(authorised, by=people.bea, at=now)
