"""A child for whom something runs leaves neither the case nor the discussion (rows C26, C28, W39)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.errors import Refused
from cases.models import Child
from minutes.models import Action
from minutes.services.concerned import take_child_off
from strategy import services
from strategy.models import Discussion, EmergencyPower, Enquiry, StrategyRequest
from strategy.rules.powers import PowerFacts
from strategy.services.running import running_for
from tests.builders.booking import a_booked_discussion
from tests.builders.ladder import an_escalation
from tests.builders.meeting import a_full_record, an_action
from tests.builders.requests import a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def protect(people: Cast, child: Child) -> EmergencyPower:
    now = timezone.now()
    facts = PowerFacts(
        kind="police_protection", started_at=now - HOUR, authority="DI Pike", told="Both parents at 9am"
    )
    return services.record_power(child, facts, by=people.sam, at=now)


def returned(people: Cast) -> StrategyRequest:
    request = a_submitted_request(people)
    return services.return_to_requester(
        request, reasons={"children": "Whom else?"}, by=people.mo, at=timezone.now()
    )


def under_a_power(people: Cast, child: Child, discussion: Discussion) -> str:
    power = protect(people, child)
    return f"/powers/{power.pk}/end/"


def under_an_order_that_ran_out(people: Cast, child: Child, discussion: Discussion) -> str:
    now = timezone.now()
    order = EmergencyPower.objects.create(
        child=child, kind="emergency_protection_order", started_at=now - 9 * 24 * HOUR, by=people.sam,
        expires_at=now - 24 * HOUR, authority="Family Court", told="Both parents",
    )  # fmt: skip
    return f"/powers/{order.pk}/end/"


def enquired_into(people: Cast, child: Child, discussion: Discussion) -> str:
    enquiry = Enquiry.objects.create(
        child=child, discussion=discussion, kind="single", started_at=timezone.now(), lead=people.sam
    )
    return f"/enquiries/{enquiry.pk}/"


def escalated(people: Cast, child: Child, discussion: Discussion) -> str:
    return an_escalation(discussion.case, people, discussion=discussion).get_absolute_url()


RUNS: list[tuple[Callable[[Cast, Child, Discussion], str], str]] = [
    (under_a_power, "police protection since"),
    (under_an_order_that_ran_out, "emergency protection order since"),
    (enquired_into, "a section 47 enquiry is open since"),
    (
        escalated,
        "an escalation with .* is open since .*: a professional disagreement. It is about discussion 1 and "
        "names no child, so until it is resolved or withdrawn no child of that discussion leaves",
    ),
]


@pytest.mark.parametrize(("runs", "says"), RUNS)
def test_neither_the_case_nor_the_discussion_is_left(
    runs: Callable[[Cast, Child, Discussion], str], says: str
) -> None:
    """The sentence names what runs; the page leads there and asks nothing; sending it changes nothing."""
    people, now = cast(), timezone.now()
    discussion = a_booked_discussion(people)
    child = discussion.request.children.get(given_names="Jack")
    href = runs(people, child, discussion)
    with pytest.raises(Refused, match=f"Jack Fenwick stays: {says}"):
        take_child_off(discussion.request, child, reason="A cousin", by=people.sam, at=now)
    with pytest.raises(Refused, match=f"Jack Fenwick stays: {says}"):
        services.take_child_off(child, why="A cousin", by=people.sam, at=now)
    sam = Client()
    sam.force_login(people.sam)
    for page in (f"/requests/{discussion.request_id}/concerned/{child.pk}/", f"/children/{child.pk}/remove/"):
        shown = sam.get(page).content.decode()
        assert f'href="{href}"' in shown and "<textarea" not in shown and "Take the child off" not in shown
        sent = sam.post(page, {"why": "A cousin", "reason": "A cousin"})
        assert sent.status_code == 409 and "A cousin" in sent.content.decode()
    assert child in discussion.request.children.all() and Child.objects.get(pk=child.pk).removed_at is None


def test_an_action_for_the_child_that_is_not_done_keeps_it() -> None:
    """Only an agreed one, and of this child: one for the brother keeps nobody else here."""
    minutes = a_full_record(people := cast())
    first, second = minutes.discussion.request.children.order_by("pk")
    action = an_action(minutes, people, child=first)
    mine = lambda child: [one.sentence for one in running_for(child)]  # noqa: E731
    assert not any("Action" in one for one in mine(first))
    Action.objects.filter(pk=action.pk).update(agreed_at=timezone.now())
    named = f"Action {action.number} of discussion 1 is not done (Paul Pike, by"
    assert any(one.startswith(named) for one in mine(first))
    assert not any(one.startswith(named) for one in mine(second))


def test_a_returned_request_keeps_the_child_too() -> None:
    """It was submitted once: who is in police protection is not left out of it on the way back."""
    people = cast()
    request = returned(people)
    ruby, jack = request.children.order_by("pk")
    protect(people, jack)
    with pytest.raises(Refused, match="Jack Fenwick stays") as refusal:
        services.save_section(request, "children", {"children": [ruby]}, by=people.sam, at=timezone.now())
    assert refusal.value.field == "children"


def test_two_records_under_one_kind_of_power_are_not_made_one() -> None:
    """The database allows one of a kind at a time: a sentence, never an error."""
    people = cast()
    request = returned(people)
    for child in request.children.all():
        protect(people, child)
    first, second = request.children.order_by("pk")
    with pytest.raises(Refused, match="The same emergency power is in force"):
        services.merge_children(first, second, by=people.mo, at=timezone.now())
