"""A telephone conference: everybody's direct number, ticked as they come on the line (rows W11 to W13)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from attendees.enums import Mode, Reply
from attendees.services.directory import add_professional
from attendees.services.replies import reply_to_invitation
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from minutes.services import hold
from tests.builders.booking import invitation_of
from tests.builders.meeting import an_opened_record
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_who_is_ticked_is_here_by_telephone_from_then_on(people: Cast) -> None:
    record, now = an_opened_record(people), timezone.now()
    paul = invitation_of(record.discussion, "Paul Pike").professional
    with pytest.raises(NotAllowed):
        hold.join_by_telephone(record, paul, by=people.olga, at=now)
    row = hold.join_by_telephone(record, paul, by=people.bea, at=now)
    assert (row.mode, row.arrived_at, row.quorum_role) == (Mode.PHONE, now, "police")
    with pytest.raises(MoveNotAllowed, match="Paul Pike is on the line already, since"):
        hold.join_by_telephone(record, paul, by=people.bea, at=now)
    hold.leave_early(row, by=people.bea, at=now + timedelta(minutes=5))
    back = hold.join_by_telephone(record, paul, by=people.bea, at=now + timedelta(minutes=7))
    assert (back.pk, back.arrived_at, back.left_at) == (row.pk, now, None)
    other = add_professional(
        name="Una Unasked",
        agency=people.health,
        job_role="Nurse",
        phone="01632 960333",
        by=people.bea,
        at=now,
    )
    with pytest.raises(Refused, match="Una Unasked is not asked"):
        hold.join_by_telephone(record, other, by=people.bea, at=now)


def test_the_page_ticks_people_one_by_one(client: Client, people: Cast) -> None:
    record, now = an_opened_record(people), timezone.now()
    dan = invitation_of(record.discussion, "Dan Dale")
    reply_to_invitation(dan, answer=Reply.NOT_COMING, reason="Ill", by=dan.professional, at=now)
    client.force_login(people.bea)
    address = f"/discussions/{record.discussion_id}/record/dial/"
    page = client.get(address).content.decode()
    assert "0 of 5 on the line" in page
    assert "01632 960101" in page
    assert "Dan Dale" not in page
    paul = invitation_of(record.discussion, "Paul Pike").professional
    answer = client.post(address, {"joined": paul.pk})
    assert (answer.status_code, answer.url) == (302, address)  # type: ignore[attr-defined]
    page = client.get(address).content.decode()
    assert "1 of 5 on the line" in page
    assert "Paul Pike is on the line." in page
    assert client.post(address, {"joined": paul.pk}).status_code == 409
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"joined": dan.professional_id}).status_code == 422
    assert record.discussion.attendance.count() == 1
