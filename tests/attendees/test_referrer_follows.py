"""A referrer without account or invitation follows what they referred by a link of their own (row H15)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import PartnerCode, PartnerLink, Professional
from attendees.services import links
from attendees.services.directory import professional_for
from attendees.services.following import let_referrer_follow
from attendees.services.wanted import correct_referral, submit_request
from attendees.templatetags.partner_letters import one_time_code
from escalations.models import Escalation
from outbox.models import Letter
from referrals.models import Referral
from referrals.rules import FromWhom
from strategy.models import StrategyRequest
from strategy.services.answers import decide_not_needed
from tests.attendees.test_links import snapshot
from tests.builders.requests import a_draft_request, a_submitted_request
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
WENDY = "wendy.webb@far-away-housing.example"


@pytest.fixture
def people() -> Cast:
    return cast()


def submitted(people: Cast, **referrer: Any) -> StrategyRequest:
    """Sam's request; a housing officer whom nobody names or invites referred, unless told otherwise."""
    request = a_draft_request(people)
    told = {
        "referrer_name": "Wendy Webb",
        "referrer_role": "Housing officer",
        "referrer_agency": people.stranger_agency,
        "referrer_email": WENDY,
    } | referrer
    Referral.objects.filter(pk=request.referral_id).update(**told)
    return submit_request(StrategyRequest.objects.get(pk=request.pk), by=people.sam, at=timezone.now())


def token_of(request: StrategyRequest) -> str:
    token = links.token_for(PartnerLink.objects.get(referral=request.referral_id, revoked_at=None))
    assert token is not None
    return token


def test_sent_when_submitted_and_leads_to_the_steps_and_the_way_to_escalate(
    people: Cast, client: Client
) -> None:
    request = submitted(people)
    letter = Letter.objects.get(kind="referral_followed")
    assert (letter.to_email, letter.to_name) == (WENDY, "Wendy Webb")
    names = [child.name for child in request.children.all()]
    assert not any(name in str(letter.context) for name in names)
    token, before = token_of(request), snapshot()
    assert [client.get(f"/p/{token}/").status_code, client.head(f"/p/{token}/").status_code] == [200, 200]
    assert snapshot() == before  # a scanner consumes nothing
    assert client.post(f"/p/{token}/").status_code == 302
    code = one_time_code(PartnerCode.objects.get().pk)
    where = reverse("escalations:partner_referral", args=[request.referral_id])
    assert client.post("/partner/code/", {"code": code})["Location"] == where
    page = client.get(where).content.decode()
    assert "Discussion asked for" in page and "Not yet" in page and "Raise an escalation" in page
    assert not any(name in page for name in names) and "Fenwick" not in page and "teacher" not in page
    assert client.get("/partner/", follow=True).redirect_chain[-1][0] == reverse("escalations:partner_home")
    assert client.post(f"/p/{token}/")["Location"] == where  # no second code while they are here
    assert client.get(f"/partner/{request.pk}/").status_code == 404
    raising = client.get(reverse("escalations:partner_raise_for", args=[request.referral_id]))
    assert raising.status_code == 200 and "Fenwick" not in raising.content.decode()
    PartnerLink.objects.update(expires_at=timezone.now())  # while a page is open
    for address in (where, reverse("escalations:partner_home")):
        shut = client.get(address)
        assert (shut.status_code, "TH-" in shut.content.decode()) == (410, False)


def test_not_convened_and_why_and_they_escalate_it(people: Cast, client: Client) -> None:
    request = submitted(people)
    token = token_of(request)
    decide_not_needed(
        request, rationale="An assessment follows.", for_referrer="The family has a worker.", by=people.mo,
        at=timezone.now(),
    )  # fmt: skip
    client.post(f"/p/{token}/")
    client.post("/partner/code/", {"code": one_time_code(PartnerCode.objects.get().pk)})
    page = client.get(reverse("escalations:partner_referral", args=[request.referral_id])).content.decode()
    assert "Not convened" in page and "The family has a worker." in page and "An assessment" not in page
    raise_at = reverse("escalations:partner_raise_for", args=[request.referral_id])
    form = client.get(raise_at).context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    for name, field in form.fields.items():
        if getattr(field, "choices", None) and not said[name]:
            said[name] = next(str(key) for key, _ in field.choices if key)
    said |= dict.fromkeys(("facts", "wanted", "risk_reason"), "The children are at home with him.")
    assert client.post(raise_at, said).status_code == 302, client.post(raise_at, said).context["form"].errors
    assert Escalation.objects.get().raised_by.name == "Wendy Webb"


def test_one_link_however_often_it_is_submitted(people: Cast) -> None:
    request = submitted(people)
    let_referrer_follow(request, by=people.sam, at=timezone.now())
    assert PartnerLink.objects.filter(referral=request.referral_id).count() == 1
    assert Letter.objects.filter(kind="referral_followed").count() == 1


def test_it_shuts_when_somebody_else_referred_and_when_it_is_out_of_date(people: Cast) -> None:
    request, now = submitted(people), timezone.now()
    token = token_of(request)
    assert links.link_in_force(token, at=now) is not None
    assert links.link_in_force(token, at=now + links.LINK_LASTS + timedelta(minutes=1)) is None
    link = PartnerLink.objects.get(referral=request.referral_id)
    for _ in range(links.MOST_CODES):
        assert links.ask_for_code(link, "browser", at=now).link == link
    assert "Too many codes" in links.ask_for_code(link, "browser", at=now).sentence
    kept = Referral.objects.get(pk=request.referral_id)
    facts = FromWhom(
        source=kept.source,
        narrative=kept.narrative,
        referrer_name="Hugo Hale",
        referrer_role="Housing officer",
        referrer_agency_id=people.stranger_agency.pk,
        referrer_phone="",
        referrer_email="hugo.hale@far-away-housing.example",
    )
    correct_referral(kept, facts, reason="It was Hugo", by=people.sam, at=now)
    assert links.link_in_force(token, at=now) is None
    assert PartnerLink.objects.get(revoked_at=None).professional.name == "Hugo Hale"
    assert Letter.objects.get(to_name="Wendy Webb", kind="referral_followed").status == "cancelled"


@pytest.mark.parametrize("who", ["no address", "no agency", "the council", "an account", "a mailbox"])
def test_who_gets_none(people: Cast, who: str) -> None:
    """A neighbour is no partner; who has an account finds the same page there; a mailbox is no person."""
    kinds: dict[str, dict[str, Any]] = {
        "no address": {"referrer_email": ""},
        "no agency": {"referrer_agency": None},
        "the council": {"referrer_agency": people.council},
        "an account": {"referrer_email": people.stranger.email, "referrer_name": people.stranger.name},
        "a mailbox": {},
    }
    told = kinds[who]
    if who == "an account":
        professional_for(people.stranger)
    if who == "a mailbox":
        Professional.objects.create(
            name="Duty", agency=people.stranger_agency, job_role="Desk", email=WENDY, is_shared=True
        )
    submitted(people, **told)
    assert not PartnerLink.objects.filter(referral__isnull=False).exists()
    assert not Letter.objects.filter(kind="referral_followed").exists()


def test_the_named_referrer_of_the_usual_request_gets_theirs(people: Cast) -> None:
    a_submitted_request(people)
    assert Letter.objects.get(kind="referral_followed").to_name == "Dan Dale"
