"""A partner's first page: what waits for them in all their discussions, and nothing that does not."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.enums import Reply
from attendees.models import Professional
from attendees.services.replies import reply_to_invitation
from minutes.models import Action
from minutes.services import copies
from tests.builders.after import a_circulation, copy_of
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.minutes.test_after_pages import signed_in, statements
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
HOME = reverse("attendees:partner_home")


@pytest.fixture
def people() -> Cast:
    return cast()


def words_of(client: Client) -> list[str]:
    """The lines of the page, one after the other."""
    text = re.sub(r"<[^>]+>", "\n", client.get(HOME).content.decode())
    return [line.strip() for line in text.splitlines() if line.strip()]


def waits(client: Client) -> list[str]:
    """What the page says waits."""
    body = client.get(HOME).content.decode()
    lists = re.findall(r'<ul class="govuk-list partner-waits">(.*?)</ul>', body, re.S)
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip()
        for one in re.findall(r"<li>(.*?)</li>", "".join(lists), re.S)
    ]


def with_account(people: Cast, person: Professional) -> Client:
    """The browser of a professional who has an account from now on."""
    Professional.objects.filter(user=people.hetty).exclude(pk=person.pk).update(user=None)
    Professional.objects.filter(pk=person.pk).update(user=people.hetty)
    return signed_in(people.hetty)


def test_what_waits_is_said_and_goes_when_it_is_done(people: Cast) -> None:
    circulation = a_circulation(people)
    hetty = copy_of(circulation, "Hetty Hall").professional
    start = timezone.now() + timedelta(days=1)
    planned = a_booked_discussion(people, start=start, professionals=[hetty])
    mine = Action.objects.filter(agreed_at__isnull=False).exclude(owner=hetty).order_by("pk")[0]
    Action.objects.filter(pk=mine.pk).update(owner=hetty)
    browser = with_account(people, hetty)

    found = waits(browser)
    assert [one.partition(" due")[0].partition(" overdue")[0] for one in found] == [
        "Read the minutes, and say that you have them",
        "Sign the action log",
        f"Do action {mine.number}",
        "Say whether you will come",
        "Send what your agency knows",
    ]
    assert "due" in found[2] and "due" in found[4]
    assert "Your other discussions" not in words_of(browser)
    assert not any(
        child.name.split()[0] in browser.get(HOME).content.decode()
        for child in planned.request.children.all()
    )

    now = timezone.now()
    reply_to_invitation(invitation_of(planned, "Hetty Hall"), answer=Reply.COMING, by=hetty, at=now)
    copies.acknowledge(copy_of(circulation, "Hetty Hall"), by=hetty, at=now)
    left = waits(browser)
    assert "Say whether you will come" not in left
    assert "Read the minutes, and say that you have them" not in left
    assert len(left) == 3


def test_whoever_has_done_everything_sees_so(people: Cast) -> None:
    first = a_circulation(people)
    paul = copy_of(first, "Paul Pike").professional
    start = timezone.now() + timedelta(days=1)
    a_booked_discussion(people, start=start, professionals=[paul])
    Action.objects.filter(owner=paul).update(owner=copy_of(first, "Hetty Hall").professional)
    copies.acknowledge(copy_of(first, "Paul Pike"), by=paul, at=timezone.now())
    browser = with_account(people, paul)
    words = words_of(browser)
    quiet = words.index("Your other discussions")
    assert any(first.version.minutes.discussion.case.reference in one for one in words[quiet:])
    assert not any(first.version.minutes.discussion.case.reference in one for one in words[:quiet])


def test_it_needs_no_more_statements_for_more_discussions(people: Cast) -> None:
    paul = copy_of(a_circulation(people), "Paul Pike").professional
    start = timezone.now() + timedelta(days=1)
    a_booked_discussion(people, start=start, professionals=[paul])
    browser = with_account(people, paul)
    two = statements(browser, HOME)
    a_booked_discussion(people, start=start + timedelta(days=1), professionals=[paul])
    # one entry more is written, that this discussion was listed too
    assert statements(browser, HOME) == two + 1
