"""A manager's word, written down by somebody else and countersigned, or denied (row W17)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from attendees.services.booking import cancel_booking
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.models import Case
from deadlines.models import Deadline
from minutes.services.afterwards import enter_discussion_held
from outbox.models import Letter
from strategy import services
from strategy.enums import Status
from strategy.models import Authorisation, Discussion, StrategyRequest, VerbalAuthorisation
from strategy.services import Verbal, authorise_verbally, countersign, police, settle
from tests.builders.booking import a_booked_discussion
from tests.builders.night import WORDS, as_told, minutes_ago
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


@pytest.fixture
def now() -> datetime:
    """When it is typed."""
    return timezone.now()


def mos_word(people: Cast, now: datetime, **facts: Any) -> Verbal:
    """Mo said yes 20 minutes ago."""
    return Verbal(**{"manager": people.mo, "said_at": minutes_ago(20, now), "words": WORDS} | facts)


def a_word(people: Cast, now: datetime, **facts: Any) -> StrategyRequest:
    """Sam's request, authorised by Mo's word, which Sam wrote down."""
    request = a_submitted_request(people, at=now)
    return authorise_verbally(request, mos_word(people, now, **facts), by=people.sam, at=now)


def held_on_a_word(people: Cast, now: datetime, **verbal: Any) -> StrategyRequest:
    """Sam's request, whose discussion was held on a word and entered afterwards."""
    request = a_draft_request(people, at=now, circumstances=())
    told = as_told(people, request, at=now, verbal=verbal)
    return enter_discussion_held(request, told, by=people.sam, at=now).request


def denied(request: StrategyRequest, people: Cast, now: datetime) -> StrategyRequest:
    """Mo says that it was not so."""
    countersign(request, was_given=False, reason="I was asleep.", by=people.mo, at=now)
    return StrategyRequest.objects.get(pk=request.pk)


def test_it_is_the_managers_authorisation_with_who_wrote_it_down(people: Cast, now: datetime) -> None:
    request = a_word(people, now)
    given, word = Authorisation.objects.get(), VerbalAuthorisation.objects.get()
    assert (request.status, given.by, given.at) == (Status.AUTHORISED, people.mo, minutes_ago(20, now))
    assert (word.manager, word.at, word.words, word.by, word.is_open) == (
        people.mo,
        minutes_ago(20, now),
        WORDS,
        people.sam,
        True,
    )
    entry = Entry.objects.get(event="request.authorised_verbally")
    assert (entry.by_name, entry.occurred_at) == (people.sam.name, minutes_ago(20, now))
    assert not Entry.objects.filter(event="request.authorised").exists()


def test_the_manager_has_a_clock_of_one_working_day_and_a_letter(people: Cast, now: datetime) -> None:
    request = a_word(people, now)
    clock = Deadline.objects.get(duty="countersign_authorisation")
    assert (clock.owner, clock.subject, clock.limit, clock.starts_at, clock.verb) == (
        people.mo,
        request.subject,
        "working_days(1)",
        minutes_ago(20, now),
        "Countersign",
    )
    waiting = Letter.objects.exclude(status="cancelled").filter(to_email=people.mo.email)
    assert "countersign" in waiting.values_list("kind", flat=True)
    assert "request_submitted" not in waiting.values_list("kind", flat=True)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("words", {"words": "  "}),
        ("said_at", {"ago": -5}),
        ("said_at", {"ago": 100}),
        ("manager", {"who": "sam"}),
        ("manager", {"who": "olga"}),
        ("manager", {"who": "hal"}),
    ],
)
def test_what_cannot_stand_is_told_at_its_field(
    people: Cast, now: datetime, field: str, facts: dict[str, Any]
) -> None:
    request = a_submitted_request(people, at=now)
    told: dict[str, Any] = {"words": facts["words"]} if "words" in facts else {}
    told |= {"said_at": minutes_ago(facts["ago"], now)} if "ago" in facts else {}
    told |= {"manager": getattr(people, facts["who"])} if "who" in facts else {}
    with pytest.raises(Refused) as refusal:
        authorise_verbally(request, mos_word(people, now, **told), by=people.sam, at=now)
    assert refusal.value.field == field
    assert not Authorisation.objects.exists()


def test_never_one_s_own_word(people: Cast, now: datetime) -> None:
    """Ada may authorise Sam's request, but not write down that she did; nor may the database keep it."""
    request = a_submitted_request(people, at=now)
    with pytest.raises(Refused) as refusal:
        authorise_verbally(request, mos_word(people, now, manager=people.ada), by=people.ada, at=now)
    assert refusal.value.field == "manager"
    with pytest.raises(IntegrityError), transaction.atomic():
        VerbalAuthorisation.objects.create(
            request=request, manager=people.ada, by=people.ada, at=now, words="Yes"
        )


def test_only_those_who_ask_and_only_what_waits(people: Cast, now: datetime) -> None:
    request = a_submitted_request(people, at=now)
    for somebody in (people.olga, people.ira):
        with pytest.raises(NotAllowed):
            authorise_verbally(request, mos_word(people, now), by=somebody, at=now)
    services.authorise(request, by=people.mo, at=now)
    with pytest.raises(MoveNotAllowed):
        authorise_verbally(request, mos_word(people, now), by=people.sam, at=now)


def test_countersigned_the_clock_is_met(people: Cast, now: datetime) -> None:
    request = a_word(people, now)
    word = countersign(request, was_given=True, reason="ignored", by=people.mo, at=now)
    assert (word.was_given, word.reason, word.answered_by) == (True, "", people.mo)
    assert Deadline.objects.get(duty="countersign_authorisation").met_at == now
    assert Letter.objects.get(kind="countersign").status == "cancelled"
    assert Authorisation.objects.get().by == people.mo
    with pytest.raises(MoveNotAllowed):
        countersign(request, was_given=False, reason="No", by=people.mo, at=now)


def test_denied_it_stands_beside_what_was_written_and_they_are_told(people: Cast, now: datetime) -> None:
    request = a_word(people, now)
    with pytest.raises(Refused) as refusal:
        countersign(request, was_given=False, reason=" ", by=people.mo, at=now)
    assert refusal.value.field == "reason"
    denied(request, people, now)
    word = VerbalAuthorisation.objects.get()
    assert (word.words, word.was_given, word.reason) == (WORDS, False, "I was asleep.")
    told = Letter.objects.filter(kind="authorisation_denied").values_list("to_email", flat=True)
    assert sorted(told) == sorted([people.hal.email, people.sam.email, people.support.mailbox])
    assert Deadline.objects.get(duty="countersign_authorisation").state == "met"
    assert Entry.objects.filter(event="request.authorisation_denied").count() == 1


def test_denied_before_it_is_booked_it_waits_for_its_manager_again(people: Cast, now: datetime) -> None:
    """No authorisation stands; its clock runs on, due when it was; nobody is asked to book it any more."""
    request = a_word(people, now)
    met = Deadline.objects.get(duty="authorise_request")
    assert met.state == "met"
    police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    Letter.objects.filter(kind="police_forward").update(status="sent", sent_at=now)
    request = denied(request, people, now)
    assert Letter.objects.get(kind="police_called_off").context["how"] == "denied"
    assert request.status == Status.SUBMITTED
    assert not Authorisation.objects.exists()
    clock = Deadline.objects.get(duty="authorise_request")
    assert (clock.pk, clock.state, clock.due_at, clock.met_at) == (met.pk, "running", met.due_at, None)
    convene = Deadline.objects.get(duty="convene")
    assert (convene.state, convene.verb, convene.owner) == ("running", "Authorise", people.mo)
    waiting = Letter.objects.exclude(status="cancelled").values_list("kind", flat=True)
    assert {"request_to_book", "request_authorised"} & set(waiting) == set()
    services.authorise(request, by=people.ada, at=now)
    assert Authorisation.objects.get().by == people.ada
    assert Deadline.objects.get(duty="authorise_request").met_at == now


def test_whoever_must_authorise_instead_is_asked_again(people: Cast, now: datetime) -> None:
    """Ada said no such thing: the letter that had asked Mo was taken back, so he is asked anew."""
    request = a_word(people, now, manager=people.ada)
    asked = Letter.objects.filter(kind="request_submitted", to_email=people.mo.email)
    assert [one.status for one in asked] == ["cancelled"]
    countersign(request, was_given=False, reason="I said wait.", by=people.ada, at=now)
    assert sorted(one.status for one in asked.all()) == ["cancelled", "queued"]
    assert Deadline.objects.get(duty="authorise_request").owner == people.mo


def test_another_word_may_be_written_down_after_one_that_was_denied(people: Cast, now: datetime) -> None:
    request = denied(a_word(people, now), people, now)
    authorise_verbally(request, mos_word(people, now, manager=people.ada), by=people.sam, at=now)
    words = VerbalAuthorisation.objects.order_by("pk").values_list("manager__name", "was_given")
    assert list(words) == [("Mo Mensah", False), ("Ada Arden", None)]
    with pytest.raises(IntegrityError), transaction.atomic():
        VerbalAuthorisation.objects.create(
            request=request, manager=people.mo, by=people.sam, at=now, words="Yes"
        )


def test_denied_after_it_was_held_what_happened_stands_and_a_manager_decides(
    people: Cast, now: datetime
) -> None:
    """Ada said no such thing: the task is the team's manager's; no clock of the discussion moves."""
    request = held_on_a_word(people, now, manager=people.ada)
    kept = ("convene", "circulate_minutes", "icpc", "authorise_request")
    clocks = Deadline.objects.filter(duty__in=kept).order_by("pk")
    before = list(clocks.values_list("duty", "state", "due_at", "met_at"))
    countersign(request, was_given=False, reason="I said wait.", by=people.ada, at=now)
    request.refresh_from_db()
    held = Discussion.objects.get()
    assert (request.status, held.status, held.decisions.count()) == (Status.HELD, "ended", 2)
    assert not Authorisation.objects.exists()
    assert list(clocks.values_list("duty", "state", "due_at", "met_at")) == before
    clock = Deadline.objects.get(duty="decide_unauthorised")
    assert (clock.owner, clock.subject, clock.starts_at, clock.limit) == (
        people.mo,
        request.subject,
        now,
        "working_days(1)",
    )
    told = Letter.objects.filter(kind="authorisation_denied").values_list("to_email", flat=True)
    assert sorted(told) == sorted([people.hal.email, people.sam.email, people.mo.email])


def test_denied_by_the_teams_manager_another_decides(people: Cast, now: datetime) -> None:
    denied(held_on_a_word(people, now), people, now)
    owner = Deadline.objects.get(duty="decide_unauthorised").owner
    assert owner in (people.ada, people.asha)
    assert Case.objects.visible_to(owner).count() == 1


@pytest.mark.parametrize("authorises", [True, False])
def test_what_went_ahead_is_decided_on_once(people: Cast, now: datetime, authorises: bool) -> None:
    request = denied(held_on_a_word(people, now), people, now)
    for somebody in (people.sam, people.bea, people.hal, people.otto):
        with pytest.raises(NotAllowed):
            settle(request, authorises=authorises, note="So be it.", by=somebody, at=now)
    with pytest.raises(Refused) as refusal:
        settle(request, authorises=authorises, note=" ", by=people.ada, at=now)
    assert refusal.value.field == "note"
    word = settle(request, authorises=authorises, note="The child was safe.", by=people.ada, at=now)
    said = "Authorised afterwards" if authorises else "Not authorised"
    assert (word.settled_by, word.settled_how) == (people.ada, f"{said}: The child was safe.")
    assert [one.by for one in Authorisation.objects.all()] == ([people.ada] if authorises else [])
    assert Deadline.objects.get(duty="decide_unauthorised").met_at == now
    request.refresh_from_db()
    assert request.status == Status.HELD
    with pytest.raises(MoveNotAllowed):
        settle(request, authorises=True, note="Again.", by=people.ada, at=now)


def test_denied_while_it_is_booked_the_booking_stands_and_cancelled_it_waits_for_its_manager(
    people: Cast, now: datetime
) -> None:
    request = a_submitted_request(people, at=now - timedelta(hours=1))
    request = authorise_verbally(request, mos_word(people, now), by=people.sam, at=now)
    discussion = a_booked_discussion(people, at=now, request=request)
    request = denied(request, people, now)
    assert (request.status, Discussion.objects.get().status) == (Status.BOOKED, "planned")
    assert Deadline.objects.get(duty="decide_unauthorised").state == "running"
    assert Deadline.objects.get(duty="authorise_request").state == "met"
    request = cancel_booking(discussion, reason="Nobody authorised it.", by=people.bea, at=now)
    assert request.status == Status.SUBMITTED
    assert Deadline.objects.get(duty="decide_unauthorised").state == "void"
    assert Deadline.objects.get(duty="authorise_request").state == "running"


def test_only_the_manager_whose_word_it_is(people: Cast, now: datetime) -> None:
    request = a_word(people, now)
    for somebody in (people.sam, people.ada, people.hal, people.bea, people.stranger):
        with pytest.raises(NotAllowed):
            countersign(request, was_given=True, by=somebody, at=now)


def test_of_a_manager_who_has_left_another_who_might_have_authorised_signs(
    people: Cast, now: datetime
) -> None:
    request = a_word(people, now)
    people.mo.is_active = False
    people.mo.save()
    with pytest.raises(NotAllowed):
        countersign(request, was_given=True, by=people.sam, at=now)
    word = countersign(request, was_given=False, reason="Nobody knows.", by=people.ada, at=now)
    assert word.answered_by == people.ada


def test_nothing_to_countersign_where_the_button_was_pressed(people: Cast, now: datetime) -> None:
    request = services.authorise(a_submitted_request(people, at=now), by=people.mo, at=now)
    with pytest.raises(MoveNotAllowed):
        countersign(request, was_given=True, by=people.mo, at=now)
