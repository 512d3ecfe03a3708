"""A deputy uses the power of an absent colleague until it expires, and no longer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import ActingFor, User
from accounts.permissions import may_as, refusal_unless
from accounts.roles import Permission
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()
POWER = Permission.AUTHORISE_REQUEST


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def standing_in(deputy: User, absent: User, starts: datetime, ends: datetime) -> ActingFor:
    """A deputy for some time."""
    return ActingFor.objects.create(
        deputy=deputy, absent=absent, starts_at=starts, ends_at=ends, reason="Leave"
    )


def test_one_s_own_power_comes_first(people: Cast) -> None:
    """Who may, acts as themselves, also while acting for somebody."""
    standing_in(people.mo, people.otto, NOW, NOW + timedelta(days=1))
    assert may_as(people.mo, POWER, NOW) == people.mo


@pytest.mark.parametrize(
    ("start", "end", "may"),
    [(0, 1, True), (-1, 0, False), (1, 2, False), (-1, 1, True)],
)
def test_the_power_is_borrowed_from_its_start_up_to_its_end(
    people: Cast, start: int, end: int, may: bool
) -> None:
    """The end itself is past."""
    standing_in(people.sam, people.mo, NOW + timedelta(days=start), NOW + timedelta(days=end))
    assert may_as(people.sam, POWER, NOW) == (people.mo if may else None)


def test_nobody_borrows_from_a_closed_account(people: Cast) -> None:
    """A manager who has left lends nothing."""
    standing_in(people.sam, people.mo, NOW, NOW + timedelta(days=1))
    people.mo.is_active = False
    people.mo.save()
    assert may_as(people.sam, POWER, NOW) is None


def test_a_closed_account_borrows_nothing(people: Cast) -> None:
    """A deputy who has left acts for nobody."""
    standing_in(people.sam, people.mo, NOW, NOW + timedelta(days=1))
    people.sam.is_active = False
    assert may_as(people.sam, POWER, NOW) is None


def test_the_refusal_says_who_may(people: Cast) -> None:
    """The sentence names the roles."""
    assert refusal_unless(people.sam, Permission.BOOK, "book", NOW) == (
        "You cannot book. This is for: business support, emergency duty worker."
    )
    assert refusal_unless(people.bea, Permission.BOOK, "book", NOW) is None
