"""The tracker by agency, owner, meeting and due day, and the same list as a file (rows C28, G15)."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from govuk.sheets import harmless
from minutes.models import Action
from strategy.models import Discussion
from tests.builders.meeting import a_held_discussion
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def held(people: Cast) -> Discussion:
    return a_held_discussion(people)


def rows(who: object, query: str) -> list[dict[str, str]]:
    client = Client()
    client.force_login(who)  # type: ignore[arg-type]
    answer = client.get(f"/actions/file/?{query}")
    assert answer["Content-Disposition"].startswith('attachment; filename="actions-')
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


def test_by_agency_owner_meeting_and_day(people: Cast, held: Discussion) -> None:
    """Each alone; the page and the file tell the same, and the file is written down."""
    every = rows(people.mo, "whose=all")
    agencies = {one["Agency"] for one in every}
    assert len(every) == Action.objects.filter(agreed_at__isnull=False, status="open").count() > 1
    assert people.police.name in agencies and people.council.name in agencies
    theirs = rows(people.mo, f"whose=all&agency={people.police.pk}")
    assert {one["Agency"] for one in theirs} == {people.police.name}
    assert {one["Agency"] for one in rows(people.mo, "whose=agency")} == {people.council.name}
    assert {one["Whose"] for one in rows(people.mo, "whose=all&owner=paul")} == {"Paul Pike"}
    action = Action.objects.filter(owner__agency=people.police, status="open")[0]
    Action.objects.filter(pk=action.pk).update(
        forum="child_protection", due_at=timezone.now() + timedelta(days=40)
    )
    assert action.text in [
        one["What is to be done"] for one in rows(people.mo, "forum=child_protection&whose=all")
    ]
    day = timezone.localdate() + timedelta(days=40)
    asked = f"since_day={day.day}&since_month={day.month}&since_year={day.year}"
    late = rows(people.mo, f"whose=all&{asked}&{asked.replace('since', 'until')}")
    assert [one["What is to be done"] for one in late] == [action.text]
    entry = Entry.objects.filter(event="actions.exported").order_by("-id")[0]
    assert (entry.data["view"], entry.data["actions"]) == ("all", [action.pk])


def test_nobody_gets_more_than_their_page_shows(people: Cast, held: Discussion) -> None:
    for who in (people.paul, people.stranger, people.adi):
        client = Client()
        client.force_login(who)
        assert client.get("/actions/file/?whose=all").status_code == 403
    assert rows(people.otto, "whose=all") == []  # of another team


def test_a_cell_is_never_a_formula(people: Cast, held: Discussion) -> None:
    """Whoever typed the action did not mean a spreadsheet to run it."""
    for text in ("=HYPERLINK(1)", "+44", "-1", "@SUM(A1)", "  =1", "\t=1", "\rx", "＝1"):
        assert harmless(text) == f"'{text}"
    for text in ("Ring 01632 960001", "", "a=b", "Ŵyn O'Brien"):
        assert harmless(text) == text
    Action.objects.filter(owner__agency=people.police).update(text='=cmd|"/c calc"!A1')
    told = rows(people.mo, f"whose=all&agency={people.police.pk}")[0]["What is to be done"]
    assert told == '\'=cmd|"/c calc"!A1'


def test_the_page_keeps_what_was_asked_and_says_what_is_wrong(people: Cast, held: Discussion) -> None:
    client = Client()
    client.force_login(people.mo)
    page = client.get(f"/actions/?whose=all&agency={people.police.pk}&state=left").content.decode()
    assert "Paul Pike" in page and f"agency={people.police.pk}&amp;state=late" in page
    assert f"/actions/file/?whose=all&amp;agency={people.police.pk}" in page
    wrong = "since_day=2&since_month=3&since_year=2026&until_day=1&until_month=3&until_year=2026"
    page = client.get(f"/actions/?whose=all&{wrong}").content.decode()
    assert "The last day must be the first day or after it" in page
    assert "No action matches" in client.get("/actions/?whose=all&owner=Nobody").content.decode()
