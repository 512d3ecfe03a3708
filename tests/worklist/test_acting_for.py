"""A deputy sees on their own desk, and in their count, what waits for the person they stand in for."""

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from accounts.models import ActingFor, User
from audit.models import Entry
from audit.services import record
from cases.events import CHILD_ADDED
from cases.models import Case
from deadlines.models import Deadline
from escalations.services.ladder import move_up
from minutes.services import printing
from minutes.services.tracking import give_time
from outbox.models import Letter
from strategy.models import Decision, Enquiry, StrategyRequest
from strategy.services import authorise, decide_clock_not_needed, decide_later
from tests.builders.after import a_finished_record, an_authorised_version
from tests.builders.ladder import an_escalation
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast
from tests.strategy.test_waiting import HOUR, NOW, SAID, put_off
from tests.worklist.test_desk import page, signed_in
from worklist import querysets
from worklist.entries import in_words

pytestmark = pytest.mark.django_db
FOR_MO = "You stand in for Mo Mensah"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def request_(people: Cast) -> StrategyRequest:
    """It waits for Mo; Otto, of the other team, has no access of his own."""
    return a_submitted_request(people)


def away(absent: User, deputy: User, *, days: tuple[int, int] = (-1, 1)) -> ActingFor:
    """Somebody stands in for somebody, from so many days from now to so many."""
    now = timezone.now()
    starts, ends = (now + timedelta(days=day) for day in days)
    return ActingFor.objects.create(
        absent=absent, deputy=deputy, starts_at=starts, ends_at=ends, reason="Leave"
    )


def test_a_deputy_has_the_turn_on_their_desk(people: Cast, request_: StrategyRequest) -> None:
    mine = [(one.duty, one.owner) for one in querysets.clocks_of(people.mo)]
    assert mine
    assert list(querysets.clocks_of(people.otto)) == []
    # The statement of the count is kept for all of the same roles: each is told their own number.
    assert [querysets.turns_and_heartbeat(one)[0] for one in (people.mo, people.otto, people.mo)] == [1, 0, 1]
    away(people.mo, people.otto)
    assert [(one.duty, one.owner) for one in querysets.clocks_of(people.otto)] == mine
    assert FOR_MO in page(people.otto, "worklist:home")
    assert FOR_MO not in page(people.mo, "worklist:home")
    assert querysets.turns_and_heartbeat(people.otto)[0] == querysets.turns_and_heartbeat(people.mo)[0]


def test_and_gets_to_the_work_itself(people: Cast, request_: StrategyRequest) -> None:
    away(people.mo, people.olga)
    assert "Authorise" in page(people.olga, "strategy:request", request_.pk)
    address = reverse("attendees:authorise", args=[request_.pk])
    assert signed_in(people.olga).post(address).status_code == 302
    request_.refresh_from_db()
    assert (request_.status, request_.authorisation.acting_for) == ("authorised", people.mo)


def test_the_timeline_says_for_whom_whoever_acted_stood_in_then(
    people: Cast, request_: StrategyRequest
) -> None:
    """Only for what they did in that time, and also when it is over."""
    cover = away(people.mo, people.olga)
    signed_in(people.olga).post(reverse("attendees:authorise", args=[request_.pk]))
    ActingFor.objects.filter(pk=cover.pk).update(ends_at=timezone.now())
    told = page(people.sam, "worklist:timeline", request_.case.reference)
    assert f"by {people.olga.name} (standing in for {people.mo.name})" in told
    assert f"by {people.sam.name} (standing" not in told
    for minutes in (9, 9 * 24 * 60):
        moment = timezone.now() - timedelta(minutes=minutes)
        record(CHILD_ADDED, request_.case, subject=f"test:{minutes}", by=people.olga, at=moment)
    rows: list[Any] = in_words(
        Entry.objects.filter(event="case.child_added", by_name=people.olga.name), request_.case
    )
    assert sorted(one.stood_in_for for one in rows) == ["", people.mo.name]


@pytest.mark.parametrize("days", [(-2, -1), (1, 2)])
def test_only_while_it_is_in_force(people: Cast, request_: StrategyRequest, days: tuple[int, int]) -> None:
    away(people.mo, people.otto, days=days)
    assert list(querysets.clocks_of(people.otto)) == []
    assert signed_in(people.otto).get(reverse("strategy:request", args=[request_.pk])).status_code == 404


def test_nobody_sees_through_a_closed_account(people: Cast, request_: StrategyRequest) -> None:
    away(people.mo, people.otto)
    User.objects.filter(pk=people.mo.pk).update(is_active=False)
    assert not Case.objects.visible_to(people.otto).exists()


def test_nor_through_two(people: Cast, request_: StrategyRequest) -> None:
    away(people.mo, people.otto)
    away(people.otto, people.olga)
    assert not Case.objects.visible_to(people.olga).exists()


def test_acting_for_whoever_asked_shows_the_case_and_does_not_authorise_it(
    people: Cast, request_: StrategyRequest
) -> None:
    away(people.sam, people.otto)
    assert Case.objects.visible_to(people.otto).get() == request_.case
    assert list(querysets.clocks_of(people.otto)) == list(querysets.clocks_of(people.sam))


def test_a_deputy_reads_for_whom_before_and_whoever_asked_reads_it_after(
    people: Cast, request_: StrategyRequest
) -> None:
    away(people.mo, people.olga)
    form = "You do this for Mo Mensah, who is away"
    assert form in page(people.olga, "attendees:authorise", request_.pk)
    assert form not in page(people.mo, "attendees:authorise", request_.pk)
    authorise(request_, by=people.olga, at=timezone.now())
    for kind in ("request_authorised", "request_to_book"):
        letter = Letter.objects.get(kind=kind)
        for name in ("body.txt", "body.html"):
            text = get_template(f"letters/{kind}/{name}").render(letter.context)
            assert "Olga Orme, standing in for Mo Mensah, has authorised" in text
    record = a_finished_record(people)
    away(people.mo, people.ada)
    assert form in page(people.ada, "minutes:check", record.discussion_id)
    assert form not in page(people.mo, "minutes:check", record.discussion_id)


def test_the_minutes_the_request_and_the_action_say_for_whom_who_decided_stood_in(people: Cast) -> None:
    """Where one reads who decided, as on the timeline: on the page, on paper, and beside more time."""
    version = an_authorised_version(people)
    away(people.asha, people.mo, days=(-9, 1))
    held, action = version.minutes.discussion, version.minutes.actions.exclude(owner__user=None)[0]
    told = f"{people.mo.name}, standing in for {people.asha.name}"
    assert f"Authorised by {told}, on" in page(people.mo, "minutes:read", held.pk)
    assert f"authorised by {told}, on" in printing.page_of(version)
    assert f"by {told}" in page(people.sam, "strategy:request", held.request_id)
    more = {"due_at": action.expected_at + timedelta(days=9), "reason": "The lab is closed"}
    give_time(action, **more, by=people.mo, at=timezone.now())
    assert f"More time from {told}: The lab is closed" in page(people.sam, "minutes:actions", held.pk)
    ActingFor.objects.update(ends_at=version.authorised_at)
    assert "standing in" not in page(people.mo, "minutes:read", held.pk)


def test_each_step_of_an_escalation_says_for_whom_it_was_taken(
    people: Cast, request_: StrategyRequest
) -> None:
    escalation = an_escalation(request_.case, people)
    away(people.mo, people.sam, days=(-9, 1))
    move_up(escalation, why="No answer", by=people.sam, at=timezone.now())
    told = page(people.sam, "escalations:escalation", escalation.pk)
    by = f"{people.sam.name}, {people.council.name} (standing in for {people.mo.name})"
    assert f"by {by}" in told and told.count("standing in for") == 3


def test_a_deputy_s_decisions_say_for_whom_on_every_page(people: Cast) -> None:
    """A child who waited, an enquiry that ended, a deadline that is not needed (rows W14, W17, G03)."""
    discussion, jack = put_off(people)
    away(people.mo, people.ada, days=(-3, 1))
    deferred = Decision.objects.get(discussion=discussion, child=jack)
    decide_later(deferred, **SAID, decided_at=NOW + HOUR, by=people.ada, at=NOW + HOUR)
    clock = Deadline.objects.running().get(case=discussion.case, duty="assessment")
    decide_clock_not_needed(clock, reason="Assessed last week", by=people.ada, at=NOW + HOUR)
    reference, stands = discussion.case.reference, "standing in for Mo Mensah"
    assert f"Ada Arden, {stands}: Section 17" in page(people.sam, "worklist:discussions", reference)
    told = page(people.sam, "worklist:timeline", reference)
    assert "Finish the assessment: Assessed last week" in told and told.count(f"({stands})") == 2
    strip = f"Not needed: Assessed last week (decided by Ada Arden, {stands})"
    assert strip in page(people.sam, "worklist:case", reference)
    enquiry = Enquiry.objects.get(discussion=discussion)
    Enquiry.objects.filter(pk=enquiry.pk).update(
        closed_at=NOW + HOUR, closed_by=people.ada, closed_reason="Ended", finding="not_substantiated",
        conference_not_required=True, not_required_why="None", not_required_by="Ada", not_required_role="AP",
        not_required_at=NOW + HOUR,
    )  # fmt: skip
    assert f"Ada Arden, {stands}" in page(people.sam, "strategy:enquiry", enquiry.pk)
