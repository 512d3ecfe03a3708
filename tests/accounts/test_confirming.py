"""Who circulates or takes a whole record away says once more who they are (`promises.md`, rule 9)."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.models import User
from minutes.models import Circulation, MinutesVersion
from tests.builders.after import a_printed_version, professional_named
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery staple"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def version(people: Cast) -> MinutesVersion:
    return a_printed_version(people)


def signed_in(user: User, minutes_ago: int) -> Client:
    """A browser in which somebody gave their password some minutes ago."""
    user.set_password(WORDS)
    user.save()
    client = Client()
    client.force_login(user)
    session = client.session
    given = {"method": "password", "at": time.time() - 60 * minutes_ago, "email": user.email}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [given]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    return client


def test_who_has_just_signed_in_is_not_asked(people: Cast, version: MinutesVersion) -> None:
    address = reverse("minutes:circulate", args=[version.minutes.discussion_id])
    assert signed_in(people.bea, 2).get(address).status_code == 200


def test_a_form_sent_late_is_acted_upon_once_after_the_password(
    people: Cast, version: MinutesVersion
) -> None:
    address = reverse("minutes:circulate", args=[version.minutes.discussion_id])
    bea, dan = signed_in(people.bea, 6), professional_named("Dan Dale")
    asked = bea.get(address)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    asked = bea.post(address, {"leave_out": dan.pk, f"why_out_{dan.pk}": "Left the school"})
    assert (asked.status_code, Circulation.objects.count()) == (302, 0)
    assert "Confirm that it is you" in bea.get(asked["Location"]).content.decode()
    wrong = bea.post(asked["Location"], {"password": "not it", "next": address})
    assert (wrong.status_code, Circulation.objects.count()) == (200, 0)
    assert "This is not your password. Try again" in wrong.content.decode()
    empty = bea.post(asked["Location"], {"password": "", "next": address}).content.decode()
    assert "Enter your password" in empty and "Enter password" not in empty
    done = bea.post(asked["Location"], {"password": WORDS, "next": address})
    assert done["Location"] == reverse("minutes:proof", args=[version.minutes.discussion_id])
    assert [one["reason"] for one in Circulation.objects.get().left_out] == ["Left the school"]


def test_the_whole_record_is_not_taken_away_without_it(people: Cast, version: MinutesVersion) -> None:
    address = reverse("minutes:bundle", args=[version.minutes.discussion_id, version.number])
    assert signed_in(people.bea, 6).get(address)["Location"].startswith(reverse("account_reauthenticate"))
    assert signed_in(people.bea, 1).get(address)["Content-Type"] == "application/zip"
    assert signed_in(people.stranger, 6).get(address).status_code == 404
