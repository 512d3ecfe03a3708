"""A section 47 enquiry that is open already: discussions join it, and it names them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.services.wanted import submit_request
from cases.models import Child
from strategy import services
from strategy.models import Discussion, Enquiry, StrategyRequest
from tests.builders.requests import a_submitted_request, fill
from tests.people import Cast, cast
from tests.strategy.test_whose_turn import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def enquiry(people: Cast) -> Enquiry:
    """Of the first child, begun at an earlier discussion."""
    now, request = timezone.now(), a_submitted_request(people)
    return Enquiry.objects.create(
        child=request.children.all()[0], discussion=a_discussion(request, 1), kind="joint",
        started_at=now - timedelta(days=2), lead=people.sam,
    )  # fmt: skip


def a_discussion(request: StrategyRequest, number: int) -> Discussion:
    start = timezone.now() + timedelta(days=number)
    return Discussion.objects.create(
        case=request.case, request=request, number=number, format="virtual", planned_start=start,
        planned_end=start + timedelta(hours=1),
    )  # fmt: skip


def test_a_request_about_its_child_joins_the_enquiry_at_every_step(people: Cast, enquiry: Enquiry) -> None:
    """On the request and where it is authorised; not of a request about another child of the family."""
    now, first = timezone.now(), enquiry.discussion.request
    child, other = Child.objects.filter(case=first.case_id)
    joins = services.start_request(first.referral, children=[child], by=people.sam, at=now)
    apart = services.start_request(first.referral, children=[other], by=people.sam, at=now)
    link = f'href="/enquiries/{enquiry.pk}/"'
    said = "This discussion is part of it: no second one is started."
    own = page(people.sam, f"/requests/{first.pk}/")
    assert (link in own, "It began with this discussion." in own, said in own) == (True, True, False)
    assert link not in page(people.sam, f"/requests/{apart.pk}/")
    assert said in page(people.sam, f"/requests/{joins.pk}/")
    submit_request(fill(joins, by=people.sam, at=now), by=people.sam, at=now)
    for address in (f"/requests/{joins.pk}/", f"/requests/{joins.pk}/authorise/"):
        told = page(people.mo, address)
        assert (link in told, said in told) == (True, True), address
    Enquiry.objects.filter(pk=enquiry.pk).update(closed_at=now, closed_by=people.mo)
    assert link not in page(people.mo, f"/requests/{joins.pk}/")


def test_the_enquiry_names_the_discussion_that_began_it_and_the_later_ones(
    people: Cast, enquiry: Enquiry
) -> None:
    now, first = timezone.now(), enquiry.discussion.request
    child, other = Child.objects.filter(case=first.case_id)
    later = a_discussion(services.start_request(first.referral, children=[child], by=people.sam, at=now), 2)
    a_discussion(services.start_request(first.referral, children=[other], by=people.sam, at=now), 3)
    told = page(people.sam, f"/enquiries/{enquiry.pk}/")
    assert re.findall(r'href="/discussions/(\d+)/">(Discussion \d)</a>', told) == [
        (str(enquiry.discussion_id), "Discussion 1"),
        (str(later.pk), "Discussion 2"),
    ]
    assert told.count("it began here") == 1
