"""What the merged request form asks of consent and of how each professional agreed to be reached."""

import pytest
from django.test import Client
from django.utils import timezone

from attendees.models import WantedProfessional
from attendees.services.wanted import Chosen, want_professionals, wanted_of
from strategy.enums import Section
from strategy.models import StrategyRequest
from strategy.services import save_section
from strategy.sheet import sheet_of
from tests.builders.requests import POLICE, a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def told(request: StrategyRequest) -> dict[str, str]:
    found = StrategyRequest.objects.get(pk=request.pk)
    return sheet_of(found, wanted_of(found))["What happened"]


def test_whether_the_family_agreed_is_asked_and_stands_on_the_sheet(people: Cast) -> None:
    request, sam = a_draft_request(people), Client()
    assert "Agreed to information being shared?" not in told(request)
    sam.force_login(people.sam)
    where = f"/requests/{request.pk}/what-happened/"
    page = sam.get(where).content.decode()
    assert "Did the parents, or the child, agree to information being shared?" in page
    typed = {
        "threshold_reason": "A fracture.", "parents_informed": "informed", "harm": "PHY", "same_harm": "yes",
        "consent": "refused", "consent_note": "Carol, today on the telephone.",
    }  # fmt: skip
    assert sam.post(where, typed).status_code == 302
    assert told(request)["Agreed to information being shared?"] == (
        "It was refused: Carol, today on the telephone."
    )


def test_it_may_stay_open_and_follow_after_the_submission(people: Cast) -> None:
    request = a_submitted_request(people)
    values = {"consent": "not_sought", "consent_note": "It could put Ruby at risk."}
    save_section(request, Section.WHAT_HAPPENED, values, by=people.sam, at=timezone.now())
    assert told(request)["Agreed to information being shared?"].startswith("It was not sought")


def test_how_a_professional_agreed_to_be_reached_stands_beside_them(people: Cast) -> None:
    request, sam = a_draft_request(people), Client()
    chosen = [Chosen(agency=people.police, email="", agreed_way="telephone", **POLICE)]
    want_professionals(request, chosen, by=people.sam, at=timezone.now())
    sheet = sheet_of(StrategyRequest.objects.get(pk=request.pk), wanted_of(request))["Professionals"]
    assert list(sheet.values()) == ["01632 960101; agreed: by telephone"]
    sam.force_login(people.sam)
    where = f"/requests/{request.pk}/professionals/"
    assert '<option value="telephone" selected>' in sam.get(where).content.decode()
    row = WantedProfessional.objects.get()
    data = {"picked-count": "1", "picked-0-professional": row.professional_id, "picked-0-agreed_way": "link"}
    assert sam.post(where, data).status_code == 302
    assert WantedProfessional.objects.get().agreed_way == "link"
