"""Who is told of a deadline, when, and at most once in five minutes."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.models import Case
from cases.services import open_case
from deadlines.enums import Duty, NoticeKind
from deadlines.models import Deadline, Notice
from deadlines.rules.answers import Answer
from deadlines.services import meet, open_clock, sweep
from escalations.models import Telling
from escalations.services import send_digests
from outbox.models import Letter
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
DIGEST = "deadlines_digest"


def a_clock(
    people: Cast, case: Case, starts: datetime, due: datetime, subject: str = "request:1", **owner: object
) -> Deadline:
    """A clock of the social worker's unless somebody else's."""
    answer = Answer(Duty.CONVENE, starts, due, "hours(10)", "Because.", "3.2")
    return open_clock(
        case=case,
        subject=subject,
        answer=answer,
        by=None,
        at=starts,
        verb="Hold",
        **(owner or {"owner": people.sam}),
    )  # type: ignore[arg-type]


@pytest.fixture
def people() -> Cast:
    """Everybody."""
    return cast()


@pytest.fixture
def case(people: Cast) -> Case:
    """A case of Sam's team."""
    return open_case(team=people.team, by=people.sam, at=timezone.now())


def told(kind: str) -> set[str]:
    """The people and teams told of a kind."""
    rows = Telling.objects.filter(notice__kind=kind).select_related("user", "team")
    return {str(one.user or one.team) for one in rows}


def test_first_whose_turn_it_is_then_the_manager_and_at_a_breach_the_head_of_service(
    people: Cast, case: Case
) -> None:
    start = timezone.now()
    a_clock(people, case, start, start + timedelta(hours=10))
    assert sweep(start + timedelta(hours=1)) == 0
    assert sweep(start + timedelta(hours=5, minutes=1)) == 1
    assert told(NoticeKind.HALF) == {"Sam Shah"}
    assert sweep(start + timedelta(hours=8, minutes=1)) == 1
    assert told(NoticeKind.FIFTH) == {"Sam Shah", "Mo Mensah"}
    assert sweep(start + timedelta(hours=10, minutes=1)) == 1
    assert told(NoticeKind.BREACH) == {"Sam Shah", "Mo Mensah", "Hal Hart"}
    assert sweep(start + timedelta(hours=11)) == 0


def test_a_team_is_told_by_its_mailbox(people: Cast, case: Case) -> None:
    start = timezone.now()
    a_clock(people, case, start, start + timedelta(hours=10), owner_team=people.support)
    sweep(start + timedelta(hours=6))
    send_digests(start + timedelta(hours=6))
    assert [one.to_email for one in Letter.objects.filter(kind=DIGEST)] == [people.support.mailbox]


def test_one_letter_in_five_minutes_with_everything_in_it(people: Cast, case: Case) -> None:
    start = timezone.now()
    for number in range(3):
        a_clock(people, case, start, start + timedelta(hours=10 + number), subject=f"request:{number}")
    now = start + timedelta(hours=10, minutes=1)
    sweep(now)
    assert send_digests(now) == 3
    letters = {one.to_name: one for one in Letter.objects.filter(kind=DIGEST)}
    assert (letters["Sam Shah"].context["breaches"], letters["Sam Shah"].context["warnings"]) == (1, 2)
    assert [line["is_late"] for line in letters["Sam Shah"].context["lines"]] == [True, False, False]
    sweep(start + timedelta(hours=11, minutes=1))
    assert send_digests(now + timedelta(minutes=4)) == 0
    assert send_digests(now + timedelta(hours=1)) == 3
    assert send_digests(now + timedelta(hours=2)) == 0
    assert Letter.objects.filter(kind=DIGEST).count() == 6


def test_what_was_done_meanwhile_is_not_told(people: Cast, case: Case) -> None:
    start = timezone.now()
    clock = a_clock(people, case, start, start + timedelta(hours=10))
    now = start + timedelta(hours=6)
    sweep(now)
    meet(clock, by=people.sam, at=now)
    assert send_digests(now) == 0
    assert Telling.objects.filter(told_at=None).count() == 0


def test_the_letter_has_twenty_lines_and_says_how_many_more(people: Cast, case: Case) -> None:
    start = timezone.now()
    for number in range(25):
        a_clock(people, case, start, start + timedelta(hours=10), subject=f"request:{number}")
    now = start + timedelta(hours=6)
    sweep(now)
    assert Notice.objects.count() == 25
    assert send_digests(now) == 1
    letter = Letter.objects.get(kind=DIGEST)
    assert (len(letter.context["lines"]), letter.context["more"]) == (20, 5)


def test_somebody_who_left_is_not_told(people: Cast, case: Case) -> None:
    start = timezone.now()
    a_clock(people, case, start, start + timedelta(hours=10))
    people.sam.is_active = False
    people.sam.save()
    sweep(start + timedelta(hours=9))
    assert told(NoticeKind.FIFTH) == {"Mo Mensah"}
