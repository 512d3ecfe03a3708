"""Looking somebody up in the directory inside the forms that name, book and invite people."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import AgencyKind
from accounts.models import Agency
from attendees.models import Professional, WantedProfessional
from attendees.services.directory import add_professional
from strategy.models import Discussion
from tests.builders.booking import a_booked_discussion
from tests.builders.requests import a_draft_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def una(people: Cast) -> Professional:
    """Somebody whom nothing in a request suggests."""
    housing = Agency.objects.create(name="Westmoor Homes", kind=AgencyKind.HOUSING)
    more: dict[str, Any] = {"email": "una@westmoor.example", "by": people.bea, "at": timezone.now()}
    return add_professional(name="Una Upton", agency=housing, job_role="Housing officer", **more)


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ticks(answer: Any) -> dict[str, str]:
    """Whom the page offers to invite, each with the hint."""
    return dict(answer.context["form"].fields["professionals"].widget.hints)


def test_who_books_finds_anybody_and_loses_nothing_typed(people: Cast, una: Professional) -> None:
    wanted = an_authorised_request(people)
    bea, page = browser(people.bea), f"/requests/{wanted.pk}/book/"
    assert str(una.pk) not in ticks(bea.get(page))
    typed = {"hub": "Room 4", "newcomer-count": "1", "newcomer-0-name": "Half a na", "_find": "upton hous"}
    found = bea.post(page, typed | {"_look": "1"})
    assert ticks(found)[str(una.pk)] == "Westmoor Homes. Found in the directory"
    told = found.content.decode()
    assert ('value="Room 4"' in told, 'value="Half a na"' in told, "There is a problem" in told) == (
        True, True, False,
    )  # fmt: skip
    Professional.objects.filter(pk=una.pk).update(is_active=False)
    assert str(una.pk) not in ticks(bea.post(page, typed | {"_look": "1"}))  # who has left is not found
    Professional.objects.filter(pk=una.pk).update(is_active=True)
    # Enter in the line presses the first button of the form: it looks up, and books nothing.
    assert ticks(bea.post(page, typed)).keys() == ticks(found).keys()
    start = timezone.now() + timedelta(hours=3)
    booked = bea.post(page, {
        "format": "face_to_face", "length": "60", "start": start.isoformat(), "hub": "Room 4",
        "newcomer-count": "0", "late_reason": "The police cannot come before",
        "chair": people.mo.pk, "minute_taker": people.bea.pk, "professionals": [una.pk],
        "_find": "upton hous", "_looked_for": "upton hous",
    })  # fmt: skip
    assert booked.status_code == 302, booked.context["form"].errors
    assert Discussion.objects.get().invitations.filter(professional=una).count() == 1


def test_who_invites_more_finds_them_and_is_told_who_is_invited(people: Cast, una: Professional) -> None:
    discussion = a_booked_discussion(people)
    bea, page = browser(people.bea), f"/discussions/{discussion.pk}/invite/"
    found = bea.post(page, {"_find": "upton", "_look": "1"})
    assert str(una.pk) in ticks(found)
    assert (
        "Hetty Hall is invited already." in bea.post(page, {"_find": "hetty", "_look": "1"}).content.decode()
    )
    assert "Nobody was found" in bea.post(page, {"_find": "zzz", "_look": "1"}).content.decode()
    strange = bea.post(page, {"_find": "\x00 %_'\" \U0001f600", "_look": "1"})
    assert (strange.status_code, "Nobody was found" in strange.content.decode()) == (200, True)
    # A second search keeps whom the first one found and was ticked.
    again = bea.post(page, {"_find": "zzz", "_look": "1", "professionals": [una.pk]})
    assert str(una.pk) in ticks(again)
    assert bea.post(page, {"professionals": [una.pk], "newcomer-count": "0"}).status_code == 302
    assert discussion.invitations.filter(professional=una).count() == 1


def test_who_asks_finds_somebody_and_takes_them_over_into_a_row(people: Cast, una: Professional) -> None:
    wanted = a_draft_request(people)
    sam, page = browser(people.sam), f"/requests/{wanted.pk}/professionals/"
    typed = {
        "picked-count": "1",
        "picked-0-professional": "",
        "typed-count": "1",
        "typed-0-name": "Half a na",
    }
    found = sam.post(page, typed | {"_find": "upton", "_look": "1"})
    assert f'name="_pick" value="{una.pk}"' in found.content.decode()
    taken = sam.post(page, typed | {"_find": "upton", "_looked_for": "upton", "_pick": str(una.pk)})
    assert taken.context["rows"][0].forms[0]["professional"].value() == str(una.pk)
    assert 'value="Half a na"' in taken.content.decode()
    assert not WantedProfessional.objects.exists()
    again = sam.post(page, {"picked-count": "1", "picked-0-professional": str(una.pk), "_find": "upton"})
    assert ("Named already" in again.content.decode(), 'name="_pick"' in again.content.decode()) == (
        True,
        False,
    )
    chosen = {"picked-count": "1", "picked-0-professional": str(una.pk), "typed-count": "0", "_key": "k"}
    assert sam.post(page, chosen | {"_pick": str(una.pk)}).context["rows"][0].count == 1  # nobody twice
    kept = sam.post(page, chosen | {"_find": "not sent yet"}, headers={"X-Self-Save": "1"})
    assert kept.json()["finished"] is True
    assert WantedProfessional.objects.get().professional == una


def test_who_is_typed_in_without_an_address_and_is_there_already_is_the_same(
    people: Cast, una: Professional
) -> None:
    """With another number, or of another agency, it is somebody else."""
    Professional.objects.filter(pk=una.pk).update(phone="01632 960777")
    same: dict[str, Any] = {"job_role": "Officer", "by": people.bea, "at": timezone.now()}
    for number in ("", "01632960777"):
        assert add_professional(name="una upton", agency=una.agency, phone=number, **same) == una
    other = add_professional(name="Una Upton", agency=una.agency, phone="01632 960778", **same)
    elsewhere = add_professional(name="Una Upton", agency=people.school, **same)
    assert len({una.pk, other.pk, elsewhere.pk}) == 3
