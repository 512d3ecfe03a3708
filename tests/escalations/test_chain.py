"""The chain of who is told: whose turn it is, who stands in, who leads them, who watches; never nobody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ActingFor, User
from cases.models import Case
from cases.services import open_case
from deadlines.enums import NoticeKind
from deadlines.models import Deadline, Notice
from deadlines.services import sweep
from escalations.models import Telling
from escalations.services import send_digests
from outbox.models import Letter
from tests.escalations.test_telling import DIGEST, a_clock
from tests.people import Cast, cast, person

pytestmark = pytest.mark.django_db
START = timezone.now()
WHEN = {
    NoticeKind.HALF: START + timedelta(hours=6),
    NoticeKind.FIFTH: START + timedelta(hours=9),
    NoticeKind.BREACH: START + timedelta(hours=11),
}


@pytest.fixture
def people() -> Cast:
    """Everybody; they are away from an hour before the clock starts."""
    return cast()


@pytest.fixture
def case(people: Cast) -> Case:
    """A case of Sam's and Mo's team."""
    return open_case(team=people.team, by=people.sam, at=START)


def away(absent: User, deputy: User, *, starts: datetime = START, ends: datetime | None = None) -> None:
    """Somebody stands in for somebody."""
    until = ends or starts + timedelta(days=1)
    ActingFor.objects.create(absent=absent, deputy=deputy, starts_at=starts, ends_at=until, reason="Leave")


def left(*people: User) -> None:
    """Their accounts are closed."""
    User.objects.filter(pk__in=[one.pk for one in people]).update(is_active=False)


def told(case: Case, kind: NoticeKind, *, gone: tuple[User, ...] = (), **owner: Any) -> list[str]:
    """Who is told of this kind of a ten hours' clock, each once, in the order of the alphabet.

    Those who are `gone` had it and left: to whom has left already, the database gives nothing.
    """
    a_clock_of(case, **owner)
    left(*gone)
    assert sweep(WHEN[kind]) == 1
    assert Notice.objects.get().kind == kind
    return sorted(str(one.user or one.team) for one in Telling.objects.select_related("user", "team"))


def a_clock_of(case: Case, **owner: Any) -> Deadline:
    """A clock of ten hours."""
    return a_clock(None, case, START, START + timedelta(hours=10), **owner)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (NoticeKind.HALF, ["Olga Orme", "Sam Shah"]),
        (NoticeKind.FIFTH, ["Ada Arden", "Mo Mensah", "Olga Orme", "Sam Shah"]),
        (NoticeKind.BREACH, ["Ada Arden", "Hal Hart", "Ira Inman", "Mo Mensah", "Olga Orme", "Sam Shah"]),
    ],
)
def test_who_stands_in_is_told_too(people: Cast, case: Case, kind: NoticeKind, who: list[str]) -> None:
    away(people.sam, people.olga)
    away(people.mo, people.ada)
    away(people.hal, people.ira)
    assert told(case, kind, owner=people.sam) == who


def test_who_stood_in_yesterday_or_will_tomorrow_is_not_told(people: Cast, case: Case) -> None:
    away(people.sam, people.olga, starts=START - timedelta(days=2))
    away(people.sam, people.otto, starts=START + timedelta(days=2))
    assert told(case, NoticeKind.HALF, owner=people.sam) == ["Sam Shah"]


def test_a_deputy_who_is_told_anyway_is_told_once(people: Cast, case: Case) -> None:
    away(people.sam, people.mo)
    away(people.hal, people.mo)
    assert told(case, NoticeKind.BREACH, owner=people.sam) == ["Hal Hart", "Mo Mensah", "Sam Shah"]
    assert send_digests(WHEN[NoticeKind.BREACH]) == 3


def test_a_deputy_of_a_deputy_is_not_asked(people: Cast, case: Case) -> None:
    """Power is borrowed from the absent person, never from who borrows."""
    away(people.sam, people.olga)
    away(people.olga, people.otto)
    assert told(case, NoticeKind.HALF, owner=people.sam) == ["Olga Orme", "Sam Shah"]


def test_what_was_theirs_who_left_goes_to_their_manager_from_the_first_warning(
    people: Cast, case: Case
) -> None:
    away(people.sam, people.olga)  # nobody borrows from a closed account
    assert told(case, NoticeKind.HALF, owner=people.sam, gone=(people.sam,)) == ["Mo Mensah"]


def test_and_to_the_team_that_shares_the_turn(people: Cast, case: Case) -> None:
    whose = {"owner": people.sam, "owner_team": people.support}
    who = told(case, NoticeKind.HALF, gone=(people.sam,), **whose)
    assert who == ["Mo Mensah", "Strategy meeting business support"]


def test_of_another_team_s_turn_its_own_manager_is_told(people: Cast, case: Case) -> None:
    who = told(case, NoticeKind.FIFTH, owner_team=people.other_team)
    assert who == ["Assessment team 2", "Mo Mensah", "Otto Oakes"]


def test_a_team_without_mailbox_is_told_as_its_people(people: Cast, case: Case) -> None:
    people.support.mailbox = ""
    people.support.save()
    gone = person("Gil Gone", "business_support", agency=people.council, team=people.support)
    left(gone)
    away(people.bea, people.eve)
    assert told(case, NoticeKind.HALF, owner_team=people.support) == ["Bea Bright", "Eve Early"]


@pytest.mark.parametrize("kind", [NoticeKind.FIFTH, NoticeKind.BREACH])
def test_without_a_manager_the_heads_of_service_are_told(people: Cast, case: Case, kind: NoticeKind) -> None:
    left(people.mo)
    assert told(case, kind, owner=people.sam) == ["Hal Hart", "Sam Shah"]


def test_never_nobody(people: Cast, case: Case) -> None:
    """A turn of a team that nobody reads for, at a warning that goes to no manager."""
    left(people.bea)
    people.support.mailbox = ""
    people.support.save()
    assert told(case, NoticeKind.HALF, owner_team=people.support) == ["Hal Hart"]


def test_without_any_head_of_service_the_administrators_are_told(people: Cast, case: Case) -> None:
    gone = (people.sam, people.mo, people.hal)
    assert told(case, NoticeKind.BREACH, owner=people.sam, gone=gone) == ["Adi Abel"]


def test_what_waits_for_somebody_who_leaves_goes_on(people: Cast, case: Case) -> None:
    """Between the sweep and the letter an account may be closed."""
    assert told(case, NoticeKind.HALF, owner=people.sam) == ["Sam Shah"]
    left(people.sam)
    assert send_digests(WHEN[NoticeKind.HALF]) == 1
    assert [one.to_name for one in Letter.objects.filter(kind=DIGEST)] == ["Mo Mensah"]
    assert Telling.objects.filter(told_at=None).count() == 0
    assert send_digests(WHEN[NoticeKind.HALF] + timedelta(hours=1)) == 0


def test_what_waits_for_a_team_without_its_mailbox_goes_to_its_people(people: Cast, case: Case) -> None:
    told(case, NoticeKind.HALF, owner_team=people.support)
    people.support.mailbox = ""
    people.support.save()
    assert send_digests(WHEN[NoticeKind.HALF]) == 1
    assert [one.to_name for one in Letter.objects.filter(kind=DIGEST)] == ["Bea Bright"]


def test_a_thousand_breaches_are_one_letter_to_each(people: Cast, case: Case) -> None:
    """The twenty longest overdue and a link; read in as many statements as for one."""
    for number in range(1000):
        due = START + timedelta(hours=10, seconds=999 - number)
        a_clock(people, case, START, due, subject=f"request:{number}")
    away(people.hal, people.ira)
    now = START + timedelta(hours=11)
    assert sweep(now) == 1000
    assert send_digests(now) == 4  # Sam, Mo, Hal and who stands in for Hal
    letters = {one.to_name: one for one in Letter.objects.filter(kind=DIGEST)}
    assert sorted(letters) == ["Hal Hart", "Ira Inman", "Mo Mensah", "Sam Shah"]
    told = letters["Hal Hart"].context
    assert (told["breaches"], told["warnings"], told["more"], len(told["lines"])) == (1000, 0, 980, 20)
    subjects = list(Deadline.objects.order_by("due_at").values_list("subject", flat=True)[:2])
    assert subjects == ["request:999", "request:998"]
    assert told["lines"][0]["how"] == "1 hour late"
    assert Telling.objects.filter(user=people.hal, letter=letters["Hal Hart"]).count() == 1000
    assert send_digests(now + timedelta(minutes=4)) == send_digests(now + timedelta(hours=4)) == 0
