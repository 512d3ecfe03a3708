"""Who referred: corrected on a page of its own, and an address in a row of the people wanted."""

import pytest
from django.test import Client
from django.urls import reverse

from attendees.models import WantedProfessional
from escalations.people import referrals_by
from strategy.models import StrategyRequest
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    """The cast."""
    return cast()


def browser(user: object) -> Client:
    """A browser in which somebody has signed in."""
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def typed(request: StrategyRequest, **more: object) -> dict[str, object]:
    """The form as it is recorded, corrected."""
    told = request.referral
    return {
        "narrative": told.narrative,
        "source": told.source,
        "referrer_name": told.referrer_name,
        "referrer_role": told.referrer_role,
        "referrer_email": told.referrer_email,
        "reason": "It was the health visitor",
        **more,
    }


def test_the_referrer_is_corrected_and_only_they_follow_it(people: Cast) -> None:
    """Hetty, who is named in the request, referred; Dan was taken for her, and sees it no more."""
    request = a_submitted_request(people)
    address = reverse("attendees:correct_referral", args=[request.referral_id])
    sam = browser(people.sam)
    assert "What stood here before" not in sam.get(address).content.decode()
    bad = sam.post(address, typed(request, referrer_email="hetty@health.gsi.gov.uk", reason=""))
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"referrer_email", "reason"})
    done = sam.post(
        address,
        typed(
            request,
            narrative="Ruby told her health visitor.",
            referrer_name="Hetty Hall",
            referrer_agency=people.health.pk,
            referrer_email="hetty.hall@northshire-health.example",
        ),
    )
    assert done["Location"] == reverse("worklist:case", args=[request.case.reference])
    shown = sam.get(address).content.decode()
    for before in (
        "What stood here before",
        "Dan Dale",
        "dan.dale@elm-street.example",
        "Ruby told her teacher",
    ):
        assert before in shown
    named = WantedProfessional.objects.filter(request=request).order_by("pk")
    assert [(one.professional.name, one.is_referrer) for one in named] == [
        ("Paul Pike", False), ("Hetty Hall", True), ("Dan Dale", False)
    ]  # fmt: skip
    assert [list(referrals_by(one.professional)) for one in named] == [[], [request.referral], []]
    # Who authorises reads what is corrected beside what was submitted; who may not see the case, nothing.
    authorise = browser(people.mo).get(reverse("attendees:authorise", args=[request.pk]))
    assert [one.question for one in authorise.context["added"]] == ["From", "In the referrer’s words"]
    assert [browser(one).get(address).status_code for one in (people.bea, people.olga)] == [404, 404]
    assert browser(people.hal).get(address).status_code == 403


@pytest.mark.parametrize("name", ["strategy:request", "strategy:what_happened"])
def test_the_page_is_found_where_the_referral_is_shown(people: Cast, name: str) -> None:
    request = a_draft_request(people)
    address = reverse("attendees:correct_referral", args=[request.referral_id])
    case = reverse("worklist:case", args=[request.case.reference])
    assert address in browser(people.sam).get(reverse(name, args=[request.pk])).content.decode()
    assert address in browser(people.sam).get(case).content.decode()


def test_an_address_that_was_closed_down_is_said_in_its_row(people: Cast) -> None:
    request = a_draft_request(people, is_full=False)
    row = {
        "name": "Ann Ash", "job_role": "Nurse", "agency": people.health.pk, "email": "ann@x.gcsx.gov.uk",
    }  # fmt: skip
    said = {f"typed-0-{key}": value for key, value in row.items()} | {"picked-count": 0, "typed-count": 1}
    page = browser(people.sam).post(reverse("attendees:wanted", args=[request.pk]), said)
    rows = next(one for one in page.context["rows"] if one.prefix == "typed")
    assert page.status_code == 422
    assert rows.forms[0].errors == {
        "email": ["Addresses ending gcsx.gov.uk were closed down. Ask for the person’s new address"]
    }
