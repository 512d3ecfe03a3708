"""Another chair or minute-taker, at any time before the close (rows G11, B02)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.services import booking, replacing
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from cases.enums import AccessPurpose
from cases.models import Access
from deadlines.models import Deadline
from minutes.permissions import meeting
from outbox.models import Letter
from strategy.models import Booking
from tests.builders.booking import a_booked_discussion, a_video_link, invitation_of
from tests.builders.meeting import a_full_record, a_held_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_new_chair_has_the_clocks_and_the_old_one_no_invitation(people: Cast) -> None:
    discussion, now = a_booked_discussion(people), timezone.now()
    limit = Deadline.objects.get(duty="convene").due_at
    new = replacing.replace_chair(discussion, chair=people.ada, reason="Mo is ill", by=people.bea, at=now)
    held = booking.booking_in_force(discussion)
    assert (held, held.chair, held.minute_taker) == (new, people.ada, people.bea)
    assert (held.place, held.during.lower) == (a_video_link(), discussion.planned_start)
    reasons = list(Booking.objects.order_by("pk").values_list("cancelled_reason", flat=True))
    assert reasons == ["Chair replaced: Mo is ill", ""]
    clock = Deadline.objects.get(duty="convene")
    assert (clock.owner, clock.due_at) == (people.ada, limit)
    gone, come = invitation_of(discussion, "Mo Mensah"), invitation_of(discussion, "Ada Arden")
    assert (gone.withdrawn_reason, come.withdrawn_at) == ("Somebody else does it now", None)
    letters = Letter.objects.filter(to_name__in=["Mo Mensah", "Ada Arden"], kind__startswith="invitation")
    assert sorted(letters.values_list("to_name", "kind", "status")) == [
        ("Ada Arden", "invitation", "queued"),
        ("Mo Mensah", "invitation", "cancelled"),
        ("Mo Mensah", "invitation_cancelled", "queued"),
    ]
    chairs = Access.objects.current().filter(purpose=AccessPurpose.CHAIRS)
    assert [one.user for one in chairs] == [people.ada]
    assert Letter.objects.filter(to_name="Paul Pike", kind="invitation_changed").count() == 0
    assert Entry.objects.filter(event="discussion.chair_replaced").count() == 1


def test_replacing_there_and_back_invites_again(people: Cast) -> None:
    discussion, now = a_booked_discussion(people), timezone.now()
    replacing.replace_chair(discussion, chair=people.ada, reason="Mo is ill", by=people.bea, at=now)
    replacing.replace_chair(discussion, chair=people.mo, reason="Mo is well", by=people.bea, at=now)
    assert invitation_of(discussion, "Mo Mensah").withdrawn_at is None
    assert invitation_of(discussion, "Ada Arden").withdrawn_at is not None


def test_who_only_took_the_minutes_is_asked_no_more_and_the_requester_is(people: Cast) -> None:
    discussion, now = a_booked_discussion(people), timezone.now()
    replacing.replace_minute_taker(discussion, minute_taker=people.eve, reason="Leave", by=people.bea, at=now)
    assert invitation_of(discussion, "Bea Bright").withdrawn_at is not None
    assert [invitation_of(discussion, name).withdrawn_at for name in ("Eve Early", "Sam Shah")] == [
        None,
        None,
    ]
    replacing.replace_minute_taker(discussion, minute_taker=people.bea, reason="Back", by=people.bea, at=now)
    assert invitation_of(discussion, "Bea Bright").withdrawn_at is None


@pytest.mark.parametrize(
    ("chair", "reason", "field"),
    [("ada", " ", "reason"), ("mo", "Ill", "chair"), ("sam", "Ill", "chair"), ("bea", "Ill", "chair")],
)
def test_what_cannot_stand(people: Cast, chair: str, reason: str, field: str) -> None:
    discussion = a_booked_discussion(people)
    with pytest.raises(Refused) as refused:
        replacing.replace_chair(
            discussion, chair=getattr(people, chair), reason=reason, by=people.bea, at=timezone.now()
        )
    assert refused.value.field == field
    assert Booking.objects.count() == 1


def test_who_is_booked_elsewhere_cannot_replace(people: Cast) -> None:
    now = timezone.now()
    first = a_booked_discussion(people, at=now)
    replacing.replace_chair(first, chair=people.ada, reason="Ill", by=people.bea, at=now)
    replacing.replace_minute_taker(first, minute_taker=people.eve, reason="Ill", by=people.bea, at=now)
    second = a_booked_discussion(
        people, at=now, start=first.planned_start, place=a_video_link("Video link 2")
    )
    with pytest.raises(Taken) as taken:
        replacing.replace_chair(second, chair=people.ada, reason="Ill", by=people.bea, at=now)
    assert "Ada Arden is already booked to chair from" in taken.value.sentence
    with pytest.raises(Taken) as taken:
        replacing.replace_minute_taker(second, minute_taker=people.eve, reason="Ill", by=people.bea, at=now)
    assert (taken.value.field, booking.booking_in_force(second).chair) == ("minute_taker", people.mo)


def test_only_business_support_replaces_and_only_before_the_close(people: Cast) -> None:
    now = timezone.now()
    record = a_full_record(people, at=now)
    with pytest.raises(NotAllowed):
        replacing.replace_chair(record.discussion, chair=people.ada, reason="Ill", by=people.sam, at=now)
    replacing.replace_chair(record.discussion, chair=people.ada, reason="Ill", by=people.bea, at=now)
    assert meeting.refusal_to_check_before(people.ada, record.discussion, now) is None
    assert meeting.refusal_to_run(people.ada, record.discussion, now) is None
    assert meeting.refusal_to_run(people.mo, record.discussion, now) is not None
    held = a_held_discussion(people, at=now - timedelta(hours=6))
    with pytest.raises(MoveNotAllowed, match="“held” now"):
        replacing.replace_chair(held, chair=people.ada, reason="Ill", by=people.bea, at=now)
