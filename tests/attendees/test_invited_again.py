"""Invited again after being taken off; and what somebody keeps who is still invited elsewhere in the case."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.enums import Reply
from attendees.services import booking, inviting, replies
from attendees.services.directory import professional_for
from cases.enums import AccessPurpose
from cases.models import Access
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_discussion_moves_to_a_chair_who_was_taken_off(people: Cast) -> None:
    """Ada was invited and taken off; when she then chairs, her one invitation is in force again."""
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    ada = professional_for(people.ada)
    inviting.invite_more(discussion, [ada], by=people.bea, at=now)
    inviting.withdraw_invitation(
        invitation_of(discussion, ada.name), reason="On leave", by=people.bea, at=now
    )
    start = discussion.planned_start + timedelta(days=1)

    booking.reschedule(
        discussion,
        reason="The police officer is in court.",
        place=discussion.bookings.get().place,
        start=start,
        end=start + timedelta(hours=1),
        chair=people.ada,
        minute_taker=people.bea,
        late_reason="Mo is ill.",
        by=people.bea,
        at=now,
    )

    asked = invitation_of(discussion, ada.name)
    assert (asked.withdrawn_at, asked.reply, asked.sequence) == (None, Reply.WAITING, 2)


def test_a_deputy_who_was_taken_off_is_invited_again(people: Cast) -> None:
    now = timezone.now()
    discussion = a_booked_discussion(people, at=now)
    named = invitation_of(discussion, "Paul Pike")
    replies.reply_to_invitation(
        named,
        answer=Reply.DEPUTY,
        deputy_name="Petra Pond",
        deputy_job_role="Detective sergeant",
        deputy_email="petra.pond@police.example",
        by=named.professional,
        at=now,
    )
    made = inviting.invite_deputy(named, by=people.bea, at=now)
    inviting.withdraw_invitation(made, reason="Paul comes after all", by=people.bea, at=now)

    again = inviting.invite_deputy(named, by=people.bea, at=now)

    assert (again.pk, again.withdrawn_at, again.quorum_role) == (made.pk, None, "police")


def test_whoever_is_invited_to_another_discussion_of_the_case_still_sees_it(people: Cast) -> None:
    now = timezone.now()
    first = a_booked_discussion(people, at=now)
    colleague = professional_for(people.ada)
    inviting.invite_more(first, [colleague], by=people.bea, at=now)
    request = an_authorised_request(people, at=now, referral=first.request.referral)
    second = a_booked_discussion(
        people, at=now, request=request, start=first.planned_start + timedelta(days=1)
    )
    inviting.invite_more(second, [colleague], by=people.bea, at=now)

    inviting.withdraw_invitation(
        invitation_of(second, colleague.name), reason="Not needed twice", by=people.bea, at=now
    )
    grants = Access.objects.current().filter(
        case=first.case, user=people.ada, purpose=AccessPurpose.TAKES_PART
    )
    assert grants.count() == 1

    booking.cancel_booking(first, reason="Moved to another day", by=people.bea, at=now)
    assert grants.count() == 0
