"""Forwarding to the police with proof, and the requester's call (rows W17, W19, W21)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from attendees.services import printing
from audit.errors import MoveNotAllowed, NotAllowed, Refused
from audit.models import Entry
from outbox.models import Letter
from outbox.rendering import message, render
from outbox.services.holding import NOT_YET
from strategy.models import PoliceForward, ReceiptCall, StrategyRequest
from strategy.services import decide_not_needed, police, withdraw
from tests.builders.requests import a_submitted_request, an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def parsed(letter: Letter) -> str:
    """The letter as it leaves."""
    render(letter, [], timezone.now())
    return message(letter).decode()


def test_the_letter_is_the_proof(people: Cast) -> None:
    request = an_authorised_request(people)
    now = timezone.now()
    forward = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    letter = police.proof_of(forward)
    assert letter is not None
    assert (letter.kind, letter.to_email, letter.status, letter.urgency) == (
        "police_forward", people.police.mailbox, "queued", 0,
    )  # fmt: skip
    assert (forward.mailbox, letter.reply_to) == (people.police.mailbox, people.support.mailbox)
    assert letter.context["reference"] == request.case.reference
    assert letter.context["requester_number"] == people.sam.phone
    assert letter.context["same_day"] is True
    assert (
        Entry.objects.filter(event="request.forwarded", subject=f"strategyrequest:{request.pk}").count() == 1
    )


def test_only_what_is_authorised_is_forwarded_and_only_by_business_support(people: Cast) -> None:
    now = timezone.now()
    waiting = a_submitted_request(people)
    with pytest.raises((NotAllowed, MoveNotAllowed)):
        police.forward_to_police(waiting, agency=people.police, by=people.eve, at=now)
    request = an_authorised_request(people)
    for person in (people.sam, people.mo, people.stranger):
        with pytest.raises(NotAllowed):
            police.forward_to_police(request, agency=people.police, by=person, at=now)
    with pytest.raises(Refused) as refused:
        police.forward_to_police(request, agency=people.health, by=people.bea, at=now)
    assert refused.value.field == "agency"
    people.police.mailbox = ""
    people.police.save()
    with pytest.raises(Refused, match="mailbox"):
        police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    assert (PoliceForward.objects.count(), Letter.objects.filter(kind="police_forward").count()) == (0, 0)


def test_the_police_answer_with_a_reference_or_a_name(people: Cast) -> None:
    request = an_authorised_request(people)
    now = timezone.now()
    forward = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    with pytest.raises(Refused):
        police.record_police_reference(forward, reference=" ", officer="", by=people.bea, at=now)
    found = police.record_police_reference(
        forward, reference="NP-2026-77", officer="DS Pike", by=people.bea, at=now
    )
    assert (found.police_reference, found.named_officer) == ("NP-2026-77", "DS Pike")


def test_the_requesters_call_is_logged_with_its_own_time(people: Cast) -> None:
    request = an_authorised_request(people)
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        police.record_receipt_call(request, caller="", availability="", by=people.bea, at=now)
    assert refused.value.field == "caller"
    with pytest.raises(Refused) as refused:
        police.record_receipt_call(
            request, caller="Sam Shah", availability="", by=people.bea, at=now - timedelta(days=1)
        )
    assert refused.value.field == "at"
    call = police.record_receipt_call(
        request, caller="Sam Shah", availability="From 2pm", by=people.bea, at=now
    )
    assert (call.at, call.by, ReceiptCall.objects.count()) == (now, people.bea, 1)


def test_by_the_pages(client: Client, people: Cast) -> None:
    request = an_authorised_request(people)
    client.force_login(people.bea)
    one = f"/requests/{request.pk}/"
    assert client.post(f"{one}forward/", {"agency": people.police.pk}).url == f"{one}forward/"  # type: ignore[attr-defined]
    page = client.get(f"{one}forward/").content.decode()
    assert people.police.mailbox in page
    assert "Not yet sent" in page
    forward = PoliceForward.objects.get()
    assert client.post(f"{one}forward/{forward.pk}/", {}).status_code == 422
    assert client.post(f"{one}forward/{forward.pk}/", {"officer": "DS Pike"}).status_code == 302
    other = an_authorised_request(people)
    assert client.get(f"/requests/{other.pk}/forward/{forward.pk}/").status_code == 404
    later = timezone.localtime(timezone.now() + timedelta(hours=2))
    data = {
        "caller": "Sam Shah",
        "at_day": later.day,
        "at_month": later.month,
        "at_year": later.year,
        "at_time": f"{later:%H:%M}",
    }
    answer = client.post(f"{one}receipt-call/", data)
    assert answer.status_code == 422
    assert "must be in the past" in answer.content.decode()
    now = timezone.localtime()
    data |= {"at_day": now.day, "at_month": now.month, "at_year": now.year, "at_time": f"{now:%H:%M}"}
    assert client.post(f"{one}receipt-call/", data).url == f"{one}book/"  # type: ignore[attr-defined]
    assert (
        "Sam Shah by telephone" not in client.get(f"{one}book/").content.decode()
    )  # no availability was told


def secured(people: Cast, settings: Settings) -> None:
    """Our mail server enforces encryption, and the unit's domain is on its list."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = True
    people.police.secure_domains = ["northshire-police.example"]
    people.police.save()


def test_the_request_goes_as_a_pdf_where_that_is_safe(people: Cast, settings: Settings) -> None:
    request, now = an_authorised_request(people), timezone.now()
    notice = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    assert (notice.way, "not on the list of secure domains" in notice.why) == ("notice", True)
    secured(people, settings)
    forward = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    letter = police.proof_of(forward)
    assert letter is not None
    assert (forward.way, letter.context["attached"], letter.next_try_at) == ("attached", True, NOT_YET)
    assert (printing.print_waiting(), printing.print_waiting()) == (1, 0)
    forward.refresh_from_db()
    letter.refresh_from_db()
    enclosed = letter.enclosed.get()
    assert (enclosed.filename, enclosed.content_type) == (
        f"Strategy request {request.case.reference}.pdf",
        "application/pdf",
    )
    content = bytes(enclosed.enclosure.content)
    assert (content[:5], forward.enclosure, letter.next_try_at < NOT_YET) == (
        b"%PDF-",
        enclosed.enclosure,
        True,
    )
    child = request.children.all()[0]
    assert child.family_name not in enclosed.filename
    assert child.family_name not in str(letter.context)
    settings.EMAIL_USE_TLS = False
    assert police.way_to(people.police)[0] == "notice"


def test_without_a_pdf_the_letter_goes_as_a_notice(people: Cast, settings: Settings) -> None:
    request, now = an_authorised_request(people), timezone.now()
    secured(people, settings)
    forward = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    request.submissions.all().delete()  # nothing is kept that could be printed
    assert printing.print_waiting() == 0
    forward.refresh_from_db()
    letter = police.proof_of(forward)
    assert letter is not None
    assert (forward.way, forward.failed_why) == ("notice", "ValueError: the request was never submitted")
    assert (letter.context["attached"], letter.enclosed.count(), letter.next_try_at < NOT_YET) == (
        False,
        0,
        True,
    )


def test_a_request_that_is_withdrawn_is_called_off_at_each_mailbox_that_had_it(people: Cast) -> None:
    """Without naming a child, with the number to ring; and what has not left is only taken back."""
    request, now = an_authorised_request(people), timezone.now()
    for _ in range(2):
        forward = police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    police.record_police_reference(forward, reference="NP/77", officer="", by=people.bea, at=now)
    Letter.objects.filter(kind="police_forward").update(status="sent", sent_at=now)
    withdraw(request, reason="The uncle of Ruby has told us more", by=people.sam, at=now)
    letter = Letter.objects.get(kind="police_called_off")
    assert (letter.to_email, letter.to_name, letter.urgency, letter.subject_ref) == (
        people.police.mailbox, people.police.name, 0, forward.subject,
    )  # fmt: skip
    told = parsed(letter)
    assert ("was withdrawn" in told, "NP/77" in told, people.sam.phone in told, "uncle" in told) == (
        True, True, True, False,
    )  # fmt: skip
    assert letter.status == "queued"


def test_what_has_not_reached_the_police_is_taken_back_and_nothing_told(people: Cast, client: Client) -> None:
    request, now = an_authorised_request(people), timezone.now()
    police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    withdraw(request, reason="Asked twice", by=people.sam, at=now)
    assert [(one.kind, one.status) for one in Letter.objects.filter(subject_ref__startswith="policef")] == [
        ("police_forward", "cancelled")
    ]
    Letter.objects.filter(kind="police_forward").update(status="sent", sent_at=now)
    StrategyRequest.objects.filter(pk=request.pk).update(status="returned")
    decide_not_needed(request, rationale="All is explained", by=people.mo, at=now)
    assert "needed" in parsed(Letter.objects.get(kind="police_called_off"))
    client.force_login(people.bea)
    page = client.get(f"/requests/{request.pk}/forward/").content.decode()
    assert page.count("Told that it is called off") == 1
    assert "it is not sent to the police now" in page and "Send to the police" not in page
