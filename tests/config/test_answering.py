"""A test that drives the running application ends only when the application has answered."""

from threading import Thread
from urllib.request import Request, urlopen

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import Client

from tests import real
from tests.people import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_waits_for_the_page_that_is_being_answered(site: str, answering: real.Answering) -> None:
    """The page waits for a table that this test holds, as one that saves itself waits at a test's end."""
    client = Client()
    client.force_login(cast().sam)
    asked = Request(f"{site}/", headers={"Cookie": f"session={client.cookies['session'].value}"})
    page = Thread(target=lambda: urlopen(asked).close())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE")
        page.start()
        real.wait_until(lambda: answering.pages == 1)
        with pytest.raises(AssertionError, match="nothing happened"):
            answering.wait_for_none(seconds=0.2)
    answering.wait_for_none()
    page.join(5)
    assert answering.pages == 0


def test_a_page_whose_connection_broke_off_is_not_waited_for(answering: real.Answering) -> None:
    """Its thread ended without a word: the tests after it do not all fail for it."""
    page = Thread(target=lambda: answering.begins(WSGIHandler))
    page.start()
    page.join(5)
    answering.wait_for_none(seconds=0.2)
