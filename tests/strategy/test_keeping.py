"""Duty lines and places as an administrator keeps them: hours, fallback, lists, retired and brought back."""

import re
from datetime import date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from deadlines.models import ClosureDay
from deadlines.services.closing import add_closure_day, remove_closure_day
from deadlines.working_days import LONDON, england
from govuk.pasting import read_lines
from strategy.models import DutyLine, Place
from strategy.rules import pasting
from strategy.rules.lines import is_answered
from strategy.rules.places import PlaceFacts, hours_in_words
from strategy.services import keeping
from tests.builders.booking import a_booked_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
WEEK: dict[int, Any] = {**{day: (time(9), time(17)) for day in range(4)}, 4: (time(9), time(16, 30))}


@pytest.fixture
def people() -> Cast:
    return cast()


def line(people: Cast, **other: Any) -> DutyLine:
    given: dict[str, Any] = {
        "name": "Duty sergeant", "number": "01632 960110", "week": WEEK, "fallback": "Call 999.",
    }  # fmt: skip
    by = other.pop("by", people.adi)
    return keeping.add_line(keeping.LineFacts(**{**given, **other}), by=by, at=NOW)


def test_a_line_has_its_own_hours_on_each_weekday(people: Cast) -> None:
    kept = line(people)
    assert kept.hours.in_words == "Monday to Thursday, 9am to 5pm; Friday, 9am to 4:30pm"
    friday = datetime(2026, 11, 27, 16, 45, tzinfo=LONDON)
    thursday = friday.replace(day=26)
    assert [is_answered(kept.hours, at, england()) for at in (friday, thursday)] == [False, True]


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("fallback", {"fallback": " \n "}),
        ("name", {"name": ""}),
        ("number", {"number": " "}),
        ("day_0", {"week": {}}),
        ("day_2", {"week": {2: (time(9), None)}}),
        ("day_2", {"week": {2: (time(17), time(9))}}),
    ],
)
def test_nobody_is_left_without_an_answer(people: Cast, field: str, other: dict[str, Any]) -> None:
    """W09: the fallback is required, and the hours make sense."""
    with pytest.raises(Refused) as refused:
        line(people, **other)
    assert (refused.value.field, DutyLine.objects.count()) == (field, 0)


def test_lines_and_places_are_an_administrators(people: Cast) -> None:
    for by in (people.mo, people.bea, people.hal, people.ira):
        with pytest.raises(NotAllowed):
            line(people, by=by)
        with pytest.raises(NotAllowed):
            keeping.add_place(PlaceFacts("Room 9", "room"), by=by, at=NOW)


def test_the_form_of_a_line_shows_its_hours_and_keeps_what_was_typed(people: Cast) -> None:
    client = Client()
    client.force_login(people.adi)
    url = reverse("strategy:change_line", args=[line(people).pk])
    page = client.get(url).content.decode()
    assert ('value="4:30pm"' in page, "Call 999." in page) == (True, True)
    data = {"name": "Duty sergeant", "number": "01632 960111", "day_0": "9am", "day_0_until": "8am",
            "fallback": "Ring 999", "is_active": "yes"}  # fmt: skip
    answer = client.post(url, data)
    assert (answer.status_code, "On Monday it must end after it begins" in answer.content.decode()) == (
        409,
        True,
    )
    assert client.post(url, {**data, "day_0_until": "5pm"}).status_code == 302
    assert DutyLine.objects.get().hours.in_words == "Monday, 9am to 5pm"


def test_a_place_is_retired_not_deleted_and_what_is_booked_stays(people: Cast) -> None:
    discussion = a_booked_discussion(people)
    place = discussion.bookings.get().place
    client = Client()
    client.force_login(people.adi)
    url = reverse("strategy:retire_place", args=[place.pk])
    assert "1 discussion stays booked there" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    place.refresh_from_db()
    assert not place.is_active
    assert discussion.bookings.get(cancelled_at=None).place == place
    with pytest.raises(MoveNotAllowed):
        keeping.retire_place(place, by=people.adi, at=NOW)
    assert keeping.bring_back_place(place, by=people.adi, at=NOW).is_active
    assert Entry.objects.latest("id").event == "place.brought_back"


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("name", ("room 1, cherry house", "room")),
        ("kind", ("Room 2", "cave")),
        ("closes_at", ("Room 2", "room", "", time(9), time(8))),
        ("closes_at", ("Room 2", "room", "", time(9), None)),
        ("opens_at", ("Room 2", "room", "", None, time(9))),
        ("day_4", ("Room 2", "room", "", None, None, {4: (time(9), None)})),
        ("day_4", ("Room 2", "room", "", None, None, {4: (time(9), time(9))})),
        ("day_7", ("Room 2", "room", "", None, None, {7: None})),
        ("buffer_before", ("Room 2", "room", "", None, None, {}, True, 241)),
        ("buffer_after", ("Room 2", "room", "", None, None, {}, True, 0, -1)),
        ("capacity", ("Room 2", "room", "", None, None, {}, True, 0, 0, 0)),
    ],
)
def test_what_cannot_stand_in_a_place(people: Cast, field: str, facts: tuple[Any, ...]) -> None:
    keeping.add_place(PlaceFacts("Room 1, Cherry House", "room"), by=people.adi, at=NOW)
    with pytest.raises(Refused) as refused:
        keeping.add_place(PlaceFacts(*facts), by=people.adi, at=NOW)
    assert refused.value.field == field


ROOM = {
    "name": "Room 2", "kind": "room", "joining": "", "opens_at": "8am", "closes_at": "6pm", "day_4": "8am",
    "day_4_until": "4pm", "day_5_closed": "on", "buffer_before": "", "buffer_after": "15", "capacity": "12",
    "is_hospital": "on",
}  # fmt: skip


def test_the_form_of_a_place_asks_everything_and_the_ledger_says_what_changed(people: Cast) -> None:
    client = Client()
    client.force_login(people.adi)
    assert client.post(reverse("strategy:add_place"), ROOM).status_code == 302
    place = Place.objects.get()
    names = ("on_bank_holidays", "buffer_before", "buffer_after", "capacity", "is_hospital")
    assert [getattr(place, name) for name in names] == [False, 0, 15, 12, True]
    told = "8am to 6pm. Friday: 8am to 4pm. Saturday: closed. Bank holidays: closed"
    assert hours_in_words(place.opening()) == told
    page = client.get(reverse("strategy:places")).content.decode()
    wanted = (told, "Room, in a hospital, holds 12", "15 minutes kept free after each booking")
    assert [one for one in wanted if one not in page] == []
    url = reverse("strategy:change_place", args=[place.pk])
    page = client.get(url).content.decode()
    ticked = re.findall(r'<input[^>]* name="(\w+)"[^>]* checked', page)
    assert (page.count('value="4pm"'), ticked) == (1, ["kind", "is_hospital", "day_5_closed"])
    entries = Entry.objects.filter(event="place.changed")
    assert client.post(url, ROOM).status_code == 302
    assert not entries.exists()
    assert client.post(url, ROOM | {"day_5_closed": "", "capacity": "8"}).status_code == 302
    assert entries.get().data == {"fields": ["capacity", "hours"]}
    place = Place.objects.get()
    assert (place.capacity, place.opening().differ) == (8, {4: (time(8), time(16))})


def test_bad_values_of_a_place_have_a_sentence_beside_each_field(people: Cast) -> None:
    client = Client()
    client.force_login(people.adi)
    bad = {"day_4_until": "7am", "day_5": "9am", "buffer_after": "500", "capacity": "0", "closes_at": "7am"}
    answer = client.post(reverse("strategy:add_place"), ROOM | bad)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert dict(form.errors) == {"day_5": ["On Saturday it is either closed or open at these times"]}
    form = client.post(reverse("strategy:add_place"), ROOM | bad | {"day_5": ""}).context["form"]
    assert dict(form.errors) == {
        "closes_at": ["It must close after it opens"],
        "day_4": ["On Friday it must close after it opens"],
        "buffer_after": ["Enter whole minutes from 0 to 240"],
        "capacity": ["Enter how many it holds, from 1 to 1000, or leave it empty"],
    }
    form = client.post(reverse("strategy:add_place"), ROOM | {"buffer_before": "soon"}).context["form"]
    assert dict(form.errors) == {"buffer_before": ["Enter whole minutes from 0 to 240"]}
    assert not Place.objects.exists()


def test_a_pasted_line_holds_what_the_form_asks(people: Cast) -> None:
    line = "Room 1, room, Up, 8am, 6pm, Fri 8am to 4pm; Saturday closed, no, 5, 15, 12, yes"
    client = Client()
    client.force_login(people.adi)
    url = reverse("strategy:paste_places")
    assert client.post(url, {"lines": line, "_save": "1"}).status_code == 302
    place = Place.objects.get()
    names = ("on_bank_holidays", "buffer_before", "buffer_after", "capacity", "is_hospital")
    assert [getattr(place, name) for name in names] == [False, 5, 15, 12, True]
    assert place.opening().differ == {4: (time(8), time(16)), 5: None}


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("Friday", "Days that differ: write them like Friday 8am to 4pm; Saturday closed"),
        ("T 8am to 4pm", "Days that differ: write them like Friday 8am to 4pm; Saturday closed"),
        ("Fri closed; Friday closed", "Days that differ: write them like Friday 8am to 4pm; Saturday closed"),
        ("Friday 4pm to 8am", "On Friday it must close after it opens"),
        (",maybe", "Open on bank holidays: enter yes or no"),
        (",,soon", "Minutes before: enter whole minutes from 0 to 240"),
        (",,,999", "Enter whole minutes from 0 to 240"),
        (",,,,0", "Enter how many it holds, from 1 to 1000, or leave it empty"),
        (",,,,,perhaps", "In a hospital: enter yes or no"),
    ],
)
def test_what_cannot_stand_in_a_pasted_line(cells: str, problem: str) -> None:
    found = pasting.check(read_lines(f"Room 1,room,,,,{cells}", pasting.COLUMNS), [])
    assert [one.problem for one in found] == [problem]


def test_a_pasted_list_says_of_each_line_what_is_wrong() -> None:
    text = (
        "Name\tKind\tHow to get there or join\nRoom 1\troom\tFirst floor\t8am\t6pm\n\n"
        "Room 1\troom\nRoom 3\tcave\nRoom 4\troom\t\t8am\nRoom 5\troom\t\tsoon\tlate\nLine\tline\n"
    )
    found = pasting.check(read_lines(text, pasting.COLUMNS), ["line"])
    assert [(one.line.number, one.problem[:22]) for one in found] == [
        (2, ""), (4, "There is a place calle"), (5, "Enter what it is: room"), (6, "Enter when it opens an"),
        (7, "Opens: enter the time "), (8, "There is a place calle"),
    ]  # fmt: skip


def test_a_list_is_looked_at_first_and_added_whole_or_not_at_all(people: Cast) -> None:
    client = Client()
    client.force_login(people.adi)
    url = reverse("strategy:paste_places")
    good, bad = 'Room 1, room, "Up, left", 8am, 6pm\nLine A, line', "Room 1, room\nRoom 2, cave"
    page = client.post(url, {"lines": good}).content.decode()
    assert ("Add 2 places" in page, "Up, left" in page, Place.objects.count()) == (True, True, 0)
    answer = client.post(url, {"lines": bad, "_save": "1"})
    said = "Line 2: Enter what it is"
    assert (answer.status_code, said in answer.content.decode(), Place.objects.count()) == (409, True, 0)
    assert "Add " + "1 place" not in client.post(url, {"lines": bad}).content.decode()
    assert client.post(url, {"lines": good, "_save": "1"}).status_code == 302
    assert sorted(Place.objects.values_list("name", "kind")) == [
        ("Line A", "conference_line"),
        ("Room 1", "room"),
    ]


# Closure days


def test_a_closure_day_never_extends_a_deadline(people: Cast) -> None:
    """It is a row that no rule of time reads."""
    before = england().nth_working_day(date(2026, 12, 24), 3)
    add_closure_day(day=date(2030, 12, 27), name="Between the years", by=people.adi, at=NOW)
    ClosureDay.objects.create(day=date(2026, 12, 29), name="Closed")
    assert england().nth_working_day(date(2026, 12, 24), 3) == before
    client = Client()
    client.force_login(people.adi)
    assert "They never extend a deadline" in client.get(reverse("deadlines:closure_days")).content.decode()


def test_closure_days_are_kept_by_an_administrator_once_and_on_working_days(people: Cast) -> None:
    given: dict[str, Any] = {"day": date(2030, 12, 27), "name": "Closed", "by": people.adi, "at": NOW}
    closed = add_closure_day(**given)
    for other in ({}, {"day": date(2030, 12, 25)}, {"day": date(2030, 12, 28)}, {"day": date(2020, 1, 2)}):
        with pytest.raises(Refused) as refused:
            add_closure_day(**{**given, **other})
        assert refused.value.field == "day"
    with pytest.raises(NotAllowed):
        add_closure_day(**{**given, "by": people.mo})
    remove_closure_day(closed, by=people.adi, at=NOW)
    with pytest.raises(MoveNotAllowed):
        remove_closure_day(closed, by=people.adi, at=NOW)
