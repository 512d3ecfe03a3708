"""The meeting that follows a telephone discussion, booked in one press (rows W14, C05; Halton's H08, H09)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Mode, Reply
from attendees.models import Attendance, Professional
from attendees.services import booking, following_up
from attendees.services.directory import professional_for
from audit.errors import MoveNotAllowed, Refused
from deadlines.enums import Duty
from deadlines.models import Deadline
from strategy import services
from strategy.enums import Status
from strategy.models import Booking, Discussion, StrategyRequest
from tests.attendees.test_booking import wish
from tests.builders.booking import a_conference_line, a_video_link
from tests.builders.meeting import a_held_discussion
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def after_a_call(people: Cast, **facts: Any) -> StrategyRequest:
    """A request whose telephone conference was held a moment ago."""
    asked = an_authorised_request(people, at=timezone.now() - timedelta(hours=3), **facts)
    asked.is_urgent, asked.hospital_setting = True, ""
    asked.save()
    a_call = {"place": a_conference_line(), "hub": "Room 1", "facilitator": "Bea Bright"}
    held = a_held_discussion(people, request=asked, **a_call)
    return StrategyRequest.objects.get(pk=held.request_id)


def book(request: StrategyRequest, people: Cast, **other: Any) -> Discussion:
    """Bea books the meeting for tomorrow unless a test says otherwise."""
    first = following_up.first_of(request)
    assert first is not None
    told = wish(people, timezone.now(), start=timezone.now() + timedelta(days=1), late_reason="")
    told["professionals"] = [one.professional for one in following_up.people_of(first)]
    return booking.book_and_invite(request, **{**told, **other})


def clock(request: StrategyRequest) -> Deadline:
    """The clock of the follow-up meeting."""
    return Deadline.objects.get(case=request.case_id, duty=Duty.FOLLOW_UP_MEETING)


def page(request: StrategyRequest) -> str:
    return reverse("attendees:follow_up", args=[request.pk])


def test_one_press_books_the_second_discussion_with_the_same_people(people: Cast) -> None:
    request = after_a_call(people)
    first = request.discussions.get()
    client = Client()
    client.force_login(people.bea)
    shown = client.get(reverse("attendees:discussion", args=[first.pk]))
    assert page(request) in shown.content.decode()
    form = client.get(page(request)).context["form"]
    assert (form["chair"].value(), form["minute_taker"].value()) == (people.mo.pk, people.bea.pk)
    start = timezone.now() + timedelta(days=1)
    sent = {
        "format": form["format"].value(), "length": 60, "place": a_video_link().pk,
        "start": start.isoformat(),
        "chair": people.mo.pk, "minute_taker": people.bea.pk,
        "professionals": form["professionals"].value(), "newcomer-count": 0,
    }  # fmt: skip
    done = client.post(page(request), sent)
    second = request.discussions.latest("number")
    assert done.status_code == 302 and done.headers["Location"] == reverse(
        "attendees:discussion", args=[second.pk]
    )
    assert (second.number, second.format, second.status) == (2, "virtual", "planned")
    asked = set(second.invitations.values_list("professional", flat=True))
    assert asked == set(first.invitations.values_list("professional", flat=True))
    assert StrategyRequest.objects.get(pk=request.pk).status == Status.BOOKED
    assert (clock(request).state, clock(request).verb, clock(request).owner) == (
        "running",
        "Hold the follow-up meeting",
        people.mo,
    )


def test_it_is_a_meeting_in_time_and_booked_once(people: Cast) -> None:
    request = after_a_call(people)
    with pytest.raises(Refused) as wrong:
        book(request, people, format="telephone_conference", place=a_conference_line(), hub="Here",
             facilitator="Bea")  # fmt: skip
    assert wrong.value.field == "format"
    due = clock(request).due_at
    assert due is not None
    with pytest.raises(Refused) as late:
        book(request, people, start=due + timedelta(days=1),
             end=due + timedelta(days=1, hours=1))  # fmt: skip
    assert late.value.field == "late_reason"
    second = book(request, people)
    with pytest.raises(MoveNotAllowed):
        book(request, people)
    assert "booked already" in str(following_up.why_not(request))
    booking.cancel_booking(second, reason="The police cannot come", by=people.bea, at=timezone.now())
    again = StrategyRequest.objects.get(pk=request.pk)
    assert (again.status, following_up.why_not(again)) == (Status.HELD, None)
    assert clock(request).verb == "Book the follow-up meeting"


def test_not_where_a_manager_set_it_aside(people: Cast) -> None:
    request = after_a_call(people)
    why = "Everything was decided with everybody on the line."
    services.decide_clock_not_needed(clock(request), reason=why, by=people.mo, at=timezone.now())
    assert why in str(following_up.why_not(request))
    with pytest.raises(MoveNotAllowed):
        book(request, people)


def test_not_before_the_first_and_not_after_a_meeting(people: Cast) -> None:
    from tests.builders.booking import a_booked_discussion

    early = a_booked_discussion(people).request
    assert "was not held yet" in str(following_up.why_not(early))
    client = Client()
    client.force_login(people.bea)
    assert "comes after it" in client.get(page(early)).content.decode()


@pytest.mark.parametrize(("protocol", "told"), [("halton", "new information"), ("wirral", "ask anew")])
def test_after_a_meeting_what_follows_is_asked_for_anew(people: Cast, protocol: str, told: str) -> None:
    held = a_held_discussion(people, protocol=protocol)
    assert told in str(following_up.why_not(StrategyRequest.objects.get(pk=held.request_id)))


def test_halton_never_asks_the_follow_up_what_is_new(people: Cast) -> None:
    """No limit is set for it there, and it is no review: nothing stands in its way."""
    request = after_a_call(people, protocol="halton")
    assert following_up.why_not(request) is None
    assert book(request, people).number == 2


def test_who_holds_the_post_is_asked(people: Cast) -> None:
    """A deputy who came once is named; somebody merged or gone is followed by whoever stands there now."""
    request = after_a_call(people)
    first = request.discussions.get()
    paul = first.invitations.get(professional__name="Paul Pike")
    first.invitations.filter(pk=paul.pk).update(
        reply=Reply.DEPUTY, replied_at=timezone.now(), deputy_name="Dee Dunn"
    )
    hints = {one.professional.name: one.hint for one in following_up.people_of(first)}
    assert "Dee Dunn stood in" in hints["Paul Pike"]
    agency = paul.professional.agency
    duty = Professional.objects.create(
        name="Duty desk", agency=agency, job_role="Duty", quorum_role="police", is_duty_contact=True
    )
    Professional.objects.filter(pk=paul.professional_id).update(is_active=False)
    names = [one.professional.name for one in following_up.people_of(first)]
    assert "Paul Pike" not in names and duty.name in names


def test_nobody_of_the_night_is_proposed_by_day(people: Cast) -> None:
    """Whoever minuted at night has gone home: business support is proposed, nothing of a call is asked."""
    request = after_a_call(people)
    first = request.discussions.get()
    Booking.objects.filter(discussion=first).update(chair=people.eve, minute_taker=people.eve)
    eve = professional_for(people.eve)
    there = {"name": eve.name, "job_role": "Social worker", "agency_name": "Council", "mode": Mode.PHONE}
    Attendance.objects.create(discussion=first, professional=eve, arrived_at=first.started_at, **there)
    client = Client()
    client.force_login(people.bea)
    shown = client.get(page(request))
    form = shown.context["form"]
    assert (form["chair"].value(), form["minute_taker"].value()) == (people.mo.pk, people.bea.pk)
    assert eve.pk not in form["professionals"].value() and eve.pk in dict(
        form.fields["professionals"].choices
    )
    assert "but for Eve Early, who works for emergency duty" in shown.content.decode()
    assert (
        "facilitator" not in form.fields and "The requester has not telephoned" not in shown.content.decode()
    )


def test_only_who_books(people: Cast) -> None:
    request = after_a_call(people)
    client = Client()
    client.force_login(people.sam)
    assert (
        "Book the follow-up meeting</a>"
        not in client.get(
            reverse("attendees:discussion", args=[request.discussions.get().pk])
        ).content.decode()
    )
    assert client.post(page(request), {}).status_code == 403


def test_the_page_takes_twelve_statements_at_most(people: Cast) -> None:
    """As every page of a case, with everybody of the first discussion on it and places to look into."""
    request = after_a_call(people)
    a_video_link()
    client = Client()
    client.force_login(people.bea)
    client.get(page(request))  # what is kept for a while is there then
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page(request))
    told = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert answer.status_code == 200 and "Paul Pike" in answer.content.decode()
    assert len(told) <= 12, "\n".join(sql[:200] for sql in told)
