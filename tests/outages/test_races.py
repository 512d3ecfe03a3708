"""P9: two who act at the same moment: one does it, the other is told in a sentence, nothing is twice.

Every pair runs so many rounds (RACE_ROUNDS, 4 unless told otherwise) on two real connections and a barrier.
"""

import os
from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from attendees.models import Professional
from attendees.services.booking import book_and_invite, cancel_booking
from cases.enums import AccessPurpose
from cases.services import grant
from deadlines.enums import ClockState, Duty
from deadlines.models import Deadline
from minutes.models import Action, Circulation, Minutes, Reassignment, Recipient
from minutes.services import circulate as circulating
from minutes.services import hold, printing, record, versions
from minutes.services.follow_through import complete_action
from minutes.services.reassigning import accept_offer, offer_action, take_back_offer
from referrals.models import Referral
from strategy import services
from strategy.clocks import AUTHORISE_REQUEST
from strategy.enums import Format, Section, Status
from strategy.models import Authorisation, Discussion, Place, StrategyRequest
from tests.builders.after import a_finished_record
from tests.builders.booking import a_booked_discussion, a_video_link
from tests.builders.meeting import a_full_record, an_opened_record, everybody
from tests.builders.requests import a_submitted_request, an_authorised_request
from tests.outages.racing import Outcome, clocks_agree, no_double_letters, one_winner, race
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("RACE_ROUNDS", "4"))


def rounds(pair: str, once: Callable[[Cast], tuple[Outcome, Referral]], number: int = 0) -> None:
    """Run one pair again and again; every round is looked at for doubles, and the number tried is printed."""
    people, told = cast(), 0
    for _ in range(number or ROUNDS):
        outcome, referral = once(people)
        assert outcome.faults == []
        no_double_letters(outcome)
        clocks_agree(referral)
        told += len(outcome.refused)
    print(f"{pair}: {number or ROUNDS} rounds, {told} told who was quicker")


def free_rooms() -> None:
    """Move the bookings of earlier rounds to days long past, so that rooms and people are free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH moved AS (UPDATE strategy_booking"
            " SET during = tstzrange(lower(during) - id * far, upper(during) - id * far),"
            " occupied = tstzrange(lower(during) - id * far, upper(during) - id * far)"
            " FROM (SELECT interval '3 days' AS far) AS days"
            " WHERE upper(during) > now() - interval '1 day' RETURNING id, during)"
            " UPDATE strategy_bookedperson SET during = moved.during FROM moved WHERE booking_id = moved.id"
        )


def authorising(wanted: StrategyRequest, people: Cast) -> Callable[[], object]:
    return lambda: services.authorise(fresh(wanted), by=people.mo, at=timezone.now())


def returning(wanted: StrategyRequest, people: Cast) -> Callable[[], object]:
    reasons = {Section.WHAT_HAPPENED: "Say who saw the injury."}
    return lambda: services.return_to_requester(
        fresh(wanted), reasons=reasons, by=people.mo, at=timezone.now()
    )


def withdrawing(wanted: StrategyRequest, people: Cast) -> Callable[[], object]:
    return lambda: services.withdraw(fresh(wanted), reason="Typed twice", by=people.sam, at=timezone.now())


def booking(wanted: StrategyRequest, people: Cast, place: Place, hours: int = 2) -> Callable[[], object]:
    now = timezone.now()
    begins = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(hours=hours)
    invited = [one.professional for one in wanted.wanted.select_related("professional__agency")]
    return lambda: book_and_invite(
        fresh(wanted),
        format=Format.VIRTUAL,
        place=place,
        start=begins,
        end=begins + timedelta(hours=1),
        chair=people.mo,
        minute_taker=people.bea,
        professionals=invited,
        late_reason="No earlier time could be had with the police.",
        by=people.bea,
        at=now,
    )


def fresh(wanted: StrategyRequest) -> StrategyRequest:
    """As a view would fetch it, on this connection."""
    return StrategyRequest.objects.get(pk=wanted.pk)


def test_authorise_and_return() -> None:
    """The request ends where the winner put it."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = a_submitted_request(people)
        outcome = race(authorising(wanted, people), returning(wanted, people))
        one_winner(outcome)
        kinds = Authorisation.objects.filter(request=wanted).count()
        assert fresh(wanted).status == (Status.AUTHORISED if kinds else Status.RETURNED)
        return outcome, wanted.referral

    rounds("authorise/return", once)


def test_two_managers_authorise() -> None:
    """One authorisation, one letter to business support."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = a_submitted_request(people)
        outcome = race(authorising(wanted, people), authorising(wanted, people))
        one_winner(outcome)
        assert Authorisation.objects.filter(request=wanted).count() == 1
        inner = Deadline.objects.get(subject=wanted.subject, duty=AUTHORISE_REQUEST)
        assert inner.state == ClockState.MET
        return outcome, wanted.referral

    rounds("authorise/authorise", once)


def test_authorise_and_withdraw() -> None:
    """An authorised request may still be withdrawn; a withdrawn one is never authorised."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = a_submitted_request(people)
        outcome = race(authorising(wanted, people), withdrawing(wanted, people))
        assert fresh(wanted).status == Status.WITHDRAWN
        assert len(outcome.refused) == 1 - Authorisation.objects.filter(request=wanted).count()
        return outcome, wanted.referral

    rounds("authorise/withdraw", once)


def test_two_rooms_for_one_request() -> None:
    """One discussion, one booking, one invitation each."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = an_authorised_request(people)
        free_rooms()
        places = a_video_link("Video link 1"), a_video_link("Video link 2")
        outcome = race(*[booking(wanted, people, place) for place in places])
        one_winner(outcome)
        assert Discussion.objects.filter(request=wanted).count() == 1
        return outcome, wanted.referral

    rounds("book/book", once)


def test_book_and_withdraw() -> None:
    """A booked request cannot be withdrawn, a withdrawn one cannot be booked: one winner either way."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = an_authorised_request(people)
        free_rooms()
        outcome = race(booking(wanted, people, a_video_link()), withdrawing(wanted, people))
        one_winner(outcome)
        return outcome, wanted.referral

    rounds("book/withdraw", once)


def test_authorise_while_somebody_books() -> None:
    """Booked after the answer or refused before it; never a deadlock between request and case."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        wanted = a_submitted_request(people)
        free_rooms()
        support_sees(wanted, people)
        outcome = race(authorising(wanted, people), booking(wanted, people, a_video_link()))
        assert fresh(wanted).status == (Status.AUTHORISED if outcome.refused else Status.BOOKED)
        return outcome, wanted.referral

    rounds("authorise/book", once)


def support_sees(wanted: StrategyRequest, people: Cast) -> None:
    """Business support has been given the case before, by an earlier request."""
    now = timezone.now()
    grant(
        wanted.case,
        team=people.support,
        purpose=AccessPurpose.SUPPORTS,
        why="Earlier request",
        by=people.mo,
        at=now,
    )


def test_chair_and_minute_taker_start() -> None:
    """Started once; the convene clock is met once."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        minutes = ready_to_start(people)

        def start(by: User) -> Callable[[], object]:
            return lambda: hold.start_discussion(again(minutes), by=by, at=timezone.now())

        outcome = race(start(people.mo), start(people.bea))
        one_winner(outcome)
        referral = minutes.discussion.request.referral
        convene = Deadline.objects.get(subject=f"referral:{referral.pk}", duty=Duty.CONVENE)
        assert convene.state == ClockState.MET
        return outcome, referral

    rounds("start/start", once)


def ready_to_start(people: Cast) -> Minutes:
    """Everybody is here, in the right meeting."""
    free_rooms()
    minutes = an_opened_record(people)
    hold.record_attendance(minutes, everybody(minutes), by=people.bea, at=timezone.now())
    return hold.confirm_right_meeting(minutes, by=people.mo, at=timezone.now())


def again(minutes: Minutes) -> Minutes:
    """As a view would fetch it, on this connection."""
    return Minutes.objects.select_related("discussion__request__referral").get(pk=minutes.pk)


def test_two_close_and_one_cancels() -> None:
    """Closed once; the action log is frozen once; cancelling a running discussion never hinders it."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        minutes = a_full_record(people)
        discussion = minutes.discussion

        def close(by: User) -> Callable[[], object]:
            return lambda: hold.close_discussion(again(minutes), by=by, at=timezone.now(), read_back=True)

        outcome = race(
            close(people.mo),
            close(people.bea),
            lambda: cancel_booking(
                Discussion.objects.get(pk=discussion.pk), reason="Wrong day", by=people.bea, at=timezone.now()
            ),
        )
        assert len(outcome.refused) == 2, outcome.results
        assert minutes.action_logs.count() == 1
        assert Deadline.objects.filter(subject=discussion.subject, duty=Duty.CIRCULATE_MINUTES).count() == 1
        return outcome, discussion.request.referral

    rounds("close/close/cancel", once)


def test_start_and_cancel() -> None:
    """It is held, or it is not: never both."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        minutes = ready_to_start(people)
        discussion = minutes.discussion
        outcome = race(
            lambda: hold.start_discussion(again(minutes), by=people.mo, at=timezone.now()),
            lambda: cancel_booking(
                Discussion.objects.get(pk=discussion.pk), reason="Wrong day", by=people.bea, at=timezone.now()
            ),
        )
        one_winner(outcome)
        return outcome, discussion.request.referral

    rounds("start/cancel", once)


def test_two_authorise_the_minutes() -> None:
    """One version, one file asked for, one hand-over to business support."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        minutes = a_finished_record(people)

        def authorise() -> object:
            return versions.authorise_minutes(again(minutes), by=people.mo, at=timezone.now())

        outcome = race(authorise, authorise)
        one_winner(outcome)
        assert minutes.versions.exclude(authorised_at=None).count() == 1
        return outcome, minutes.discussion.request.referral

    rounds("authorise_minutes/authorise_minutes", once)


def test_two_circulate() -> None:
    """One circulation, one copy and one letter for each recipient."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        minutes = a_finished_record(people)
        versions.authorise_minutes(minutes, by=people.mo, at=timezone.now())

        def circulate() -> object:
            return circulating.circulate(again(minutes), by=people.bea, at=timezone.now())

        outcome = race(circulate, circulate, printing.print_waiting)
        assert len(outcome.refused) == 1, outcome.results
        circulation = Circulation.objects.get(version__minutes=minutes)
        copies = Recipient.objects.filter(circulation=circulation)
        assert copies.count() == copies.values("professional").distinct().count()
        written = [one for one in outcome.letters if one.key.startswith("copy:")]
        assert len(written) == copies.exclude(letter=None).count()
        return outcome, minutes.discussion.request.referral

    rounds("circulate/circulate/print", once)


def test_owner_and_support_complete_an_action() -> None:
    """Done once, by the winner."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        minutes = a_finished_record(people)
        action = minutes.actions.order_by("number").first()
        assert action is not None

        def complete(by: User | Professional) -> Callable[[], object]:
            return lambda: complete_action(
                Action.objects.get(pk=action.pk),
                what_was_done="Visited",
                told_how="By telephone",
                done_at=timezone.now(),
                by=by,
                at=timezone.now(),
            )

        outcome = race(complete(action.owner), complete(people.bea))
        one_winner(outcome)
        return outcome, minutes.discussion.request.referral

    rounds("complete_action/complete_action", once)


def test_an_offer_is_accepted_while_it_is_taken_back() -> None:
    """Theirs, or still its owner's; the clock is the owner's either way."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        minutes = a_finished_record(people)
        action = minutes.actions.filter(owner__name="Paul Pike").latest("pk")
        hetty, now = Professional.objects.get(name="Hetty Hall"), timezone.now()
        made = offer_action(action, hetty, why="On leave", by=people.mo, at=now)
        outcome = race(
            lambda: accept_offer(Reassignment.objects.get(pk=made.pk), by=hetty, at=timezone.now()),
            lambda: take_back_offer(Reassignment.objects.get(pk=made.pk), by=people.bea, at=timezone.now()),
        )
        one_winner(outcome)
        made.refresh_from_db()
        owner = Action.objects.select_related("owner").get(pk=action.pk).owner.name
        assert owner == ("Hetty Hall" if made.answer == "accepted" else "Paul Pike")
        clock = Deadline.objects.running().get(subject=action.subject, duty=Duty.ACTION)
        assert clock.verb.endswith(owner)
        return outcome, minutes.discussion.request.referral

    rounds("accept_offer/take_back_offer", once)


def test_chair_and_support_open_the_record() -> None:
    """One record, with one cell for each thing asked."""

    def once(people: Cast) -> tuple[Outcome, Referral]:
        free_rooms()
        discussion = a_booked_discussion(people)

        def opening() -> object:
            return record.open_record(
                Discussion.objects.get(pk=discussion.pk), by=people.bea, at=timezone.now()
            )

        outcome = race(opening, opening)
        one_winner(outcome)
        assert Minutes.objects.filter(discussion=discussion).count() == 1
        return outcome, discussion.request.referral

    rounds("open_record/open_record", once)
