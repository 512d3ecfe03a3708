"""Signing in, out and failing to are written down; nobody signs themselves up; a second factor is needed."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from tests.people import PASSWORD, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    """Sam with a password."""
    person = cast().sam
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client: Client, email: str, password: str) -> int:
    """Send the sign-in form."""
    address = reverse("account_login")
    return client.post(address, {"login": email, "password": password}).status_code


def events() -> list[tuple[str, str, str]]:
    """What the ledger says of accounts: event, about whom, by whom."""
    return list(
        Entry.objects.filter(event__startswith="account.")
        .order_by("pk")
        .values_list("event", "subject", "by_ref")
    )


def test_signing_in_and_out_is_written_down(client: Client, sam: User, settings: LazySettings) -> None:
    """One entry each."""
    settings.REQUIRE_SECOND_FACTOR = False
    assert sign_in(client, "Sam.Shah@Ambleford.example", PASSWORD) == 302
    assert client.post(reverse("account_logout")).status_code == 302
    me = f"user:{sam.pk}"
    assert events() == [("account.signed_in", me, me), ("account.signed_out", me, me)]


def test_a_failure_names_the_account_and_never_the_address_of_a_stranger(client: Client, sam: User) -> None:
    """A known address is named by its number; an unknown one leaves no trace of what was typed."""
    sign_in(client, sam.email, "wrong")
    sign_in(client, "who@elsewhere.example", "wrong")
    assert events() == [
        ("account.sign_in_failed", f"user:{sam.pk}", "system"),
        ("account.sign_in_failed", "", "system"),
    ]
    known = [entry.data for entry in Entry.objects.filter(event="account.sign_in_failed").order_by("pk")]
    assert known == [{"known": True}, {"known": False}]


def test_a_closed_account_does_not_sign_in(client: Client, sam: User) -> None:
    """A deactivated person gets no session."""
    sam.is_active = False
    sam.save()
    sign_in(client, sam.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_themselves_up(client: Client) -> None:
    """The sign-up form makes no account, whatever is sent."""
    address = reverse("account_signup")
    given = {"email": "new@ambleford.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post(address, given)
    assert User.objects.count() == 0


def test_without_a_second_factor_nothing_else_opens(
    client: Client, sam: User, settings: LazySettings
) -> None:
    """Every page leads to setting one up, until it is there."""
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(sam)
    answer = client.get(reverse("referrals:new"))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_activate_totp"))
    TOTP.activate(sam, "JBSWY3DPEHPK3PXP")
    assert client.get(reverse("referrals:new")).status_code == 200


def test_a_password_alone_leads_to_the_code(client: Client, sam: User, settings: LazySettings) -> None:
    """With a second factor, the password is only half of signing in."""
    settings.REQUIRE_SECOND_FACTOR = True
    TOTP.activate(sam, "JBSWY3DPEHPK3PXP")
    sign_in(client, sam.email, PASSWORD)
    assert "_auth_user_id" not in client.session
    code = format_hotp_value(hotp_value("JBSWY3DPEHPK3PXP", next(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.session["_auth_user_id"] == str(sam.pk)
