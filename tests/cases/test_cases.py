"""Opening a case, keeping its people, and who may see it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.errors import NotAllowed, Refused
from audit.models import Entry
from cases import services
from cases.enums import AccessPurpose
from cases.models import Access, Case, Child
from cases.rules import ChildFacts, FamilyFacts
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
RUBY = ChildFacts(given_names="Ruby", family_name="Fenwick", school="Elm Street")
CAROL = FamilyFacts(name="Carol Fenwick", relationship="Mother", has_parental_responsibility=True)


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def case(people: Cast) -> Case:
    """A case that Sam opened."""
    return services.open_case(team=people.team, children=[RUBY], family=[CAROL], by=people.sam, at=NOW)


def test_a_case_has_a_reference_without_a_name(people: Cast, case: Case) -> None:
    """The sequence counts up, whoever opens."""
    other = services.open_case(team=people.team, by=people.mo, at=NOW)
    first, second = (int(one.reference.rsplit("-", 1)[1]) for one in (case, other))
    assert case.reference == f"TH-{timezone.localdate(NOW).year}-{first:05d}"
    assert second == first + 1


def test_opening_is_written_down(case: Case, people: Cast) -> None:
    """Every act has its entry, in the order of the acts."""
    assert list(Entry.objects.for_case(case).order_by("pk").values_list("event", "by_ref")) == [
        (event, f"user:{people.sam.pk}")
        for event in (
            "case.opened", "case.access_granted", "case.access_granted",
            "case.child_added", "case.family_added",
        )
    ]  # fmt: skip


def test_business_support_opens_no_case(people: Cast) -> None:
    """The refusal says who does, and nothing is left behind."""
    with pytest.raises(NotAllowed, match="You cannot open a case"):
        services.open_case(team=people.team, by=people.bea, at=NOW)
    assert (Case.objects.count(), Access.objects.count()) == (0, 0)


def test_facts_that_cannot_be_are_refused_at_their_field(people: Cast, case: Case) -> None:
    """An unborn child without an expected date."""
    with pytest.raises(Refused) as refusal:
        services.add_child(case, ChildFacts(family_name="Fenwick", is_unborn=True), by=people.sam, at=NOW)
    assert refusal.value.field == "expected_date"
    assert Child.objects.count() == 1


def test_who_turned_18_can_still_be_changed(people: Cast, case: Case) -> None:
    """The birthday is not judged again; another date of birth is. A postcode is tidied when it is saved."""
    child = case.children.get()
    grown = timezone.localdate(NOW).replace(day=1) - timedelta(days=18 * 366)
    Child.objects.filter(pk=child.pk).update(date_of_birth=grown)
    facts = replace(RUBY, date_of_birth=grown, postcode="zz993aa")
    assert services.change_child(child, facts, by=people.sam, at=NOW).postcode == "ZZ99 3AA"
    with pytest.raises(Refused) as refusal:
        services.change_child(
            child, replace(facts, date_of_birth=grown - timedelta(days=1)), by=people.sam, at=NOW
        )
    assert refusal.value.field == "date_of_birth"


def test_changing_a_child_names_the_fields_and_not_their_content(people: Cast, case: Case) -> None:
    """The ledger keeps no names and schools."""
    child = case.children.get()
    services.change_child(child, replace(RUBY, school="Oak Road", gp="Dr Lane"), by=people.sam, at=NOW)
    child.refresh_from_db()
    entry = Entry.objects.get(event="case.child_changed")
    assert (child.school, child.gp, entry.data) == ("Oak Road", "Dr Lane", {"fields": ["gp", "school"]})


def test_changing_nothing_writes_nothing(people: Cast, case: Case) -> None:
    """The same facts again leave no entry."""
    services.change_child(case.children.get(), RUBY, by=people.sam, at=NOW)
    assert not Entry.objects.filter(event="case.child_changed").exists()


def test_a_colleague_without_access_changes_nothing(people: Cast, case: Case) -> None:
    """Olga has the power but not the case."""
    with pytest.raises(NotAllowed, match="not been given access"):
        services.change_child(case.children.get(), replace(RUBY, school="Oak Road"), by=people.olga, at=NOW)
    with pytest.raises(NotAllowed):
        services.add_family_member(case, CAROL, by=people.olga, at=NOW)
    assert (case.children.get().school, case.family.count()) == ("Elm Street", 1)


SEES = {"sam", "mo", "ada", "asha", "hal", "ira"}


def test_who_sees_a_case(people: Cast, case: Case) -> None:
    """Its worker, its team, and those who read every case; partners, support and other teams do not."""
    seeing = {name for name, user in people.everyone.items() if Case.objects.visible_to(user).exists()}
    assert seeing == SEES
    children = {name for name, user in people.everyone.items() if Child.objects.visible_to(user).exists()}
    assert children == SEES


def test_a_restricted_case_is_seen_by_grant_only(people: Cast, case: Case) -> None:
    """Also the head of service and the inspector need a reason."""
    Case.objects.update(restricted=True)
    seeing = {name for name, user in people.everyone.items() if Case.objects.visible_to(user).exists()}
    assert seeing == SEES - {"hal", "ira"}


def test_a_closed_account_sees_nothing(people: Cast, case: Case) -> None:
    """Whatever was granted."""
    people.sam.is_active = False
    assert not Case.objects.visible_to(people.sam).exists()


def test_grants_begin_when_they_are_written(people: Cast, case: Case) -> None:
    """However long ago the act happened that earned it: nobody saw the case before."""
    long_ago = NOW - timedelta(days=30)
    access = services.grant(
        case, user=people.bea, purpose=AccessPurpose.SUPPORTS, why="Books", by=people.mo, at=long_ago
    )
    access.refresh_from_db()
    assert access.starts_at > NOW - timedelta(minutes=1)
    assert Case.objects.visible_to(people.bea).exists()


def test_the_same_grant_twice_is_one(people: Cast, case: Case) -> None:
    """Nothing is written the second time."""
    for _ in range(2):
        services.grant(
            case, user=people.bea, purpose=AccessPurpose.SUPPORTS, why="Books", by=people.mo, at=NOW
        )
    assert Access.objects.filter(user=people.bea).count() == 1


def test_revoking_is_immediate_and_kept(people: Cast, case: Case) -> None:
    """The grant stays on record with its end."""
    services.grant(
        case, team=people.support, purpose=AccessPurpose.SUPPORTS, why="Books", by=people.mo, at=NOW
    )
    assert Case.objects.visible_to(people.bea).exists()
    ended = services.revoke(case, team=people.support, why="Held", by=people.mo, at=NOW)
    assert (ended, Case.objects.visible_to(people.bea).exists()) == (1, False)
    assert Access.objects.get(team=people.support).until is not None
    assert services.revoke(case, team=people.support, why="Held", by=people.mo, at=NOW) == 0


def test_access_is_of_a_person_or_of_a_team(people: Cast, case: Case) -> None:
    """Never of both or neither."""
    for given in ({}, {"user": people.bea, "team": people.support}):
        with pytest.raises(ValueError, match="a person or of a team"):
            services.grant(case, purpose=AccessPurpose.SUPPORTS, why="?", by=people.mo, at=NOW, **given)


def test_the_database_has_what_it_needs() -> None:
    """The extensions are installed by the first migration."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        names = {row[0] for row in cursor.fetchall()}
    assert {"btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch"} - names == set()
