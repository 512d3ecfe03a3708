"""The demonstration fills an empty database once, with something to do for each role."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from cases.models import Case
from worklist.demo import LOG_INS, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings: Settings) -> None:
    """As script/demo sets it."""
    settings.DEMO = True


def test_it_fills_once_and_says_how_to_sign_in() -> None:
    said = StringIO()
    call_command("demo_data", stdout=said)
    cases = Case.objects.count()
    call_command("demo_data", stdout=StringIO())
    assert Case.objects.count() == cases == 8
    assert PASSWORD in said.getvalue()
    for title, email in LOG_INS:
        assert email in said.getvalue()
        assert User.objects.get(email=email).check_password(PASSWORD), title


def test_each_role_finds_its_first_page() -> None:
    call_command("demo_data", stdout=StringIO())
    for _, email in LOG_INS:
        client = Client()
        client.force_login(
            User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        assert client.get("/", follow=True).status_code == 200, email
