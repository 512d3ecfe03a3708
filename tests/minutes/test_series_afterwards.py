"""A series of calls that has been held is entered afterwards with a row for each call (row C02)."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from govuk.moments import local
from minutes.models import Minutes
from minutes.services.blank import blank_form
from minutes.services.content import content_of
from referrals.enums import CircumstanceKind
from strategy.models import Discussion, StrategyRequest
from tests.builders.night import minutes_ago
from tests.builders.requests import a_draft_request, a_protocol
from tests.minutes.test_afterwards import decide_protection_now
from tests.minutes.test_night_pages import browser, errors, held
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def at(ago: int, now: datetime) -> str:
    """A time of day so many minutes ago, as somebody types it."""
    return local(minutes_ago(ago, now)).strftime("%H:%M")


def series(people: Cast, request: StrategyRequest, now: datetime) -> dict[str, Any]:
    """Sam rang the police, then health, one after the other."""
    typed = held(people, request, now) | {"format": "series_of_calls"}
    rows = ["typed-0", "typed-1"]
    for place, row in enumerate(rows):
        typed[f"{row}-joined_at"] = at(34 - 8 * place, now)
        typed[f"{row}-until_at"] = at(30 - 8 * place, now)
        typed[f"{row}-said"] = f"What {row} knows"
    return typed


def a_request(people: Cast, now: datetime) -> StrategyRequest:
    """A request under a procedure that allows a series of calls where a child must be protected at once."""
    procedure, because = "centre-for-professional-practice", (CircumstanceKind.IMMEDIATE_RISK,)
    request = a_draft_request(people, at=now, circumstances=because, protocol=procedure)
    decide_protection_now(request, people, now)
    return request


def test_each_call_has_its_row_and_quorum_is_complete_with_the_last(people: Cast) -> None:
    now = timezone.now()
    request = a_request(people, now)

    answer = browser(people.sam).post(f"/requests/{request.pk}/held/", series(people, request, now))

    assert answer.status_code == 302, errors(answer.content.decode())
    discussion = Discussion.objects.get()
    calls = list(discussion.calls.order_by("began_at"))
    assert [(one.began_at, one.ended_at) for one in calls] == [
        (minutes_ago(34 - 8 * place, now), minutes_ago(30 - 8 * place, now)) for place in range(len(calls))
    ]
    assert len(calls) == 2 and all(one.caller.name == "Sam Shah" for one in calls)
    assert discussion.quorate_at is not None and discussion.quorate_at > minutes_ago(34, now)
    told = content_of(Minutes.objects.get())["calls"]
    assert [one["said"] for one in told] == [one.said for one in calls]


def test_what_a_call_lacks_is_said_at_its_row_and_nothing_is_lost(people: Cast) -> None:
    now = timezone.now()
    request = a_request(people, now)
    typed = series(people, request, now)
    row = next(name.removesuffix("-said") for name in typed if name.endswith("-said"))
    last = [name for name in typed if name.endswith("-until_at")][-1]

    wrong = typed | {f"{row}-joined_at": "", f"{row}-said": " ", last: at(5, now)}
    answer = browser(people.sam).post(f"/requests/{request.pk}/held/", wrong)

    body = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert {f"{row}-joined_at", f"{row}-said", last} <= set(errors(body))
    assert f"What {last.removesuffix('-until_at')} knows" in body
    assert not Discussion.objects.exists()


def test_where_the_procedure_has_no_series_nobody_is_asked_for_calls(people: Cast) -> None:
    now = timezone.now()
    request = a_draft_request(people, at=now, circumstances=())
    shown = browser(people.sam).get(f"/requests/{request.pk}/held/").content.decode()
    assert "In a series of calls" not in shown


@pytest.mark.parametrize(("slug", "has"), [("wirral", False), ("centre-for-professional-practice", True)])
def test_the_blank_form_has_calls_where_the_procedure_knows_a_series(slug: str, *, has: bool) -> None:
    rules = a_protocol(slug).rules
    paper = blank_form(rules)
    assert (bool(paper.calls), "Series of calls" in paper.formats) == (has, has)
