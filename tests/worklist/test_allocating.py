"""A manager names somebody for what nobody has: nothing is owned by nobody (rows C28, G15)."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from outbox.models import Letter
from tests.builders.requests import a_draft_request
from tests.people import Cast, cast, person
from worklist.services import allocating

pytestmark = pytest.mark.django_db
NOTE = "Sam is ill. Ring the school first."


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def case(people: Cast) -> Case:
    """Asked for by Sam, who is gone; nobody works on it, and what was Sam's is only the team's."""
    found = a_draft_request(people).case
    User.objects.filter(pk=people.sam.pk).update(is_active=False)
    Deadline.objects.filter(case=found, owner=people.sam).update(owner=None, owner_team=people.team)
    return found


def a_worker(people: Cast) -> User:
    return person("Tia Tam", "social_worker", agency=people.council, team=people.team)


def allocate(case: Case, to: User, by: User, note: str = NOTE) -> Case:
    return allocating.allocate_case(case, to=to, note=note, by=by, at=timezone.now())


def test_who_is_named_has_the_case_its_deadlines_and_a_letter_without_a_child(
    people: Cast, case: Case
) -> None:
    """Also after the clocks are worked out anew; afterwards nothing is left on the page."""
    tia = a_worker(people)
    assert list(allocating.cases_without_worker(people.mo)) == [case]
    assert allocating.clocks_without_owner(people.mo).exists()
    allocate(case, tia, people.mo)
    assert Case.objects.visible_to(tia).get(pk=case.pk).allocated_worker == tia
    assert {clock.owner for clock in Deadline.objects.running().filter(case=case)} == {tia, people.asha}
    assert not allocating.cases_without_worker(people.mo)
    assert not allocating.clocks_without_owner(people.mo)
    letter = Letter.objects.get(kind="allocated")
    assert (letter.to_email, "Fenwick" in str(letter.context)) == (tia.email, False)
    entry = Entry.objects.get(event="case.allocated")
    assert (entry.case_ref, entry.data["to"], entry.data["why"]) == (case.reference, tia.pk, NOTE)


def test_one_deadline_alone(people: Cast, case: Case) -> None:
    tia, clock = a_worker(people), allocating.clocks_without_owner(people.mo)[0]
    done = allocating.allocate_clock(clock, to=tia, note=NOTE, by=people.hal, at=timezone.now())
    clock.refresh_from_db()
    assert (clock.owner, done.owner) == (tia, tia)
    assert (clock.owner, Case.objects.visible_to(tia).filter(pk=case.pk).exists()) == (tia, True)
    with pytest.raises(MoveNotAllowed, match="Tia Tam has this already"):
        allocating.allocate_clock(clock, to=people.mo, note=NOTE, by=people.mo, at=timezone.now())


def test_only_by_the_teams_manager_or_a_head_of_service_and_only_once(people: Cast, case: Case) -> None:
    tia = a_worker(people)
    for by in (people.ada, people.bea, people.adi, people.ira, people.otto, tia):
        with pytest.raises(NotAllowed, match="by the manager of the case’s team"):
            allocate(case, tia, by)
    with pytest.raises(Refused, match="Write a note") as refused:
        allocate(case, tia, people.mo, note=" ")
    assert refused.value.field == "note"
    for wrong in (people.sam, people.paul, people.bea):
        with pytest.raises(Refused, match=f"{wrong.name} cannot work on") as refused:
            allocate(case, wrong, people.mo)
        assert refused.value.field == "to"
    allocate(case, tia, people.mo)
    with pytest.raises(MoveNotAllowed, match="Tia Tam was named"):
        allocate(case, people.mo, people.hal)


def test_a_restricted_case_is_never_opened_by_it(people: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(restricted=True)
    away = person("Ola Oak", "social_worker", agency=people.council)
    with pytest.raises(Refused, match="Ola Oak cannot work on"):
        allocate(case, away, people.mo)


def test_by_its_pages(people: Cast, case: Case) -> None:
    """From the team's page; what is wrong stands beside its field, and nothing typed is lost."""
    tia, mo = a_worker(people), Client()
    mo.force_login(people.mo)
    assert "/team/unallocated/" in mo.get("/team/").content.decode()
    page = mo.get("/team/unallocated/").content.decode()
    assert f"/cases/{case.reference}/allocate/" in page and "Sam Shah" in page
    wrong = mo.post(f"/cases/{case.reference}/allocate/", {"to": "", "note": NOTE})
    assert (wrong.status_code, NOTE in wrong.content.decode()) == (422, True)
    mo.post(f"/cases/{case.reference}/allocate/", {"to": tia.pk, "note": NOTE})
    assert "Tia Tam works on" in mo.get("/team/unallocated/").content.decode()
    assert mo.get(f"/cases/{case.reference}/allocate/").status_code == 403
    assert NOTE in mo.get(f"/cases/{case.reference}/timeline/").content.decode()
