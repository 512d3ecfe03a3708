"""Each carer is seen and each home visited, not any one of them (rows B09a to B09c)."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from attendees.services.directory import professional_for
from cases.models import Child, FamilyMember
from cases.rules import key_of
from minutes.enums import About
from minutes.models import Minutes
from minutes.rules.laming import Carer, Home, Household, Unseen, Visit, Young, cares, not_arranged
from minutes.services import arrangements
from minutes.services.content import content_of
from minutes.services.versions import what_is_missing
from tests.builders.meeting import a_started_discussion
from tests.builders.requests import siblings
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

RUBY, JACK, UNBORN = Young(1, "Ruby"), Young(2, "Jack"), Young(3, "Unborn baby Vale", unborn=True)
CAROL, KIT = Carer(7, "Carol"), Carer(8, "Kit")
ONE_HOME = Home((1, 2), ("Ruby", "Jack"), "4 Invented Row")
TWO_HOMES = (Home((1,), ("Ruby",), "4 Invented Row"), Home((2,), ("Jack",)))
SEEN = [Visit("child", 1), Visit("child", 2)]


def words(household: Household, *made: Visit, children: tuple[Young, ...] = (RUBY, JACK)) -> list[str]:
    """What is not arranged, once both children are to be seen."""
    return [one.words for one in not_arranged(children, household, [*SEEN, *made])]


def test_each_carer_of_the_household_is_asked_for_by_name() -> None:
    family = Household((CAROL, KIT), (ONE_HOME,))
    home = Visit("home", 2)
    assert words(family, home) == ["Carol is seen and spoken to", "Kit is seen and spoken to"]
    assert words(family, home, Visit("parent", 1, member=7)) == ["Kit is seen and spoken to"]
    assert words(family, home, Visit("parent", 1, member=7), Visit("parent", 1, member=8)) == []


def test_all_of_them_covers_every_carer() -> None:
    assert words(Household((CAROL, KIT), (ONE_HOME,)), Visit("home", 1), Visit("parent", 2)) == []


def test_each_different_home_is_visited_and_children_of_one_share_the_visit() -> None:
    carers = Visit("parent", 1)
    assert words(Household((), (ONE_HOME,)), carers, Visit("home", 2)) == []
    assert words(Household((), TWO_HOMES), carers, Visit("home", 1)) == [
        "the place where Jack usually lives is visited"
    ]
    assert words(Household((), TWO_HOMES), carers) == [
        "the place where Ruby usually lives (4 Invented Row) is visited",
        "the place where Jack usually lives is visited",
    ]


def test_nobody_sees_a_child_who_is_not_born_and_its_home_counts_when_no_other_does() -> None:
    apart = Household((), (ONE_HOME, Home((3,), ("Unborn baby Vale",), "9 Other Street")))
    everybody = (RUBY, JACK, UNBORN)
    assert words(apart, Visit("parent", 1), Visit("home", 1), children=everybody) == []
    alone = Household((), (Home((3,), ("Unborn baby Vale",), "9 Other Street"),))
    assert [one.words for one in not_arranged([UNBORN], alone, [Visit("parent", 3)])] == [
        "the place where Unborn baby Vale usually lives (9 Other Street) is visited"
    ]


def test_where_no_carer_and_no_home_is_recorded_one_of_each_is_asked_for() -> None:
    assert words(Household()) == [
        "the parents or carers are seen and spoken to",
        "the place where the child usually lives is visited",
    ]
    assert words(Household(), Visit("parent", 1, member=7), Visit("home", 1)) == []


def test_what_is_asked_for_says_when_and_how_its_form_begins() -> None:
    carer = Unseen(About.PARENT, "Kit is seen and spoken to", member=8)
    assert (carer.query, carer.sentence) == (
        "about=parent&member=8",
        "It is not said where, when and by whom Kit is seen and spoken to.",
    )
    home = Unseen(About.HOME, "the place where Jack usually lives is visited", child=2)
    assert (home.query, home.sentence) == (
        "about=home&child=2",
        "It is not said when and by whom the place where Jack usually lives is visited.",
    )


@pytest.mark.parametrize(
    ("relationship", "responsible", "is_carer"),
    [
        ("Mother", False, True), ("stepfather", False, True), ("Mum’s partner", False, True),
        ("Grandmother", False, True), ("Foster carer", False, True), ("Aunt", True, True),
        ("Lodger", False, False), ("Adult brother", False, False),
    ],
)  # fmt: skip
def test_a_carer_brings_the_children_up(relationship: str, responsible: bool, is_carer: bool) -> None:
    assert cares(relationship, has_responsibility=responsible) is is_carer


def test_one_place_is_one_however_it_is_spelt() -> None:
    assert key_of("4 Invented Row,\nAmbleford", "am1 2bc") == key_of("4 INVENTED ROW Ambleford AM1 2BC", "")
    assert key_of("4 High Street", "AM1 2BC") != key_of("4 High Street", "ZZ9 9ZZ")
    assert key_of(" ", "") == ""


# --- On the pages --------------------------------------------------------------------------


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def minutes(people: Cast) -> Minutes:
    ruby, jack = siblings(2)
    return a_started_discussion(
        people, protocol="birmingham", children=[ruby, replace(jack, address="9 Other Street, Ambleford")]
    )


def visits_missing(minutes: Minutes) -> list[str]:
    return [one.sentence for one in what_is_missing(minutes) if one.place.where == "arrangement"]


@pytest.mark.django_db
def test_the_record_asks_for_each_carer_and_home_and_its_links_fill_the_form_in(
    people: Cast, minutes: Minutes
) -> None:
    Child.objects.filter(given_names="Jack").update(address_confidential=True)
    asked = visits_missing(minutes)
    assert asked == [
        "It is not said where, when and by whom Ruby Fenwick is seen and spoken to.",
        "It is not said where, when and by whom Jack Fenwick is seen and spoken to.",
        "It is not said where, when and by whom Carol Fenwick is seen and spoken to.",
        "It is not said where, when and by whom Kit Fenwick is seen and spoken to.",
        "It is not said when and by whom the place where Ruby Fenwick usually lives "
        "(4 Invented Row, Ambleford) is visited.",
        "It is not said when and by whom the place where Jack Fenwick usually lives is visited.",
    ]
    room = f"{reverse('minutes:room', args=[minutes.discussion_id])}?step=actions"
    mo = signed_in(people.mo)
    shown = mo.get(room)
    assert [one.sentence for one in shown.context["room"].not_arranged] == asked
    assert "9 Other Street" not in shown.content.decode()

    kit = FamilyMember.objects.get(name="Kit Fenwick")
    [link] = [one.href for one in what_is_missing(minutes) if "Kit Fenwick" in one.sentence]
    assert parse_qs(urlsplit(link).query) == {"about": ["parent"], "member": [str(kit.pk)]}
    form = mo.get(link).context["form"]
    assert (form["about"].value(), str(form["family_member"].value())) == ("parent", str(kit.pk))


@pytest.mark.django_db
def test_a_carer_who_lives_elsewhere_is_not_asked_for_and_no_address_is_kept(
    people: Cast, minutes: Minutes
) -> None:
    FamilyMember.objects.filter(name="Kit Fenwick").update(in_household=False)
    assert not any("Kit" in sentence for sentence in visits_missing(minutes))

    child, sam = minutes.discussion.request.children.order_by("pk")[1], professional_for(people.sam)
    seeing = arrangements.Seeing(About.HOME, child, "His home", timezone.now() + timedelta(hours=2), sam)
    arrangements.arrange(minutes, seeing, by=people.mo, at=timezone.now())
    assert not any("where Jack" in sentence for sentence in visits_missing(minutes))
    assert "Other Street" not in str(content_of(minutes))
