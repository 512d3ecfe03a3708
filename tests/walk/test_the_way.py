"""The whole way through in a real browser, one context per person: real server, worker, broker and mail."""

import os

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from audit import services as audit
from tests import real
from tests.walk import after, ask, book, clocks, families, meet
from tests.walk.people import letter_to, people_of
from tests.walk.world import Way, make_world

pytestmark = [pytest.mark.django_db(transaction=True)]


def walk(way: Way) -> None:
    """Every step of the way, by the person whose turn it is."""
    discussion = ask_and_book(way)
    meet_and_sign(way, discussion)
    circulate_and_file(way, discussion)


def ask_and_book(way: Way) -> int:
    """From the referral to a room full of the right people; returns the discussion's number."""
    people, family = way.people, way.family
    worker, manager, support = people["worker"], people["manager"], people["support"]
    request = ask.record_referral(worker, family)
    way.request = request
    ask.tick_circumstance(worker, request, family)
    clocks.shown_from_the_start(worker, request, family)
    ask.fill_request(worker, request, family)
    ask.submit(worker, request)
    if family.same_day:
        ask.decide_protection(people["practice_manager"], request)
    if family.manager_returns:
        ask.return_request(manager, request)
        ask.put_right(worker, request)
    ask.authorise(manager, request)
    book.forward_to_police(support, request)
    book.log_call(support, request)
    first_room, room = book.rooms(family)
    discussion = book.book(support, request, family, first_room)
    if family.first_booking_cancelled:
        book.cancel(support, discussion)
        letter_to(way.post, people["officer"].email, "Not taking place")
        way.old_letters = len(way.post.to(people["officer"].email))
        discussion = book.book(support, request, family, room)
    book.open_link(way, people["officer"])
    book.come_and_tell(people["officer"], discussion)
    book.answer_as_nurse(people["nurse"], discussion, refuses=family.health_refuses)
    book.record_reply_by_phone(support, discussion, "Sunita Rao")
    clocks.see_children(worker, request)
    return discussion


def meet_and_sign(way: Way, discussion: int) -> None:
    """The hour in the room, to the signatures."""
    people, family = way.people, way.family
    support, chair = people["support"], people["manager"]
    meet.open_record(support, chair, discussion)
    meet.take_attendance(support, discussion, family)
    meet.start(chair, discussion, family)
    if family.health_refuses:
        meet.join_late(support, discussion)
    meet.fill_steps(support, chair, discussion)
    meet.decide(chair, discussion, family)
    meet.arrange(support, discussion)
    meet.type_action(support, discussion)
    meet.allocate(support, discussion)
    meet.close(chair, discussion)
    meet.sign_on_screen(support, discussion, leave="Grace Okoro")


def circulate_and_file(way: Way, discussion: int) -> None:
    """From the chair's check to the case system's reference."""
    people = way.people
    after.sign_by_link(people["officer"], discussion)
    after.finish(people["support"], discussion)
    after.amend_and_authorise(people["manager"], discussion)
    after.circulate(people["support"], discussion, way.family)
    after.read_and_do(people["officer"], discussion)
    after.file_reference(people["support"], discussion)
    clocks.met_in_the_end(people["manager"], way.request, way.family)
    assert audit.verify() == []


def test_a_referral_becomes_minutes_in_everyones_hands(
    browser: Browser, site: str, post_office: real.MailSink
) -> None:
    """The scenario of the issue."""
    make_world()
    with people_of(browser, site, **Way.EMAILS) as people:
        for name in ("worker", "manager", "practice_manager", "support"):
            people[name].sign_in()
        walk(Way(people, families.seeded(timezone.localdate()), post_office))


@pytest.mark.parametrize("seed", [int(one) for one in os.environ.get("WALK_SEEDS", "12").split(",")])
def test_families_nobody_planned_for(
    seed: int, browser: Browser, site: str, post_office: real.MailSink
) -> None:
    """The same way with a family generated from a seed, so that only what is really built passes."""
    make_world()
    family = families.generated(seed, timezone.localdate())
    print(family)
    with people_of(browser, site, **Way.EMAILS) as people:
        for name in ("worker", "manager", "practice_manager", "support"):
            people[name].sign_in()
        walk(Way(people, family, post_office))
