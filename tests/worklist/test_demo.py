"""The demonstration fills an empty database once, with something to do for each role."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from cases.models import Case
from minutes.models import Action
from outbox.models import Letter
from worklist.demo import LOG_INS, PASSWORD
from worklist.drift import families_left

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
    assert Case.objects.count() == cases == 9
    assert PASSWORD in said.getvalue()
    for title, email in LOG_INS:
        assert email in said.getvalue()
        assert User.objects.get(email=email).check_password(PASSWORD), title


def test_a_child_is_left_and_the_partner_of_an_overdue_action_was_reminded() -> None:
    """What a manager sees before anybody asks: a decision put off and never made, and who was reminded."""
    call_command("demo_data", stdout=StringIO())
    manager = User.objects.get(email="martin.cole@ambleford.example")
    names = {row.name: row.why for family in families_left(manager, timezone.now()) for row in family.rows}
    assert any("Was to be decided by" in reason for reason in names["Jude Hollis"])
    overdue = Action.objects.get(minutes__discussion__case__children__given_names="Jude", status="open")
    assert (overdue.owner.name, overdue.owner.user, overdue.chased_at is None) == ("Grace Okoro", None, False)
    assert Letter.objects.filter(kind="actions_reminded", to_name="Grace Okoro").exists()
    assert not Letter.objects.overdue().exists()  # the invitations of the past are not given up as too late


def test_each_role_finds_its_first_page() -> None:
    call_command("demo_data", stdout=StringIO())
    for _, email in LOG_INS:
        client = Client()
        client.force_login(
            User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        assert client.get("/", follow=True).status_code == 200, email
