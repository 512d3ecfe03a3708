"""An action can be offered to anybody of the directory: they get a way in to it, and to nothing else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendees.models import Admission, Attendance, Invitation, PartnerLink, Professional
from attendees.services.directory import add_professional, professional_for
from attendees.services.links import link_in_force, token_for
from audit.errors import Refused
from audit.models import Entry
from cases.models import Case
from minutes.models import Action
from minutes.services import reassigning
from minutes.services.candidates import found_in_directory
from outbox.models import Letter
from strategy.models import Discussion
from tests.builders.after import professional_named
from tests.builders.meeting import a_held_discussion
from tests.minutes.test_after_pages import by_link
from tests.minutes.test_reassigning import WHY, action_of, offer
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def held(people: Cast) -> Discussion:
    return a_held_discussion(people)


@pytest.fixture
def hugo(people: Cast) -> Professional:
    """A housing officer whom nobody asked to anything, in the directory without an account."""
    return add_professional(
        name="Hugo Hale",
        agency=people.stranger_agency,
        job_role="Housing officer",
        email="hugo.hale@far-away-housing.example",
        phone="01632 960444",
        by=people.bea,
        at=timezone.now(),
    )


def of_the_record(held: Discussion) -> list[Any]:
    """Who is on the record and would be sent it."""
    return [
        sorted(Invitation.objects.filter(discussion=held).values_list("professional", flat=True)),
        sorted(Attendance.objects.filter(discussion=held).values_list("professional", flat=True)),
        held.minutes.action_logs.get().sha256,
    ]


def test_found_by_name_or_agency_offered_accepted_and_nothing_of_the_record_opens(
    people: Cast, held: Discussion, hugo: Professional
) -> None:
    action, before = action_of(held), of_the_record(held)
    bea, form = signed_in(people.bea), reverse("minutes:action_offer", args=[held.pk, action.pk])
    assert bea.get(form, {"find": "\x00 %"}).status_code == 200
    assert "Hugo Hale" not in bea.get(form).content.decode()
    for words in ("hugo", "far away", "Housing hale"):
        shown = bea.get(form, {"find": words}).content.decode()
        assert f'value="professional-{hugo.pk}" selected' in shown or "Hugo Hale, Far Away Housing" in shown
    assert "Nobody was found" in bea.get(form, {"find": "zzz"}).content.decode()
    bad = bea.post(form, {"to": f"professional-{hugo.pk}", "why": ""})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"why"})
    assert f'value="professional-{hugo.pk}" selected' in bad.content.decode()
    assert bea.post(form, {"to": f"professional-{hugo.pk}", "why": WHY}).status_code == 302

    letter = Letter.objects.get(kind="action_offered")
    assert (letter.to_name, letter.context["link"]) == (
        "Hugo Hale",
        PartnerLink.objects.get(professional=hugo).pk,
    )
    browser = by_link(held.minutes, "Hugo Hale")
    home = browser.get(reverse("attendees:partner_discussion", args=[held.pk])).content.decode()
    assert "An action is offered to you" in home and "Escalations" not in home and "Read the" not in home
    assert "Ruby" not in home and "Kit" not in home
    for name in ("partner_minutes", "partner_pdf", "partner_agree", "partner_sign", "partner_given"):
        assert browser.get(reverse(f"minutes:{name}", args=[held.pk])).status_code == 404, name
    for name in ("partner_reply", "partner_information"):
        assert browser.get(reverse(f"attendees:{name}", args=[held.pk])).status_code == 404, name
    assert browser.get(reverse("escalations:partner_raise", args=[held.pk])).status_code == 404

    answer = reverse("minutes:partner_action_answer", args=[held.pk, action.pk])
    assert browser.post(answer, {"answer": "accepted"}).status_code == 302
    action.refresh_from_db()
    assert action.owner == hugo and of_the_record(held) == before
    mine = browser.get(reverse("minutes:partner_actions", args=[held.pk])).content.decode()
    assert action.text in mine and mine.count("record__action") == 1
    done = reverse("minutes:partner_action_done", args=[held.pk, action.pk])
    said = {"what_was_done": "Locks were changed.", "done_at": timezone.now().isoformat()}
    assert browser.post(done, said).status_code == 302
    assert Entry.objects.filter(event="partner.admitted").count() == 1


def test_who_declines_or_is_asked_no_more_is_out_again(
    people: Cast, held: Discussion, hugo: Professional
) -> None:
    action, now = action_of(held), timezone.now()
    for end in ("decline", "take back"):
        made = offer(action, hugo, people.mo)
        link = PartnerLink.objects.get(professional=hugo, revoked_at=None)
        token = token_for(link)
        assert token is not None and link_in_force(token, at=now) == link
        browser = by_link(held.minutes, "Hugo Hale")
        if end == "decline":
            reassigning.decline_offer(made, why="Not mine", by=hugo, at=now)
        else:
            reassigning.take_back_offer(made, by=people.mo, at=now)
        assert link_in_force(token, at=now) is None
        assert browser.get(reverse("minutes:partner_actions", args=[held.pk])).status_code == 410
    assert not Admission.objects.filter(ended_at=None).exists()
    letters = Letter.objects.filter(kind="action_offered").values_list("status", flat=True)
    assert set(letters) == {"cancelled"}


def test_with_an_account_they_find_it_where_they_sign_in(people: Cast, held: Discussion) -> None:
    stella = professional_for(people.stranger)
    action = action_of(held)
    browser: Client = signed_in(people.stranger)
    address = reverse("minutes:partner_actions", args=[held.pk])
    assert browser.get(address).status_code == 404
    made = offer(action, stella, people.mo)
    assert action.text in browser.get(address).content.decode()
    assert browser.get(reverse("attendees:partner_home"), follow=True).status_code == 200
    reassigning.accept_offer(made, by=people.stranger, at=timezone.now())
    assert "Mark as done" in browser.get(address).content.decode()


def test_a_partner_finds_the_colleagues_of_their_own_agency_alone(
    people: Cast, held: Discussion, hugo: Professional
) -> None:
    now = timezone.now()
    cole = add_professional(
        name="Cole Crane",
        agency=people.police,
        job_role="Constable",
        email="cole.crane@northshire-police.example",
        by=people.bea,
        at=now,
    )
    action, paul = action_of(held), professional_named("Paul Pike")
    assert found_in_directory(action, paul, "c") and not found_in_directory(action, paul, "hugo")
    assert not found_in_directory(action, people.mo, "  ")
    with pytest.raises(Refused, match="cannot be asked"):
        offer(action, hugo, paul)
    form = reverse("minutes:partner_action_offer", args=[held.pk, action.pk])
    browser = by_link(held.minutes, "Paul Pike")
    assert "Hugo Hale" not in browser.get(form, {"find": "hugo"}).content.decode()
    sent = browser.post(form, {"to": f"professional-{hugo.pk}", "why": WHY})
    assert (sent.status_code, set(sent.context["form"].errors)) == (422, {"to"})
    assert "Cole Crane" in browser.get(form, {"find": "crane"}).content.decode()
    Case.objects.filter(pk=held.case_id).update(restricted=True)
    restricted = Action.objects.get(pk=action.pk)
    assert not found_in_directory(restricted, paul, "crane")
    assert found_in_directory(restricted, people.mo, "crane") == [cole]


def test_who_has_no_address_hears_by_hand_and_the_pages_say_so(
    people: Cast, held: Discussion, hugo: Professional
) -> None:
    Professional.objects.filter(pk=hugo.pk).update(email="")
    action, bea = action_of(held), signed_in(people.bea)
    form = reverse("minutes:action_offer", args=[held.pk, action.pk])
    by_hand = "Hugo Hale, Far Away Housing (no email: by hand)"
    assert by_hand in bea.get(form, {"find": "hugo"}).content.decode()
    done = bea.post(form, {"to": f"professional-{hugo.pk}", "why": WHY}, follow=True).content.decode()
    assert "Hugo Hale has no email address: business support hands the letter over" in done
    assert "They have no email address: the letter goes by hand, or telephone 01632 960444" in done
