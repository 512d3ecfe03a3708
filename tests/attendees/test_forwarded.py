"""What the police are told of a request: what stands when it is printed, and what no longer does (W19)."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from attendees.services import forwarded, printing
from attendees.views.access import Partner
from attendees.views.answering import family_of
from cases.models import Child, FamilyMember
from referrals.enums import CircumstanceKind
from referrals.rules import CircumstanceFacts
from strategy import pdf, services
from strategy.models import PoliceForward, StrategyRequest, Submission
from strategy.services import police
from strategy.sheet import LEFT_OUT
from tests.builders.booking import a_booked_discussion, invitation_of
from tests.builders.requests import an_authorised_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


RISK = CircumstanceKind.IMMEDIATE_RISK


@pytest.fixture
def people() -> Cast:
    return cast()


def rows(request: StrategyRequest) -> dict[str, dict[str, Any]]:
    """What the PDF prints, by section and question."""
    told = forwarded.told_now(request)
    sections = pdf.sections_of(told, forwarded.since_submitted(request, told))
    return {one["title"]: {row["key"]: row for row in one["rows"]} for one in sections}


def marked(request: StrategyRequest) -> list[tuple[str, str]]:
    """The questions that are marked as changed, with what stood there before."""
    return [
        (row["key"], row["was"]) for told in rows(request).values() for row in told.values() if row["changed"]
    ]


def test_it_says_who_authorised_what_is_booked_and_who_is_invited(people: Cast) -> None:
    request = an_authorised_request(people)
    stands = {key: row["value"] for key, row in rows(request)["How it stands"].items()}
    assert list(stands) == ["The request is", "Authorised by", "Booked", "Last changed"]
    assert (stands["Authorised by"].startswith("Mo Mensah"), stands["Booked"]) == (True, "Not yet")
    discussion = a_booked_discussion(people)
    stands = {key: row["value"] for key, row in rows(discussion.request)["How it stands"].items()}
    assert "Video link 1" in stands["Booked"]
    assert "Paul Pike" in stands["Invited"]
    assert marked(request) == []


def test_what_is_not_as_it_was_submitted_is_marked_and_nobody_s_nhs_number_is_in_it(people: Cast) -> None:
    request, now = an_authorised_request(people), timezone.now()
    child = request.children.all()[0]
    Child.objects.filter(pk=child.pk).update(school="Hill Academy", nhs_number="9434765919")
    told = CircumstanceFacts(kind=RISK)
    services.tell_circumstance(request.referral, told, by=people.sam, at=now)
    assert [key for key, _ in marked(request)] == [
        child.name,
        "Serious or immediate risk of harm, or immediate protection needed",
    ]
    assert dict(marked(request))[child.name] != ""
    assert "943 476 5919" not in str(rows(request))
    Submission.objects.update(snapshot={"sheet": [["Availability", [["Who else knows", "Aunt Bea"]]]]})
    assert rows(request)["Availability"]["Who else knows"] == {
        "key": "Who else knows", "value": "", "changed": True, "was": "Aunt Bea",
    }  # fmt: skip


def test_the_page_says_when_what_was_sent_no_longer_stands(
    people: Cast, client: Client, settings: Settings
) -> None:
    """A PDF and a notice alike; until it is sent again."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = True
    people.police.secure_domains = [people.police.mailbox.partition("@")[2]]
    people.police.save()
    request, now = an_authorised_request(people), timezone.now()
    client.force_login(people.bea)
    page = f"/requests/{request.pk}/forward/"
    police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    assert "no longer stands" not in client.get(page).content.decode()  # it waits for what stands then
    printing.print_waiting()
    assert "no longer stands" not in client.get(page).content.decode()
    told = CircumstanceFacts(kind=RISK)
    services.tell_circumstance(request.referral, told, by=people.sam, at=now)
    shown = client.get(page).content.decode()
    assert "no longer stands" in shown
    assert f"<li>Circumstances: {RISK.label}</li>" in shown
    settings.EMAIL_USE_TLS = False
    police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    assert "no longer stands" not in client.get(page).content.decode()
    StrategyRequest.objects.filter(pk=request.pk).update(is_urgent=not request.is_urgent)
    notice = PoliceForward.objects.select_related("request").latest("pk")
    assert forwarded.no_longer_stands([notice], police.letters_of([notice])) == {
        notice.pk: ["Whether it is urgent"]
    }


def test_the_discussion_s_page_asks_to_send_it_again(people: Cast, client: Client) -> None:
    discussion = a_booked_discussion(people)
    request, now = discussion.request, timezone.now()
    client.force_login(people.bea)
    police.forward_to_police(request, agency=people.police, by=people.bea, at=now)
    printing.print_waiting()
    page, words = f"/discussions/{discussion.pk}/", "The request has changed since it was sent to the police"
    assert words not in client.get(page).content.decode()
    at = timezone.now()
    services.tell_circumstance(request.referral, CircumstanceFacts(kind=RISK), by=people.sam, at=at)
    assert words in client.get(page).content.decode()


def test_an_address_that_is_confidential_now_is_not_printed_as_what_stood_there(people: Cast) -> None:
    """Nor shown to a partner: of a child who shares it with whoever keeps it."""
    discussion = a_booked_discussion(people)
    request, hetty = discussion.request, invitation_of(discussion, "Hetty Hall").professional
    child = request.children.all()[0]
    Child.objects.filter(case=request.case).update(address="4 Invented Row")
    Submission.objects.update(snapshot={"sheet": [["Children", [[child.name, "4 Invented Row\nBefore"]]]]})
    assert dict(marked(request))[child.name] == "4 Invented Row\nBefore"
    partner = Partner(hetty, discussion, None)
    assert family_of(partner).kept == frozenset()
    FamilyMember.objects.create(
        case=request.case, name="Carol Fenwick", relationship="Aunt", in_household=False,
        address="4 INVENTED ROW", address_confidential=True,
    )  # fmt: skip
    assert dict(marked(request))[child.name] == LEFT_OUT
    assert "4 Invented Row" not in str(rows(request))
    assert child.pk in family_of(partner).kept


def test_what_was_submitted_shows_no_address_that_is_confidential_now(people: Cast, client: Client) -> None:
    """To the manager who answers, and where it says what changed since an earlier submission."""
    wanted = an_authorised_request(people)
    child = wanted.children.all()[0]
    StrategyRequest.objects.filter(pk=wanted.pk).update(status="submitted")
    first = Submission.objects.get(request=wanted)
    sheet = dict(first.snapshot["sheet"])
    people_then = [
        [name, f"{told}\n7 Hidden Lane\nCH41 1AA" if name == child.name else told]
        for name, told in sheet["Children"]
    ]
    first.snapshot = {"sheet": [*({**sheet, "Children": people_then}).items()]}
    first.save()
    Submission.objects.create(request=wanted, by=people.sam, at=timezone.now(), snapshot=first.snapshot)
    client.force_login(people.mo)
    page = f"/requests/{wanted.pk}/authorise/"
    assert "7 Hidden Lane" in client.get(page).content.decode()
    Child.objects.filter(pk=child.pk).update(
        address="7 HIDDEN LANE", postcode="CH41 1AA", address_confidential=True
    )
    shown = client.get(page).content.decode()
    assert ("7 Hidden Lane" in shown, "Address confidential" in shown) == (False, True)
    StrategyRequest.objects.filter(pk=wanted.pk).update(status="returned")
    client.force_login(people.sam)
    assert "7 Hidden Lane" not in client.get(f"/requests/{wanted.pk}/check/").content.decode()
