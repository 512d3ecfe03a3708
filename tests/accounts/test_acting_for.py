"""A deputy uses the power of an absent colleague until it expires, and no longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ActingFor, User
from accounts.permissions import may_as, refusal_unless
from accounts.roles import Permission
from accounts.services import acting
from audit.errors import MoveNotAllowed, NotAllowed, Refused, Taken
from audit.models import Entry
from cases.models import Case
from outbox.models import Letter
from tests.builders.requests import a_draft_request, a_submitted_request
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


# Named on the page


def name(people: Cast, **other: Any) -> ActingFor:
    given: dict[str, Any] = {
        "absent": people.mo, "deputy": people.ada, "starts_at": NOW, "ends_at": NOW + timedelta(days=7),
        "reason": "Annual leave", "by": people.mo, "at": NOW,
    }  # fmt: skip
    return acting.name_deputy(**{**given, **other})


def test_a_deputy_is_named_told_and_written_down(people: Cast) -> None:
    """Mo names Ada; only Ada gets a letter, since Mo did it."""
    made = name(people)
    assert may_as(people.ada, Permission.READ_ACCESS_LOG, NOW) == people.mo
    assert [(one.kind, one.to_email) for one in Letter.objects.all()] == [("deputy_named", people.ada.email)]
    entry = Entry.objects.latest("id")
    assert (entry.event, entry.subject, entry.data["deputy"]) == (
        "acting_for.arranged", f"actingfor:{made.pk}", people.ada.pk,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("deputy", {"deputy": "mo"}),  # nobody acts for themselves
        ("deputy", {"deputy": "adi"}),  # an administrator sees no child's record
        ("deputy", {"deputy": "ira"}),
        ("deputy", {"deputy": "paul"}),
        ("absent", {"absent": "paul", "by": "adi"}),
        ("deputy", {"absent": "adi", "by": "adi", "deputy": "sam"}),
        ("ends_at", {"ends_at": timedelta(0)}),
        ("ends_at", {"ends_at": timedelta(days=184)}),
        ("reason", {"reason": " \n"}),
    ],
)
def test_who_cannot_stand_in(people: Cast, field: str, other: dict[str, Any]) -> None:
    given = {
        key: getattr(people, value) if key in ("deputy", "absent", "by") else value
        for key, value in other.items()
    }
    if "ends_at" in given:
        given["ends_at"] = NOW + given["ends_at"]
    with pytest.raises(Refused) as refused:
        name(people, **given)
    assert (refused.value.field, ActingFor.objects.count()) == (field, 0)


def test_who_may_arrange_it(people: Cast) -> None:
    """Themselves, their manager, an administrator; not a colleague, nor another team's manager."""
    for by in ("sam", "otto", "ada", "hal", "bea"):
        with pytest.raises(NotAllowed):
            name(people, by=getattr(people, by))
    for by, absent in (("mo", "sam"), ("adi", "olga"), ("sam", "sam")):
        deputy = people.ada if absent != "ada" else people.mo
        acting.end_cover(
            name(people, by=getattr(people, by), absent=getattr(people, absent), deputy=deputy),
            by=people.ada, at=NOW,
        )  # fmt: skip
    assert ActingFor.objects.filter(ended_by=people.ada).count() == 3


def test_no_chain_and_no_pair_twice(people: Cast) -> None:
    name(people)
    with pytest.raises(Taken):
        name(people)
    with pytest.raises(Taken) as chained:  # Mo is away, so Mo cannot stand in for Sam
        name(people, absent=people.sam, deputy=people.mo, by=people.adi)
    assert "Ada Arden acts for them" in chained.value.sentence


def test_ended_early_the_power_is_gone_at_once(people: Cast) -> None:
    made = name(people)
    later = NOW + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        acting.end_cover(made, by=people.otto, at=later)
    acting.end_cover(made, by=people.ada, at=later)
    assert may_as(people.ada, Permission.READ_ACCESS_LOG, later) is None
    assert {one.kind: one.status for one in Letter.objects.all()} == {
        "deputy_named": "cancelled", "deputy_ended": "queued",
    }  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        acting.end_cover(made, by=people.ada, at=later)


def test_a_deputy_sees_the_cases_until_it_ends_and_never_a_restricted_one(people: Cast) -> None:
    """Otto, of the other team, acts for Mo: what Mo may see is lent, but nothing restricted."""
    case = a_draft_request(people).case
    restricted = a_draft_request(people).case
    Case.objects.filter(pk=restricted.pk).update(restricted=True)
    seen = lambda: set(Case.objects.visible_to(people.otto).values_list("pk", flat=True))  # noqa: E731
    assert seen() == set()
    made = name(people, deputy=people.otto, starts_at=timezone.now() - timedelta(minutes=1))
    assert seen() == {case.pk}
    client = Client()
    client.force_login(people.otto)
    page = client.get("/").content.decode()
    assert ("You act for Mo Mensah" in page, "For whom you act" in page) == (True, False)
    acting.end_cover(made, by=people.mo, at=timezone.now())
    assert seen() == set()


def test_the_deputy_of_a_head_of_service_sees_what_the_head_sees(people: Cast) -> None:
    case = a_draft_request(people).case
    start = timezone.now() - timedelta(minutes=1)
    name(people, absent=people.hal, deputy=people.otto, by=people.adi, starts_at=start)
    assert [one.pk for one in Case.objects.visible_to(people.otto)] == [case.pk]


def test_what_waits_for_the_absent_stands_on_the_deputys_desk(people: Cast) -> None:
    """Mo must authorise; Otto acts for Mo; Mo is told so too."""
    request = a_submitted_request(people)
    name(people, deputy=people.otto, starts_at=timezone.now() - timedelta(minutes=1))
    deputy, absent = Client(), Client()
    deputy.force_login(people.otto)
    absent.force_login(people.mo)
    page = deputy.get("/").content.decode()
    assert ("You stand in for Mo Mensah" in page, request.case.reference in page) == (True, True)
    assert "Otto Oakes acts for you" in absent.get("/").content.decode()
