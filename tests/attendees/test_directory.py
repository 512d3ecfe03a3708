"""The directory: addresses, duplicates, staff."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Channel
from attendees.models import Professional
from attendees.services.directory import (
    add_professional,
    bring_back_professional,
    professional_for,
    retire_professional,
)
from attendees.services.staff import change_agency, change_person
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from minutes.models import Action
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def add(people: Cast, **other: Any) -> Professional:
    given: dict[str, Any] = {
        "name": "Ann Lee",
        "agency": people.health,
        "job_role": "Midwife",
        "email": "ann.lee@northshire-health.example",
        "by": people.bea,
        "at": timezone.now(),
    }
    return add_professional(**{**given, **other})


@pytest.mark.parametrize(
    "address",
    ["a@x, b@evil", "ann\r\nBcc: x@evil.example", "ann@", "ann", "ann@council.gcsx.gov.uk", "a@b@c.example"],
)
def test_an_address_that_will_not_do_is_refused(people: Cast, address: str) -> None:
    with pytest.raises(Refused) as refused:
        add(people, email=address)
    assert refused.value.field == "email"
    assert not Professional.objects.exists()


def test_addresses_are_kept_in_one_form_and_the_same_person_once(people: Cast) -> None:
    first = add(people, email=" Ann.Lee@Northshire-Health.EXAMPLE ")
    assert first.email == "ann.lee@northshire-health.example"
    assert add(people, name="ann lee") == first
    assert add(people, name="Bob Lee") != first  # one mailbox, two people


def test_how_secret_things_reach_them(people: Cast) -> None:
    people.health.secure_domains = ["secure.example"]
    people.health.save()
    assert add(people, email="").channel == Channel.BY_HAND
    assert add(people).channel == Channel.LINK
    assert add(people, email="ann@secure.example").channel == Channel.SECURE_EMAIL
    assert add(people, email="ann@not-secure.example").channel == Channel.LINK


def test_name_and_role_are_needed_and_a_stranger_adds_nobody(people: Cast) -> None:
    for field in ("name", "job_role"):
        with pytest.raises(Refused) as refused:
            add(people, **{field: " \n "})
        assert refused.value.field == field
    for person in (people.stranger, people.ira):
        with pytest.raises(NotAllowed):
            add(people, by=person)


def test_staff_have_one_entry_each_with_their_role_in_the_quorum(people: Cast) -> None:
    assert professional_for(people.sam) == professional_for(people.sam)
    roles = [
        professional_for(one).quorum_role
        for one in (people.sam, people.ada, people.mo, people.hal, people.bea)
    ]
    assert roles == ["social_worker", "social_worker", "social_work_manager", "social_work_manager", ""]
    people.olga.agency = None
    with pytest.raises(Refused):
        professional_for(people.olga)


# Kept on its pages


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_directory_is_searched_with_signs_for_themselves(people: Cast) -> None:
    add(people)
    add(people, name="100%_sure", email="")
    client = browser(people.bea)
    page = client.get("/directory/", {"words": "%_"}).content.decode()
    assert ("100%_sure" in page, "Ann Lee" in page) == (True, False)
    assert "Nobody in the directory fits" in client.get("/directory/", {"words": "_n_"}).content.decode()


def test_whoever_owes_an_action_is_not_taken_off(people: Cast) -> None:
    discussion = a_held_discussion(people)
    paul = discussion.invitations.get(professional__name="Paul Pike").professional
    Action.objects.filter(number=1).update(owner=paul)
    Professional.objects.filter(pk=paul.pk).update(user=None)
    with pytest.raises(Refused, match=f"to do, or to answer for, in {discussion.case.reference}"):
        retire_professional(paul, by=people.bea, at=timezone.now())
    Action.objects.filter(owner=paul).update(status="struck", struck_reason="Said twice")
    retire_professional(paul, by=people.bea, at=timezone.now())


def test_whoever_is_invited_is_not_taken_off(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    paul = discussion.invitations.get(professional__name="Paul Pike").professional
    with pytest.raises(Refused):
        retire_professional(paul, by=people.bea, at=timezone.now())
    ann = add(people)
    retire_professional(ann, by=people.bea, at=timezone.now())
    with pytest.raises(MoveNotAllowed):
        retire_professional(ann, by=people.bea, at=timezone.now())
    add(people)  # the same again while the first is not in use
    with pytest.raises(Taken):
        bring_back_professional(ann, by=people.bea, at=timezone.now())
    with pytest.raises(NotAllowed):
        bring_back_professional(ann, by=people.sam, at=timezone.now())


def test_an_entry_with_an_account_is_named_as_the_account_says(people: Cast) -> None:
    entry = professional_for(people.hetty)
    url = f"/directory/{entry.pk}/"
    page = browser(people.bea).get(url).content.decode()
    assert ("This person has an account" in page, 'name="email"' in page) == (True, False)
    data = {"job_role": "Named nurse", "is_duty_contact": "on", "email": "x@evil.example", "name": "X"}
    assert browser(people.bea).post(url, data).status_code == 302
    entry.refresh_from_db()
    assert (entry.name, entry.email, entry.job_role, entry.is_duty_contact) == (
        "Hetty Hall", people.hetty.email, "Named nurse", True,
    )  # fmt: skip


LIST = (
    "Name,What they do,Agency\n"
    "Ann Lee,Midwife,Northshire Health Trust,01632 960301,Ann.Lee@northshire-health.example,Health,yes\n"
    "ann lee,Midwife,northshire health trust,,ann.lee@northshire-health.example\n"
    "Bob,,Northshire Police\n"
    "Cy,Constable,Nowhere\n"
    'Di,Constable,Northshire Police,,"a@x.example, b@evil.example"\n'
    "Ed,Constable,Northshire Police,,ed@police.pnn.gcsx.gov.uk\n"
    "Fay,Constable,Northshire Police,,,Sheriff\n"
    "Gil,Constable,Northshire Police,1,2,3,4,5,6,7\n"
)


def test_a_pasted_list_shows_each_lines_problem_and_saves_nothing_by_halves(people: Cast) -> None:
    client = browser(people.bea)
    url = reverse("attendees:paste_professionals")
    page = client.post(url, {"lines": LIST}).content.decode()
    for said in (
        "7 of 8 lines to put right", "The same as line 2", "Enter what they do",
        "There is no agency “Nowhere”", "Enter one email address only", "were closed down",
        "“Sheriff” is no role of quorum", "too many parts",
    ):  # fmt: skip
        assert said in page, said
    assert client.post(url, {"lines": LIST, "_save": "1"}).status_code == 409
    assert not Professional.objects.exists()
    good = "\n".join(LIST.splitlines()[:2])
    assert "Add 1 professional" in client.post(url, {"lines": good}).content.decode()
    assert client.post(url, {"lines": good, "_save": "1"}).status_code == 302
    known = client.post(url, {"lines": good}).content.decode()
    assert ("Already in the directory" in known, "Add " in known) == (True, False)
    made = Professional.objects.get()
    assert (made.email, made.is_duty_contact) == ("ann.lee@northshire-health.example", True)


def test_the_directory_follows_the_account_and_the_agencys_domains(people: Cast) -> None:
    """A wrong mailbox would get a child's papers; so would a domain that is no longer secure."""
    entry = professional_for(people.hetty)
    facts: dict[str, Any] = {
        "name": people.health.name, "kind": people.health.kind, "mailbox": "", "phone": "",
        "is_authority": False, "by": people.adi, "at": timezone.now(),
    }  # fmt: skip
    change_agency(people.health, secure_domains="secure.example", **facts)
    change_person(
        people.hetty, name="Hetty Hill", email="hetty@secure.example", agency=people.health,
        roles=["partner"], teams=[], phone="01632 960555", by=people.adi, at=timezone.now(),
    )  # fmt: skip
    entry.refresh_from_db()
    assert (entry.name, entry.email, entry.phone, entry.channel) == (
        "Hetty Hill", "hetty@secure.example", "01632 960555", Channel.SECURE_EMAIL,
    )  # fmt: skip
    change_agency(people.health, secure_domains="", **facts)
    entry.refresh_from_db()
    assert entry.channel == Channel.LINK
