"""Whoever is invited says when else they could come; the finder of times heeds it at rebooking (row W21)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from attendees.models import Invitation, Professional, StatedTime
from attendees.services.availability import Said, Window, state_times
from attendees.services.directory import professional_for
from attendees.services.replies import reply_to_invitation
from audit.errors import NotAllowed, Refused
from audit.models import Entry
from govuk.moments import local
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def discussion(people: Cast) -> Discussion:
    return a_booked_discussion(people)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def boxes(name: str, moment: datetime) -> dict[str, str]:
    there = local(moment)
    return {
        f"{name}_day": str(there.day),
        f"{name}_month": str(there.month),
        f"{name}_year": str(there.year),
        f"{name}_time": f"{there:%H:%M}",
    }


def a_time(place: int, can_come: str, start: datetime, end: datetime) -> dict[str, str]:
    row = f"times-{place}"
    return {f"{row}-can_come": can_come, **boxes(f"{row}-start", start), **boxes(f"{row}-end", end)}


def after(discussion: Discussion, hours: int) -> datetime:
    """So many hours after the planned end, to the minute, as people type it."""
    return discussion.planned_end.replace(second=0, microsecond=0) + hours * HOUR


def said_of(person: Professional) -> list[tuple[bool, datetime, datetime, str]]:
    rows = StatedTime.objects.filter(professional=person)
    return [(one.can_come, one.during.lower, one.during.upper, one.how) for one in rows]


def sign_up(people: Cast, asked: Invitation) -> Client:
    """Paul has an account, and so signs in."""
    Professional.objects.filter(pk=asked.professional_id).update(user=people.paul)
    return browser(people.paul)


def test_not_then_and_when_else_by_the_person_themselves(people: Cast, discussion: Discussion) -> None:
    asked = invitation_of(discussion, "Paul Pike")
    paul, where = sign_up(people, asked), f"/partner/{discussion.pk}/reply/"
    first, last = after(discussion, 1), after(discussion, 3)
    assert "If not then: when could you come?" in paul.get(where).content.decode()
    typed = {
        "answer": "not_coming",
        "reason": "In court.",
        "times-count": "1",
        **a_time(0, "yes", first, last),
    }
    assert paul.post(where, typed).status_code == 302
    asked.refresh_from_db()
    assert (asked.reply, said_of(asked.professional)) == (
        "not_coming",
        [(True, first, last, "Signed in")],
    )
    entry = Entry.objects.filter(event="request.times_stated").latest("pk")
    assert entry.data == {"people": [asked.professional_id], "times": 1}
    again = paul.get(where).content.decode()
    assert f'value="{first.astimezone().year}"' in again or str(local(first).year) in again
    assert paul.post(where, {"answer": "coming", "times-count": "0"}).status_code == 302
    assert said_of(asked.professional) == []


def test_another_time_is_wrong_beside_its_field_and_nothing_is_lost(
    people: Cast, discussion: Discussion
) -> None:
    asked = invitation_of(discussion, "Paul Pike")
    paul, where = sign_up(people, asked), f"/partner/{discussion.pk}/reply/"
    typed = {"answer": "not_coming", "reason": "In court.", "times-count": "1"}
    answer = paul.post(where, typed | a_time(0, "yes", after(discussion, 3), after(discussion, 1)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It must end after it begins" in page and "In court." in page
    assert Invitation.objects.get(pk=asked.pk).reply == "waiting"


def test_a_time_of_their_own_replaces_theirs_alone(people: Cast, discussion: Discussion) -> None:
    now, start = timezone.now(), after(discussion, 1)
    asked = invitation_of(discussion, "Paul Pike")
    hetty = invitation_of(discussion, "Hetty Hall").professional
    told = [Said(one, False, start, start + HOUR) for one in (asked.professional, hetty)]
    state_times(discussion.request, told, by=people.bea, at=now)
    answer = {"answer": "not_coming", "reason": "In court.", "by": asked.professional, "at": now}
    times = [Window(can_come=True, start=start + HOUR, end=start + 2 * HOUR)]
    reply_to_invitation(asked, **answer, times=times)
    assert said_of(asked.professional) == [
        (True, start + HOUR, start + 2 * HOUR, "By link and one-time code")
    ]
    assert len(said_of(hetty)) == 1
    reply_to_invitation(asked, **answer)
    assert len(said_of(asked.professional)) == 1, "who says nothing of times takes none back"
    with pytest.raises(Refused, match="longer than 60 days"):
        reply_to_invitation(asked, **answer, times=[Window(True, start, start + timedelta(days=61))])
    with pytest.raises(NotAllowed):
        reply_to_invitation(asked, **answer | {"by": hetty}, times=times)


def test_staff_who_are_invited_say_so_too(people: Cast, discussion: Discussion) -> None:
    start = after(discussion, 1)
    typed = {"answer": "not_coming", "reason": "Another visit.", "times-count": "1"}
    answer = browser(people.sam).post(
        f"/partner/{discussion.pk}/reply/", typed | a_time(0, "no", start, start + HOUR)
    )
    assert answer.status_code == 302
    assert said_of(professional_for(people.sam)) == [(False, start, start + HOUR, "Signed in")]


def test_business_support_types_it_for_who_rang_and_sees_it_when_it_is_moved(
    people: Cast, discussion: Discussion
) -> None:
    """Who declined and said when else they can is counted again in the free times."""
    asked = invitation_of(discussion, "Hetty Hall")
    bea, start = browser(people.bea), after(discussion, 1)
    where = f"/discussions/{discussion.pk}/invitations/{asked.pk}/reply/"
    assert "If not then: when could they come?" in bea.get(where).content.decode()
    typed = {"answer": "not_coming", "reason": "A clinic.", "how": "By telephone", "times-count": "1"}
    assert bea.post(where, typed | a_time(0, "yes", start, start + HOUR)).status_code == 302
    assert said_of(asked.professional) == [(True, start, start + HOUR, "By telephone")]
    page = bea.get(f"/discussions/{discussion.pk}/move/")
    text = page.content.decode()
    assert "What people said of their times" in text
    assert "Hetty Hall could come from" in text
    offers = page.context["grid"].first_lawful + [one for one, _ in page.context["grid"].next_best]
    assert offers and {"Hetty Hall" in one.lacking for one in offers if one.slot.start != start} == {True}
