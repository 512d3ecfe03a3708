"""Asking for somebody else, copying from the last request, and what whoever referred sees of it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from attendees.models import WantedProfessional
from attendees.services.copying import copy_from_last
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from cases.models import Case
from outbox.models import Letter
from referrals.models import Referral
from strategy import services
from strategy.enums import Section
from strategy.models import NoneNeeded, StrategyRequest
from strategy.standing import standing_of
from tests.builders.booking import a_booked_discussion
from tests.builders.requests import a_draft_request, a_referral, a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def page_of(user: User, address: str) -> str:
    """A page as somebody signed in sees it."""
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_for_whom_one_asks_may_see_and_write_and_never_authorise(people: Cast) -> None:
    """Olga of another team: let in, told, and kept from authorising; also somebody with that power."""
    request = a_draft_request(people)
    services.ask_on_behalf(request, on_behalf_of=people.otto, by=people.sam, at=NOW)
    assert Case.objects.visible_to(people.otto).filter(pk=request.case_id).exists()
    services.submit(request, professionals=[], by=people.sam, at=NOW)
    with pytest.raises(NotAllowed, match="somebody else must authorise"):
        services.authorise(request, by=people.otto, at=NOW)
    services.return_to_requester(request, reasons={"format": "Which room?"}, by=people.mo, at=NOW)
    told = Letter.objects.filter(kind="request_returned").values_list("to_email", flat=True)
    assert sorted(told) == sorted([people.sam.email, people.otto.email])
    assert "for <strong>Otto Oakes</strong>" in page_of(people.sam, f"/requests/{request.pk}/")


def test_one_asks_only_for_somebody_who_may_ask(people: Cast) -> None:
    """Not for business support, not for oneself."""
    request = a_draft_request(people, is_full=False)
    for who in (people.bea, people.sam):
        with pytest.raises(Refused):
            services.ask_on_behalf(request, on_behalf_of=who, by=people.sam, at=NOW)
    services.ask_on_behalf(request, on_behalf_of=people.olga, by=people.sam, at=NOW)
    services.ask_on_behalf(request, on_behalf_of=None, by=people.sam, at=NOW)
    request.refresh_from_db()
    assert request.on_behalf_of is None


def test_what_is_empty_is_copied_and_nothing_counts_as_answered(people: Cast) -> None:
    """Background, format and people; never why, what applies or whether the parents know."""
    last = a_submitted_request(people)
    values = {"previous_involvement": "A plan in 2021", "other_areas": "Eastport"}
    services.save_section(last, Section.WHAT_HAPPENED, values, by=people.sam, at=NOW)
    request = services.start_request(last.referral, by=people.sam, at=NOW)
    services.save_section(request, Section.WHAT_HAPPENED, {"other_areas": "Westport"}, by=people.sam, at=NOW)
    assert "Copy from the last request" in page_of(people.sam, f"/requests/{request.pk}/")
    assert "A plan in 2021" not in page_of(people.sam, f"/requests/{request.pk}/copy-last/")
    copy_from_last(request, by=people.sam, at=NOW)
    request.refresh_from_db()
    assert (request.previous_involvement, request.other_areas, request.format_wanted) == (
        "A plan in 2021", "Westport", "virtual"
    )  # fmt: skip
    assert (request.threshold_reason, request.parents_informed, request.finished_sections) == (
        "", "", ["what-happened"]
    )  # fmt: skip
    assert WantedProfessional.objects.filter(request=request).count() == 3


def test_without_an_earlier_request_nothing_is_copied(people: Cast) -> None:
    """The page says so; the service refuses."""
    request = a_draft_request(people, is_full=False)
    with pytest.raises(MoveNotAllowed):
        copy_from_last(request, by=people.sam, at=NOW)
    assert "There is no earlier request" in page_of(people.sam, f"/requests/{request.pk}/copy-last/")


def titles(request: StrategyRequest) -> list[tuple[str, bool]]:
    """Each step and whether it is done."""
    return [(one.title, one.is_done) for one in standing_of(request.referral)]


def test_whoever_referred_sees_each_step(people: Cast) -> None:
    """Received, asked; the rest not yet."""
    draft = a_draft_request(people)
    nothing = [("Received", True), ("Discussion asked for", False), ("Booked", False), ("Held", False)]
    assert titles(draft) == nothing
    asked = [("Received", True), ("Discussion asked for", True), ("Booked", False), ("Held", False)]
    assert titles(an_authorised_request(people)) == asked
    discussion = a_booked_discussion(people)
    assert titles(discussion.request) == [*asked[:2], ("Booked", True), ("Held", False)]
    discussion.ended_at, discussion.ended_by = NOW, people.mo
    discussion.started_at, discussion.started_by = NOW, people.mo
    discussion.save()
    assert titles(discussion.request) == [*asked[:2], ("Booked", True), ("Held", True)]


def test_whoever_referred_sees_that_it_is_not_convened_and_why(people: Cast) -> None:
    """What the manager wrote for them, with name and number, and never the rationale itself."""
    request = a_submitted_request(people)
    services.decide_not_needed(
        request,
        rationale="Uncle is in custody",
        for_referrer="We offer early help instead",
        by=people.mo,
        at=NOW,
    )
    step = standing_of(request.referral)[-1]
    assert (step.title, step.said, step.who, step.phone) == (
        "Not convened", "We offer early help instead", people.mo.name, people.mo.phone
    )  # fmt: skip
    letter = Letter.objects.get(kind="not_needed_referrer")
    assert (letter.context["by"], letter.context["link"].endswith("/")) == (people.mo.name, True)


def test_so_too_where_nobody_asked_any_more(people: Cast) -> None:
    """Withdrawn, then answered by the manager; a discussion asked for after that is a way of its own."""
    request = a_submitted_request(people)
    services.withdraw(request, reason="Sent by mistake", by=people.sam, at=NOW)
    referral = request.referral
    assert [one.title for one in standing_of(referral)][1:] == ["Discussion asked for", "Booked", "Held"]
    services.decide_none_needed(
        referral, rationale="Uncle is in custody", for_referrer=" We visit instead ", by=people.mo, at=NOW
    )
    step = standing_of(referral)[-1]
    assert (len(standing_of(referral)), step.title, step.at, step.said, step.who, step.phone) == (
        2, "Not convened", NOW, "We visit instead", people.mo.name, people.mo.phone
    )  # fmt: skip
    services.start_request(referral, by=people.sam, at=NOW)
    assert [one.title for one in standing_of(referral)][1:] == ["Discussion asked for", "Booked", "Held"]


def test_what_was_answered_before_answers_were_kept_says_so(people: Cast) -> None:
    """Only the clock knows."""
    referral = a_referral(people)
    services.decide_none_needed(referral, rationale="None", by=people.mo, at=NOW)
    NoneNeeded.objects.all().delete()
    step = standing_of(referral)[-1]
    assert (step.title, step.at, step.said) == (
        "Not convened", NOW, "A manager decided that no discussion is needed."
    )  # fmt: skip


REACHED: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "own": ({}, "dan.dale@elm-street.example", "Dan Dale, who referred, is told now by e-mail."),
    "agency": ({"referrer_email": ""}, "office@elm-street.example", "told now at its mailbox."),
    "closed down": (
        {"referrer_email": "dan@elm.gsi.gov.uk", "agency": None},
        "",
        "No e-mail address reaches Dan Dale, who referred: business support hands the letter over.",
    ),
    "no address": ({"referrer_email": "", "agency": None}, "", "business support hands the letter over."),
    "nobody": ({"referrer_email": "", "agency": None, "referrer_name": ""}, None, "Nobody is recorded as"),
}


@pytest.mark.parametrize("how", REACHED)
def test_whoever_referred_is_told_as_the_page_says(people: Cast, how: str) -> None:
    """At their address, their agency's mailbox, by hand; no address keeps the manager from deciding."""
    stored, address, says = REACHED[how]
    request = a_submitted_request(people)
    values: dict[str, Any] = {"referrer_agency": people.school if stored.get("agency", 1) else None, **stored}
    values.pop("agency", None)
    Referral.objects.filter(pk=request.referral_id).update(**values)
    page = f"/requests/{request.pk}/not-needed/"
    assert says in page_of(people.mo, page)
    client = Client()
    client.force_login(people.mo)
    said = {"rationale": "Seen today", "for_referrer": "We offer early help"}
    assert client.post(page, said).status_code == 302
    letters = list(Letter.objects.filter(kind="not_needed_referrer").values_list("to_email", "status"))
    by_hand = "queued" if address else "needs_person"
    assert letters == ([] if address is None else [(address, by_hand)])
    assert ("We offer early help" in page_of(people.sam, f"/requests/{request.pk}/")) == (how != "nobody")
