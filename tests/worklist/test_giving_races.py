"""Somebody's account closes in the very moment in which they are given something: one of the two is told.

Each gift is tried in both orders, the second act beginning while the first is done and not committed. Without
the triggers of `accounts.living` neither waits for the other, and what is given is nobody's.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attendees.services.directory import add_professional, professional_for, retire_professional
from audit.errors import Refused
from deadlines import services as deadlines
from deadlines.models import Deadline
from escalations.models import Stage
from govuk.waiting import FAULTS, refusal_of
from minutes.models import Action, Reassignment
from minutes.services import reassigning
from strategy.models import Discussion, Enquiry
from strategy.services.passing_on import pass_on_enquiry
from tests.builders.ladder import an_escalation
from tests.builders.meeting import a_held_discussion
from tests.outages.test_living_owners import nobodys
from tests.people import Cast, cast, person
from tests.worklist.test_desk import signed_in
from worklist.enums import Kind
from worklist.services.handover import close_account, hand_over_everything

pytestmark = pytest.mark.django_db(transaction=True)
GONE = " left just now: their account was closed, or they were taken off the directory."
Give = Callable[[Cast, Discussion, User], Any]


def told(act: Callable[[], Any]) -> str:
    """What somebody is told on the page; the empty text when it is done."""
    try:
        with transaction.atomic():
            act()
    except Refused as refusal:
        return refusal.sentence
    except FAULTS as fault:
        refused = refusal_of(fault)
        assert refused is not None, fault
        return refused.sentence
    return ""


def one_in_the_other(first: Callable[[], Any], second: Callable[[], Any]) -> str:
    """What `second` is told, when it begins before `first` is committed: it waits, or is done."""

    def run() -> str:
        try:
            return told(second)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            later, patience = pool.submit(run), monotonic() + 20
            while not later.done() and not somebody_waits() and monotonic() < patience:
                sleep(0.01)
        return later.result(timeout=20)


def somebody_waits() -> bool:
    """Whether another connection waits for this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
            " AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def an_action(held: Discussion) -> Action:
    rows = Action.objects.filter(minutes__discussion=held, status="open", owner__user=None)
    return rows.exclude(pk__in=Reassignment.objects.waiting().values("action")).order_by("pk")[0]


def enquiry(people: Cast, held: Discussion, to: User) -> None:
    pass_on_enquiry(Enquiry.objects.get(discussion=held), to=to)


def offer(people: Cast, held: Discussion, to: User) -> None:
    reassigning.offer_action(an_action(held), to, why="On leave", by=people.bea, at=timezone.now())


def action(people: Cast, held: Discussion, to: User) -> None:
    given = an_action(held)
    given.pass_to(professional_for(to))
    given.save()


def rung(people: Cast, held: Discussion, to: User) -> None:
    stage = Stage.objects.ongoing().get()
    stage.owner = to
    stage.save()


def clock(people: Cast, held: Discussion, to: User) -> None:
    running = Deadline.objects.running().filter(case=held.case, owner__isnull=False).order_by("pk")[0]
    deadlines.hand_over(running, owner=to, owner_team=None, by=people.mo, at=timezone.now())


def everything(people: Cast, held: Discussion, to: User) -> None:
    holder = Enquiry.objects.get(discussion=held).lead
    takes = {Kind.WORK: to}
    hand_over_everything(holder, to=takes, note="Leave", by=people.adi, at=timezone.now())


GIFTS: dict[str, Give] = {one.__name__: one for one in (enquiry, offer, action, rung, clock, everything)}


def test_whoever_loses_the_race_is_told_and_nothing_is_nobodys() -> None:
    """Closed first: the giver is told. Given first: whoever closes is, or takes back an offer."""
    people = cast()
    held = a_held_discussion(people)
    an_escalation(held.case, people)
    wrong = []
    for name, give in GIFTS.items():
        for order in ("closed", "given"):
            leaver = person(f"Lee {name} {order}", "social_worker", agency=people.council, team=people.team)
            professional_for(leaver)

            def gives(give: Give = give, to: User = leaver) -> None:
                give(people, held, to)

            def closes(who: User = leaver) -> None:
                close_account(who, why="Left", to={}, by=people.adi, at=timezone.now())

            acts = (closes, gives) if order == "closed" else (gives, closes)
            said = one_in_the_other(*acts)
            leaver.refresh_from_db()
            if nobody := nobodys() + [
                f"{one}" for one in Reassignment.objects.waiting() if not one.to.is_active
            ]:
                wrong.append(f"{name} {order}: {said!r} {nobody}")
            elif order == "closed" and not (GONE in said or "cannot take over" in said):
                wrong.append(f"{name} given although closed: {said!r}")
            elif order == "given" and leaver.is_active is not (name != "offer"):
                wrong.append(f"{name} closed although given: {said!r}")
    assert wrong == []


def test_the_page_says_so_and_keeps_what_was_typed() -> None:
    """Somebody without an account leaves the directory while an action is offered to them on the page."""
    people = cast()
    held = a_held_discussion(people)
    facts = {"name": "Nia North", "agency": people.health, "job_role": "Nurse", "email": "nia@nhs.example"}
    nia = add_professional(**facts, by=people.bea, at=timezone.now())
    address = reverse("minutes:action_offer", args=[held.pk, an_action(held).pk])
    posted: list[Any] = []
    client = signed_in(people.bea)  # before: the ledger too is written by one at a time

    def gives() -> None:
        posted.append(client.post(address, {"to": f"professional-{nia.pk}", "why": "On leave from Monday"}))

    one_in_the_other(lambda: retire_professional(nia, by=people.bea, at=timezone.now()), gives)
    assert posted[0].status_code == 409
    page = posted[0].content.decode()
    assert f"Nia North{GONE}" in page and "On leave from Monday" in page
    assert not Reassignment.objects.exists()
