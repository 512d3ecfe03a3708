"""A second authoriser picks up a request that its manager does not answer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from deadlines.services import sweep
from outbox.models import Letter
from strategy import services
from strategy.clocks import keep_clocks
from strategy.models import PickUp, StrategyRequest
from strategy.services.picking_up import pick_up_unanswered
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast, person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def people() -> Cast:
    """The cast: Mo manages the team, Ada may authorise in it too."""
    return cast()


def answer_clock(request: StrategyRequest) -> Deadline:
    """The clock of the manager's answer."""
    return Deadline.objects.get(subject=request.subject, duty="authorise_request", state="running")


def half(request: StrategyRequest) -> datetime:
    """When half the time to answer is gone."""
    clock = answer_clock(request)
    assert clock.due_at is not None
    return clock.starts_at + (clock.due_at - clock.starts_at) / 2


def test_nothing_happens_before_half_the_time_is_gone(people: Cast) -> None:
    """Nor does the first lose the turn."""
    request = a_submitted_request(people)
    assert pick_up_unanswered(half(request) - timedelta(seconds=1)) == 0
    assert answer_clock(request).owner == people.mo


def test_the_second_is_asked_once_and_sees_the_case(people: Cast) -> None:
    """Ada has both clocks and a letter with Mo's number; Mo may still answer."""
    request = a_submitted_request(people)
    at = half(request)
    assert (pick_up_unanswered(at), pick_up_unanswered(at)) == (1, 0)
    row = PickUp.objects.get()
    convene = Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")
    assert (row.first, row.second, answer_clock(request).owner, convene.owner) == (
        people.mo, people.ada, people.ada, people.ada
    )  # fmt: skip
    (letter,) = Letter.objects.filter(kind="request_picked_up")
    assert (letter.to_email, letter.context["first"], letter.context["first_phone"]) == (
        people.ada.email, people.mo.name, people.mo.phone
    )  # fmt: skip
    assert Case.objects.visible_to(people.ada).filter(pk=request.case_id).exists()
    assert Entry.objects.filter(event="request.picked_up", subject=request.subject).count() == 1
    assert services.authorise(request, by=people.mo, at=at).status == "authorised"


def test_the_turn_stays_with_the_second_when_the_clocks_are_kept(people: Cast) -> None:
    """A circumstance learnt meanwhile brings the clocks in line, and gives the turn back to nobody."""
    request = a_submitted_request(people)
    pick_up_unanswered(half(request))
    keep_clocks(request.referral, by=people.sam, at=NOW)
    convene = Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")
    assert (answer_clock(request).owner, convene.owner) == (people.ada, people.ada)


def test_a_later_submission_begins_with_the_first_again(people: Cast) -> None:
    """Returned and submitted again: Mo is asked, and after half the time Ada."""
    request = a_submitted_request(people)
    at = half(request)
    pick_up_unanswered(at)
    services.return_to_requester(request, reasons={"format": "Which room?"}, by=people.ada, at=at)
    services.save_section(request, "format", {"format_wanted": "virtual"}, by=people.sam, at=at)
    services.submit(request, professionals=[], by=people.sam, at=at + timedelta(minutes=1))
    assert answer_clock(request).owner == people.mo
    assert (pick_up_unanswered(half(request)), PickUp.objects.count()) == (1, 2)


def test_whoever_asked_is_never_the_second(people: Cast) -> None:
    """Ada asked: somebody who manages another team is asked, and not where the case is restricted."""
    request = a_submitted_request(people, by=people.ada)
    assert pick_up_unanswered(half(request)) == 1
    assert PickUp.objects.get().second == people.otto


def test_nor_whoever_took_the_request_over(people: Cast) -> None:
    """Otto carries Ada's request: the turn stays with Mo."""
    request = a_submitted_request(people, by=people.ada)
    StrategyRequest.objects.filter(pk=request.pk).update(carried_by=people.otto)
    assert (pick_up_unanswered(half(request)), PickUp.objects.count()) == (0, 0)


def test_a_restricted_case_stays_in_its_team(people: Cast) -> None:
    """The warnings of the clock go on; nobody else is let in."""
    request = a_submitted_request(people, by=people.ada)
    Case.objects.filter(pk=request.case_id).update(restricted=True)
    assert (pick_up_unanswered(half(request)), PickUp.objects.count()) == (0, 0)


def test_another_of_the_team_comes_before_another_team(people: Cast) -> None:
    """Two who may authorise in the team: the one who did not ask."""
    other = person("Abel Ash", "advanced_practitioner", agency=people.council, team=people.team)
    request = a_submitted_request(people, by=people.ada)
    pick_up_unanswered(half(request))
    assert PickUp.objects.get().second == other


def test_every_sweep_asks(people: Cast) -> None:
    """It needs no timetable of its own."""
    request = a_submitted_request(people, at=NOW - timedelta(hours=1))
    sweep(NOW)
    assert PickUp.objects.get().second == people.ada
    assert request.submissions.count() == 1
