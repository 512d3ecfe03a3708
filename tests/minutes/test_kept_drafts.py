"""What is typed into a form of the room outlives the browser, for whoever typed it and for nobody else."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from govuk.models import FormDraft
from govuk.tasks import forget
from minutes.models import Minutes
from strategy.models import Decision
from tests.builders.meeting import a_started_discussion
from tests.minutes.test_meeting_live import signed_in as in_browser
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

WORDS = "She was afraid of going home."
KEY = "5b9c6a57-6ab1-4c3e-9d7e-00000000000a"


def decision(minutes: Minutes) -> str:
    child = minutes.discussion.request.children.order_by("pk")[0]
    return reverse("minutes:decide", args=[minutes.discussion_id, child.pk])


def typed(people: Cast, minutes: Minutes, **more: str) -> dict[str, Any]:
    return {"_draft": "1", "_key": KEY, "_version": "0", "rationale": WORDS, "password": "secret"} | more


@pytest.mark.django_db
def test_it_is_given_back_to_who_typed_it_and_others_learn_that_somebody_types() -> None:
    people = cast()
    minutes = a_started_discussion(people)
    mo, bea, address = signed_in(people.mo), signed_in(people.bea), decision(minutes)

    kept = mo.post(address, typed(people, minutes))
    assert (kept.status_code, kept.json()) == (200, {"others": []})
    assert FormDraft.objects.get().fields == {"rationale": [WORDS]}
    again = signed_in(people.mo).get(address)
    assert again.context["draft"]["fields"]["rationale"] == [WORDS]
    assert json.dumps(WORDS) in again.content.decode()

    theirs = bea.get(address)
    assert "draft" not in theirs.context
    assert WORDS not in theirs.content.decode()
    assert f"{people.mo.name} is typing here too." in theirs.content.decode()
    assert bea.post(address, typed(people, minutes)).json() == {"others": [people.mo.name]}
    assert signed_in(people.stranger).post(address, typed(people, minutes)).status_code == 404
    assert FormDraft.objects.count() == 2


@pytest.mark.django_db
def test_it_goes_when_the_form_succeeds_is_removed_or_grows_old() -> None:
    people = cast()
    minutes = a_started_discussion(people)
    mo, address = signed_in(people.mo), decision(minutes)
    answers = {"risk_level": "high", "risk_text": "Hurt again.", "outcome": "section_17"}

    mo.post(address, typed(people, minutes))
    assert mo.post(address, {"_key": KEY, "_version": "0", "rationale": WORDS} | answers).status_code == 302
    assert not FormDraft.objects.exists()
    mo.post(address, typed(people, minutes, rationale="On its way when the form was sent"))
    assert not FormDraft.objects.exists()
    assert Decision.objects.get().rationale == WORDS

    mo.post(address, typed(people, minutes, _key="another"))
    mo.post(address, typed(people, minutes, _key="another", _draft="0"))
    assert not FormDraft.objects.exists()
    mo.post(address, typed(people, minutes, _key="another"))
    FormDraft.objects.update(at=timezone.now() - timedelta(days=3))
    assert "draft" not in mo.get(address).context
    assert forget() == 1


@pytest.mark.django_db(transaction=True)
def test_a_browser_that_dies_in_the_middle_of_a_decision_loses_nothing(site: str, browser: Browser) -> None:
    people = cast()
    address = site + decision(a_started_discussion(people))
    page = in_browser(browser, site, people.mo)
    page.goto(address)
    page.get_by_label("High", exact=True).check()
    page.locator("[name=rationale]").fill(WORDS)
    expect(page.locator("[data-draft-state]")).to_contain_text("Kept at")
    page.context.close()  # with all that its tabs remembered

    second = in_browser(browser, site, people.mo)
    second.goto(address)
    expect(second.locator("[name=rationale]")).to_have_value(WORDS)
    expect(second.get_by_label("High", exact=True)).to_be_checked()
    expect(second.locator(".kept")).to_contain_text("It is not saved yet")
    second.get_by_role("button", name="Remove it").click()
    expect(second.locator("[name=rationale]")).to_have_value("")
    assert not FormDraft.objects.exists()
