"""One box finds a child: spelt alike, sounding alike, born near, by a number, a place or a telephone."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from cases import services
from cases.models import Case, Child
from cases.rules import ChildFacts, FamilyFacts, sought_in
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
RUBY = ChildFacts(
    given_names="Ruby",
    family_name="Fenwick",
    date_of_birth=date(2017, 3, 9),
    nhs_number="9434765919",
    local_identifier="LCN77421",
    address="12 Invented Terrace, Ambleford",
    postcode="ZZ99 3AA",
)
CAROL = FamilyFacts(name="Carol Ní Bhriain", relationship="Mother", phone="01632 960 777")


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def case(people: Cast) -> Case:
    """Ruby, among others who must not be taken for her."""
    others = [
        ChildFacts(given_names="Siân", family_name="Ŵyn", date_of_birth=date(2012, 1, 30)),
        ChildFacts(given_names="محمد", family_name="الهاشمي", date_of_birth=date(2011, 7, 2)),
        ChildFacts(given_names="Catherine", family_name="O’Brien-Smythe", also_known_as="Kit"),
        ChildFacts(given_names="Madonna", family_name="x" * 60),
        ChildFacts(given_names="Ŋ👶🏽", family_name="Star"),
    ]
    for one in others:
        services.open_case(team=people.team, children=[one], by=people.sam, at=NOW)
    return services.open_case(team=people.team, children=[RUBY], family=[CAROL], by=people.sam, at=NOW)


def found(typed: str) -> list[str]:
    """The given names of those found, the likest first."""
    return [child.given_names for child in Child.objects.seek(sought_in(typed))]


@pytest.mark.parametrize(
    "typed",
    [
        "Ruby Fenwick", "fenwick ruby", "RUBY", "Rubie Fenwik", "Roobee Phenwick", "ruby fennwick 9/3/2017",
        "9 March 2017", "09032017", "2017-03-09", "9.3.17", "3/9/2017",  # day and month swapped
        "10/3/2017", "9/3/2018",  # a day off, a year off
        "943 476 5919", "lcn77421", "LCN-77421", "zz99", "zz993aa", "ZZ99 3", "12 invented terrace",
        "(01632) 960777", "+44 1632 960777", "Carol Ni Bhriain", "Ruby 1/1/2001",
    ],
)  # fmt: skip
def test_ruby_is_found_first(case: Case, typed: str) -> None:
    assert found(typed)[:1] == ["Ruby"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("wyn", ["Siân"]),
        ("SIAN ŴYN", ["Siân"]),
        ("محمد", ["محمد"]),
        ("\u202bمحمد\u202c", ["محمد"]),
        ("obrien", ["Catherine"]),
        ("O'Brien Smythe", ["Catherine"]),
        ("katherine o brien", ["Catherine"]),
        ("kit", ["Catherine"]),
        ("x" * 60, ["Madonna"]),
        ("madonna", ["Madonna"]),
        ("👶🏽 star", ["Ŋ👶🏽"]),
        ("%", []),
        ("_", []),
        ("%%%___", []),
        ("'; DROP TABLE cases_child; --", []),
        ("\\", []),
        ("Ottoway", []),
        ("11/11/2011", []),
    ],
)
def test_names_as_they_come(case: Case, typed: str, names: list[str]) -> None:
    """Accents, right to left, apostrophes, one word, sixty letters, emoji; wild cards mean nothing."""
    assert found(typed) == names


def test_a_case_is_found_by_its_reference(case: Case) -> None:
    assert found(case.reference) == ["Ruby"]


def test_the_same_date_of_birth_alone_is_no_likeness_when_a_name_was_typed(case: Case) -> None:
    assert found("Oswald Ottoway 9/3/2017") == []


@pytest.mark.parametrize(
    ("changes", "likely"),
    [
        ({}, True),
        ({"given_names": "Rubie", "family_name": "Fenwik"}, True),
        ({"date_of_birth": date(2017, 9, 3)}, True),
        ({"date_of_birth": None}, True),
        ({"given_names": "Jack"}, False),  # a twin
        ({"date_of_birth": date(2010, 1, 1)}, False),
        ({"family_name": "Ottoway"}, False),
        ({"given_names": "Other", "family_name": "Name", "nhs_number": "9434765919"}, True),
    ],
)
def test_who_is_taken_for_the_same_child(case: Case, changes: dict[str, object], likely: bool) -> None:
    bare = replace(RUBY, nhs_number="", local_identifier="")
    facts = replace(bare, **changes)  # type: ignore[arg-type]
    assert Child.objects.likely(facts).exists() is likely


def test_two_unborn_babies_expected_together_may_be_one(people: Cast) -> None:
    unborn = ChildFacts(family_name="Fenwick", is_unborn=True, expected_date=timezone.localdate())
    services.open_case(team=people.team, children=[unborn], by=people.sam, at=NOW)
    assert Child.objects.likely(replace(unborn, family_name="Fennwick")).count() == 1
    assert Child.objects.likely(replace(unborn, family_name="Ottoway")).count() == 0


def test_names_are_sorted_as_they_are_folded(case: Case) -> None:
    """Whatever locale the server has: accents and capitals do not move a name to the end."""
    names = list(
        Child.objects.exclude(names__regex="[^a-z ]").order_by("names").values_list("names", flat=True)
    )
    assert names == ["catherine obrien smythe kit", "madonna " + "x" * 60, "ruby fenwick", "sian wyn"]
