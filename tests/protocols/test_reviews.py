"""Past its review date the procedure warns its owners, once each (row C35)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from outbox.models import Letter
from protocols import services
from protocols.models import LocalProtocol
from protocols.presets import preset_data
from protocols.tasks import warn_owners
from tests.people import Cast, cast, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def in_force(review_in: int) -> LocalProtocol:
    """A version in force since last year, to be reviewed in so many days."""
    now, today = timezone.now(), timezone.localdate()
    data = preset_data("halton") | {"review_on": today + timedelta(days=review_in)}
    version = services.draft(data, by=None, at=now, effective_from=today - timedelta(days=300))
    return services.publish(version, by=None, at=now)


def letters() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("to_email").values_list("kind", "to_email"))


def test_administrators_and_heads_of_service_are_told_once_each(people: Cast) -> None:
    version = in_force(-1)
    assert [warn_owners(), warn_owners()] == [2, 0]
    assert letters() == [
        ("protocol_past_review", people.adi.email),
        ("protocol_past_review", people.hal.email),
    ]
    entry = Entry.objects.get(event="protocol.review_passed")
    assert (entry.subject, entry.data["told"]) == (f"protocol:{version.pk}", 2)
    person("Una Upton", "administrator", agency=people.council)
    assert warn_owners() == 1  # who becomes an owner later is told then


def test_not_before_its_day_nor_of_a_version_that_was_replaced(people: Cast) -> None:
    in_force(0)
    assert warn_owners() == 0
    in_force(-10)
    in_force(10)
    assert warn_owners() == 0


def test_somebody_whose_account_is_closed_is_not_told(people: Cast) -> None:
    in_force(-1)
    people.adi.is_active = False
    people.adi.save()
    warn_owners()
    assert letters() == [("protocol_past_review", people.hal.email)]


@pytest.mark.parametrize(("name", "sees"), [("adi", True), ("hal", True), ("mo", False), ("sam", False)])
def test_the_worklist_of_its_owners_says_so(people: Cast, name: str, sees: bool) -> None:
    version = in_force(-1)
    client = Client()
    client.force_login(getattr(people, name))
    page = client.get(reverse("worklist:home")).content.decode()
    assert ("Past its review date" in page) is sees
    assert (reverse("protocols:protocol", args=[version.pk]) in page) is sees


def test_a_new_version_takes_the_notice_away(people: Cast) -> None:
    in_force(-1)
    in_force(100)
    client = Client()
    client.force_login(people.adi)
    assert "Past its review date" not in client.get(reverse("worklist:home")).content.decode()
