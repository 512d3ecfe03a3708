"""The manager's answer: authorise, return, or decide that none is needed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import ActingFor
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from cases.enums import AccessPurpose
from cases.services import grant
from deadlines.models import Deadline
from outbox.models import Letter
from strategy import services
from strategy.enums import Status
from strategy.models import Authorisation, StrategyRequest
from tests.builders.requests import a_draft_request, a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def convene(request: StrategyRequest) -> Deadline:
    """The clock of the discussion."""
    return Deadline.objects.get(subject=f"referral:{request.referral_id}", duty="convene")


def test_authorising(people: Cast) -> None:
    """Business support has the turn and the case; it and the requester are told."""
    request = services.authorise(a_submitted_request(people), note="Room 1, please", by=people.mo, at=NOW)
    clock = convene(request)
    row = Authorisation.objects.get()
    assert (request.status, row.by, row.acting_for, row.note) == (
        Status.AUTHORISED,
        people.mo,
        None,
        "Room 1, please",
    )
    assert (clock.owner, clock.owner_team, clock.verb) == (None, people.support, "Book")
    assert Deadline.objects.get(duty="authorise_request").state == "met"
    sent = Letter.objects.exclude(kind__in=["request_submitted", "protection_to_decide"]).order_by("kind")
    assert [(one.kind, one.to_email) for one in sent] == [
        ("referral_followed", request.referral.referrer_email),
        ("request_authorised", people.sam.email),
        ("request_to_book", people.support.mailbox),
    ]
    assert Entry.objects.filter(event="request.authorised", subject=request.subject).count() == 1


AUTHORISE = {"mo", "ada"}


def test_who_may_authorise_in_wirral(people: Cast) -> None:
    """W17: team manager or advanced practitioner with access; everybody else is refused, with a reason."""
    may = set()
    for name, user in people.everyone.items():
        request = a_submitted_request(people)
        try:
            with transaction.atomic():
                services.authorise(request, by=user, at=NOW)
            may.add(name)
        except NotAllowed as refusal:
            assert refusal.sentence
    assert may == AUTHORISE


def test_the_refusal_names_the_rule(people: Cast) -> None:
    """The clause of the authority's own procedure."""
    request = a_submitted_request(people)
    with pytest.raises(
        NotAllowed, match=r"Only a team manager or an advanced social work practitioner .*2\.4"
    ):
        services.authorise(request, by=people.asha, at=NOW)


def test_nobody_authorises_their_own_request(people: Cast) -> None:
    """P11."""
    request = a_submitted_request(people, by=people.ada)
    with pytest.raises(NotAllowed, match="You asked for this discussion"):
        services.authorise(request, by=people.ada, at=NOW)


def test_nor_by_acting_for_the_manager(people: Cast) -> None:
    """The requester borrows a manager's power: still their own request."""
    request = a_submitted_request(people)
    acting(people, deputy=people.sam, absent=people.mo)
    with pytest.raises(NotAllowed, match="You asked for this discussion"):
        services.authorise(request, by=people.sam, at=NOW)


def test_nor_by_acting_for_whoever_asked(people: Cast) -> None:
    """The manager asked; a deputy who has only that manager's power may not answer."""
    request = a_submitted_request(people, by=people.mo)
    grant(request.case, user=people.asha, purpose=AccessPurpose.MANAGES, why="Covers", by=people.mo, at=NOW)
    acting(people, deputy=people.asha, absent=people.mo)
    with pytest.raises(NotAllowed, match="You act for whoever asked for it"):
        services.authorise(request, by=people.asha, at=NOW)


def test_a_deputy_authorises_with_the_manager_s_power_and_it_is_kept(people: Cast) -> None:
    """Asha is no authoriser in Wirral; acting for Mo she is."""
    request = a_submitted_request(people)
    acting(people, deputy=people.asha, absent=people.mo)
    services.authorise(request, by=people.asha, at=NOW)
    row = Authorisation.objects.get()
    entry = Entry.objects.get(event="request.authorised")
    assert (row.by, row.acting_for) == (people.asha, people.mo)
    assert entry.data == {"acting_for": f"user:{people.mo.pk}"}


def test_the_database_itself_refuses_one_s_own(people: Cast) -> None:
    """Whatever the code says."""
    request = a_submitted_request(people)
    with pytest.raises(IntegrityError, match="authorised_by_somebody_else"), transaction.atomic():
        Authorisation.objects.create(request=request, requester=people.sam, by=people.sam, at=NOW)


@pytest.mark.parametrize("state", ["draft", "authorised", "returned", "withdrawn"])
def test_only_what_waits_is_authorised(people: Cast, state: str) -> None:
    """Everything else has moved on; no second letter goes out."""
    made = {
        "draft": lambda: a_draft_request(people),
        "authorised": lambda: an_authorised_request(people),
        "returned": lambda: services.return_to_requester(
            a_submitted_request(people), reasons={"format": "Why?"}, by=people.mo, at=NOW
        ),
        "withdrawn": lambda: services.withdraw(
            a_submitted_request(people), reason="No", by=people.sam, at=NOW
        ),
    }[state]()
    letters = Letter.objects.count()
    with pytest.raises(MoveNotAllowed):
        services.authorise(made, by=people.mo, at=NOW)
    assert Letter.objects.count() == letters


def test_returning(people: Cast) -> None:
    """The sections named are open again, the requester is told, and no clock stops."""
    due = convene(request := a_submitted_request(people)).due_at
    back = services.return_to_requester(
        request, reasons={"format": "Why by video?", "children": "  "}, by=people.mo, at=NOW
    )
    clock = convene(back)
    assert (back.status, "format" in back.finished_sections, "children" in back.finished_sections) == (
        Status.RETURNED,
        False,
        True,
    )
    assert (clock.due_at, clock.owner, clock.verb) == (due, people.sam, "Put right and submit again")
    assert back.returns.get().reasons == {"format": "Why by video?"}
    assert Letter.objects.get(kind="request_returned").to_email == people.sam.email


@pytest.mark.parametrize("reasons", [{}, {"format": " "}, {"status": "authorised"}])
def test_returning_needs_a_reason_in_a_section(people: Cast, reasons: dict[str, str]) -> None:
    """Of those that there are."""
    with pytest.raises(Refused, match="at least one section"):
        services.return_to_requester(a_submitted_request(people), reasons=reasons, by=people.mo, at=NOW)


def test_not_needed_voids_the_deadline_and_tells_requester_and_referrer(people: Cast) -> None:
    """The only thing that does; the referrer's letter has no link and no child."""
    request = services.decide_not_needed(
        a_submitted_request(people),
        rationale="Seen today; bruises explained by the hospital.",
        by=people.mo,
        at=NOW,
    )
    clock = convene(request)
    assert (request.status, clock.state) == (Status.NOT_NEEDED, "void")
    assert clock.void_reason == "No discussion is needed: Seen today; bruises explained by the hospital."
    told = {one.kind: one.to_email for one in Letter.objects.filter(kind__startswith="not_needed")}
    assert told == {"not_needed": people.sam.email, "not_needed_referrer": "dan.dale@elm-street.example"}
    body = render_to_string(
        "letters/not_needed_referrer/body.txt", Letter.objects.get(kind="not_needed_referrer").context
    )
    assert "/requests/" not in body
    with pytest.raises(Refused, match="Enter why no discussion is needed"):
        services.decide_not_needed(a_submitted_request(people), rationale=" ", by=people.mo, at=NOW)


def test_not_needed_is_no_social_worker_s_to_decide(people: Cast) -> None:
    """Nor one's own."""
    for who in (people.sam, people.asha, people.olga):
        with pytest.raises(NotAllowed):
            services.decide_not_needed(a_submitted_request(people), rationale="No", by=who, at=NOW)


def acting(people: Cast, *, deputy: object, absent: object) -> None:
    """A deputy for today."""
    ActingFor.objects.create(
        deputy=deputy,
        absent=absent,
        starts_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(days=1),
        reason="Leave",
    )
