"""A wait that the database gives up is a sentence with the typed text kept, never a fault."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from audit.errors import Taken
from govuk.views import FormPage
from govuk.waiting import DEADLOCK, refusal_of, state_of
from strategy.models import StrategyRequest
from tests.builders.requests import a_draft_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)
LOCK = "SELECT 1 FROM strategy_strategyrequest WHERE id = %s FOR UPDATE"


@pytest.fixture
def people() -> Cast:
    return cast()


@contextmanager
def somebody_keeps(request: StrategyRequest) -> Iterator[None]:
    """Another connection holds the request's row meanwhile."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(LOCK, [request.pk])
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def test_a_row_kept_too_long_is_a_sentence_and_the_text_is_kept(people: Cast) -> None:
    request = a_draft_request(people, at=timezone.now())
    client = Client()
    client.force_login(people.sam, backend="allauth.account.auth_backends.AuthenticationBackend")
    address, typed = f"/requests/{request.pk}/availability/", "Today from two, and tomorrow before ten"
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            with somebody_keeps(request):
                answer = client.post(address, {"availability": typed})
        finally:
            cursor.execute("RESET lock_timeout")
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else was changing the same thing just now" in said
    assert typed in said
    assert client.post(address, {"availability": typed}).status_code == 302


def a_deadlock(people: Cast) -> OperationalError:
    """Two connections that each want what the other has: PostgreSQL undoes one."""
    mine, theirs = a_draft_request(people), a_draft_request(people)
    both, faults = Barrier(2), []

    def want(first: StrategyRequest, second: StrategyRequest) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(LOCK, [first.pk])
                both.wait(10)
                cursor.execute(LOCK, [second.pk])
        except OperationalError as fault:
            faults.append(fault)

    def elsewhere() -> None:
        want(theirs, mine)
        connection.close()

    other = Thread(target=elsewhere)
    other.start()
    want(mine, theirs)
    other.join()
    assert [state_of(fault) for fault in faults] == [DEADLOCK]
    return faults[0]


class Once(FormPage):
    """A page whose act is undone by a deadlock as often as it is told."""

    title = "Try"
    faults: list[OperationalError]
    acts = 0

    def next(self, done: object) -> str:
        return "/"

    def act(self, form: Any) -> None:
        self.acts += 1
        if self.faults:
            raise self.faults.pop()


def test_what_a_deadlock_undid_is_tried_once_more_by_itself(people: Cast, rf: RequestFactory) -> None:
    fault = a_deadlock(people)
    assert isinstance(refusal_of(fault), Taken)
    assert refusal_of(OperationalError("the server is gone")) is None
    page = Once(faults=[fault])
    request: HttpRequest = rf.post("/")
    request.user = people.sam
    page.setup(request)
    page.user, page.now = people.sam, timezone.now()
    assert page.act_or_wait(page.make_form(request.POST)).status_code == 302
    assert page.acts == 2
