"""Asking for a discussion: starting, filling, submitting, withdrawing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from attendees.services.wanted import submit_request, want_professionals
from audit.errors import MoveNotAllowed, NotAllowed, Refused, StaleVersion
from audit.models import Entry
from cases.models import Access, Case
from deadlines.models import Deadline
from outbox.models import Letter
from strategy import services
from strategy.enums import Section, Status
from strategy.models import StrategyRequest, Submission
from strategy.sheet import sheet_in
from tests.builders.requests import (
    a_draft_request,
    a_referral,
    a_submitted_request,
    an_authorised_request,
    professionals_of,
)
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


def test_a_draft_has_its_children_its_number_and_a_clock(people: Cast) -> None:
    """What is known is filled in; the requester has the turn."""
    request = services.start_request(a_referral(people), by=people.sam, at=NOW)
    clock = convene(request)
    assert (request.status, request.children.count(), request.direct_number) == ("draft", 2, people.sam.phone)
    assert (clock.owner, clock.verb, clock.limit) == (people.sam, "Finish the request", "hours(24)")
    assert Entry.objects.filter(event="request.started", subject=request.subject).count() == 1


def test_without_a_local_procedure_nobody_can_ask(people: Cast) -> None:
    """The sentence says who can help."""
    referral = a_referral(people)
    early = NOW - timedelta(days=900)
    with pytest.raises(Refused, match="Ask your administrator to publish one"):
        services.start_request(referral, by=people.sam, at=early)


@pytest.mark.parametrize("name", ["olga", "bea", "hal", "ira", "adi", "paul", "stranger"])
def test_who_cannot_ask(people: Cast, name: str) -> None:
    """No access, or no power; nothing is left behind."""
    referral = a_referral(people)
    with pytest.raises(NotAllowed):
        services.start_request(referral, by=people.everyone[name], at=NOW)
    assert StrategyRequest.objects.count() == 0


def test_a_section_is_saved_with_its_own_fields_only(people: Cast) -> None:
    """Status and other sections are not to be smuggled in."""
    request = a_draft_request(people, is_full=False)
    saved = services.save_section(
        request,
        Section.AVAILABILITY,
        {"availability": "From 2pm", "status": "authorised", "threshold_reason": "smuggled"},
        by=people.sam,
        at=NOW,
    )
    assert (saved.availability, saved.status, saved.threshold_reason) == ("From 2pm", "draft", "")
    assert (saved.finished_sections, saved.version) == (["availability"], request.version + 1)


def test_a_stale_section_is_refused(people: Cast) -> None:
    """Two people in one section: the second is told, and the first one's text stands."""
    request = a_draft_request(people, is_full=False)
    seen = services.Seen(0)
    services.save_section(
        request, Section.AVAILABILITY, {"availability": "One"}, seen=seen, by=people.sam, at=NOW
    )
    with pytest.raises(StaleVersion):
        services.save_section(
            request, Section.AVAILABILITY, {"availability": "Two"}, seen=seen, by=people.ada, at=NOW
        )
    request.refresh_from_db()
    assert request.availability == "One"


def test_a_format_that_the_procedure_blocks_is_refused_at_its_field(people: Cast) -> None:
    """With the clause, and nothing is saved."""
    request = a_draft_request(people, is_full=False)
    with pytest.raises(Refused) as refusal:
        services.save_section(
            request, Section.FORMAT, {"format_wanted": "series_of_calls"}, by=people.sam, at=NOW
        )
    request.refresh_from_db()
    assert (refusal.value.field, request.format_wanted) == ("format_wanted", "")
    assert "2.2" in refusal.value.sentence


def test_children_of_another_case_are_refused(people: Cast) -> None:
    """Another case's id does not slip in."""
    request, other = a_draft_request(people), a_draft_request(people)
    with pytest.raises(Refused, match="Choose children of this case"):
        services.save_section(
            request, Section.CHILDREN, {"children": list(other.children.all())}, by=people.sam, at=NOW
        )


def test_submitting(people: Cast) -> None:
    """The manager is told, the team may see the case, the turn is the manager's, the sheet is kept."""
    request = a_submitted_request(people, at=NOW)
    clock = convene(request)
    assert (request.status, request.submitted_at) == (Status.SUBMITTED, NOW)
    assert (clock.owner, clock.verb) == (people.mo, "Authorise")
    inner = Deadline.objects.get(subject=request.subject, duty="authorise_request")
    assert (inner.owner, inner.due_at, inner.state) == (people.mo, NOW + timedelta(minutes=30), "running")
    letter = Letter.objects.get(kind="request_submitted")
    assert (letter.to_email, letter.case_ref) == (people.mo.email, request.case.reference)
    sheet = sheet_in(Submission.objects.get().snapshot)
    assert list(sheet) == ["About this request", *(str(section.label) for section in Section)]
    assert Access.objects.filter(user=people.mo, purpose="manages").count() == 1
    assert Entry.objects.filter(event="request.submitted", subject=request.subject).count() == 1


def test_an_unfinished_request_is_not_submitted(people: Cast) -> None:
    """The first thing missing is said; nothing moved."""
    request = a_draft_request(people, is_full=False)
    with pytest.raises(Refused, match="Finish the section"):
        submit_request(request, by=people.sam, at=NOW)
    request.refresh_from_db()
    assert (request.status, Submission.objects.count(), Letter.objects.count()) == ("draft", 0, 1)


def test_a_request_is_submitted_once(people: Cast) -> None:
    """The second click is told that it has moved on."""
    request = a_submitted_request(people)
    with pytest.raises(MoveNotAllowed, match="“waiting to be authorised” already"):
        submit_request(request, by=people.sam, at=NOW)
    assert (Submission.objects.count(), Letter.objects.filter(kind="request_submitted").count()) == (1, 1)


def test_warnings_do_not_hold_a_request_up(people: Cast) -> None:
    """A "should" of the guidance (W18): no professional named yet."""
    request = a_submitted_request(people, professionals=[])
    assert request.status == Status.SUBMITTED


def test_a_submitted_section_is_closed(people: Cast) -> None:
    """What the manager answers to; who comes and when may follow until it is booked."""
    request = a_submitted_request(people)
    for section, values in (("format", {"format_wanted": "virtual"}), ("children", {"children": []})):
        with pytest.raises(MoveNotAllowed):
            services.save_section(request, section, values, by=people.sam, at=NOW)
    want_professionals(request, [], by=people.sam, at=NOW)
    StrategyRequest.objects.filter(pk=request.pk).update(status="booked")
    with pytest.raises(MoveNotAllowed):
        services.save_section(request, Section.AVAILABILITY, {"availability": "Later"}, by=people.sam, at=NOW)
    with pytest.raises(MoveNotAllowed):
        want_professionals(request, [], by=people.sam, at=NOW)


def test_submitting_again_shows_what_changed(people: Cast) -> None:
    """And the first submission's moment never moves."""
    request = a_submitted_request(people, at=NOW)
    back = services.return_to_requester(
        request, reasons={"availability": "When exactly?"}, by=people.mo, at=NOW
    )
    services.save_section(back, Section.AVAILABILITY, {"availability": "2:15pm"}, by=people.sam, at=NOW)
    again = submit_request(back, by=people.sam, at=NOW + timedelta(minutes=9))
    told = [(one.section, one.question, one.before, one.after) for one in services.changes_since_last(again)]
    assert told == [("Availability", "When people can meet", "Any time today from 2pm", "2:15pm")]
    assert (again.submitted_at, convene(again).verb) == (NOW, "Authorise")


def test_withdrawing_leaves_the_deadline_running(people: Cast) -> None:
    """Silence never voids it: the manager decides whether one is needed."""
    request = services.withdraw(
        a_submitted_request(people), reason="Another team asked", by=people.sam, at=NOW
    )
    clock = convene(request)
    assert (request.status, clock.state, clock.owner) == (Status.WITHDRAWN, "running", people.mo)
    assert clock.verb == "Decide whether a discussion is needed"
    assert Deadline.objects.get(duty="authorise_request").state == "void"
    assert Letter.objects.get(kind="request_submitted").status == "cancelled"
    assert Letter.objects.get(kind="request_withdrawn").to_email == people.mo.email


def test_a_colleague_does_not_withdraw_another_s_request(people: Cast) -> None:
    """Who asked may, and the manager; nobody else."""
    request = a_submitted_request(people)
    with pytest.raises(NotAllowed, match="Only Sam Shah may withdraw"):
        services.withdraw(request, reason="No", by=people.asha, at=NOW)
    assert services.withdraw(request, reason="No", by=people.mo, at=NOW).status == Status.WITHDRAWN


def test_withdrawing_needs_a_reason_and_a_request_that_can_be_withdrawn(people: Cast) -> None:
    """Refused at the field; an ended one has moved on."""
    request = a_submitted_request(people)
    with pytest.raises(Refused) as refusal:
        services.withdraw(request, reason=" ", by=people.sam, at=NOW)
    assert refusal.value.field == "reason"
    services.withdraw(request, reason="No", by=people.sam, at=NOW)
    with pytest.raises(MoveNotAllowed):
        services.withdraw(request, reason="No", by=people.sam, at=NOW)


def test_professionals_are_named_once_and_added_to_the_directory(people: Cast) -> None:
    """The same person twice is one; the referrer is recognised; who is left out goes."""
    request = a_draft_request(people)
    chosen = professionals_of(people)
    want_professionals(request, [*chosen, chosen[0]], by=people.sam, at=NOW)
    assert [(row.professional.name, row.is_referrer) for row in request.wanted.order_by("pk")] == [
        ("Paul Pike", False),
        ("Hetty Hall", False),
        ("Dan Dale", True),
    ]
    want_professionals(request, chosen[:1], by=people.sam, at=NOW)
    assert [row.professional.name for row in request.wanted.all()] == ["Paul Pike"]


def test_a_procedure_without_authorisers_sends_it_straight_to_be_booked(people: Cast) -> None:
    """X10: no step where the authority has none."""
    request = a_submitted_request(people, protocol="birmingham")
    roles = request.protocol.rules.request_authoriser_roles.value
    assert (request.status == Status.AUTHORISED) == (roles == ())


def test_business_support_sees_a_case_only_once_it_is_authorised(people: Cast) -> None:
    """Need to know: not a draft, not a submitted request."""
    request = a_submitted_request(people)
    assert not Case.objects.visible_to(people.bea).filter(pk=request.case_id).exists()
    request = an_authorised_request(people)
    assert Case.objects.visible_to(people.bea).filter(pk=request.case_id).exists()
