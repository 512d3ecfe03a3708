"""A reader who has left the directory, or whose address was put right: nothing goes where nobody reads it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Agency
from attendees.models import PartnerCode, PartnerLink
from attendees.services import links
from attendees.services.directory import correct_professional, retire_professional
from attendees.templatetags.partner_letters import one_time_code
from minutes.enums import RecipientStatus, Way
from minutes.models import Action
from minutes.services import copies
from minutes.services.recipients import planned_for
from outbox.enums import Status
from outbox.models import Letter
from tests.builders.after import a_circulation, an_authorised_version, copy_of, professional_named
from tests.people import cast

pytestmark = pytest.mark.django_db
S = RecipientStatus


@pytest.fixture
def tls(settings: Settings) -> None:
    """The mail server enforces encryption."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = True


def without_actions(name: str) -> None:
    """Whoever still has actions does not leave; here they have none."""
    other = professional_named("Hetty Hall" if name != "Hetty Hall" else "Paul Pike")
    Action.objects.filter(owner__name=name).update(owner=other)


def test_whoever_has_left_is_sent_nothing_and_somebody_is_asked(tls: None) -> None:
    people = cast()
    version = an_authorised_version(people)
    Agency.objects.filter(name=people.school.name).update(
        secure_domains=[professional_named("Dan Dale").email.rpartition("@")[2]]
    )
    without_actions("Dan Dale")
    retire_professional(professional_named("Dan Dale"), by=people.bea, at=timezone.now())
    [dan] = [one for one in planned_for(version) if one.professional.name == "Dan Dale"]
    assert dan.way == Way.BY_HAND and "no longer in the directory" in dan.why


def test_a_copy_on_its_way_to_somebody_who_leaves_needs_a_person() -> None:
    people, now = cast(), timezone.now()
    circulation = a_circulation(people)
    without_actions("Dan Dale")
    retire_professional(professional_named("Dan Dale"), by=people.bea, at=now)
    copy = copy_of(circulation, "Dan Dale")
    assert Letter.objects.get(pk=copy.letter_id).status == Status.CANCELLED
    assert copy.status == S.NEEDS_PERSON


def test_whoever_read_at_the_wrong_address_is_out_once_it_is_put_right(client: Client) -> None:
    people, now = cast(), timezone.now()
    circulation = a_circulation(people)
    dan = professional_named("Dan Dale")
    link = PartnerLink.objects.get(professional=dan, referral=None, revoked_at=None)
    token = links.token_for(link)
    client.post(f"/p/{token}/")
    client.post("/partner/code/", {"code": one_time_code(PartnerCode.objects.get().pk)})
    page = reverse("minutes:partner_minutes", args=[circulation.version.minutes.discussion_id])
    assert client.get(page).status_code == 200
    correct_professional(
        dan, job_role=dan.job_role, phone=dan.phone, email="d.dale@right.example", by=people.bea,
        at=now + timedelta(minutes=1),
    )  # fmt: skip
    assert client.get(page).status_code in (401, 404)
    assert links.link_in_force(str(token), at=now) is not None  # by a code to the right address


def test_what_has_not_left_goes_to_the_right_address_and_a_copy_waits_for_a_person() -> None:
    """Which way a copy goes is decided anew by a person: the new domain may not be on the list."""
    people, now = cast(), timezone.now()
    circulation = a_circulation(people)
    dan, copy = professional_named("Dan Dale"), copy_of(circulation, "Dan Dale")
    waiting = Letter.objects.filter(to_ref=f"professional:{dan.pk}", status=Status.QUEUED)
    others = set(waiting.exclude(pk=copy.letter_id).values_list("pk", flat=True))
    assert others
    correct_professional(
        dan, job_role=dan.job_role, phone=dan.phone, email="d.dale@right.example", by=people.bea, at=now
    )
    assert Letter.objects.get(pk=copy.letter_id).status == Status.CANCELLED
    copy.refresh_from_db()
    assert copy.status == S.NEEDS_PERSON
    told = Letter.objects.get(kind="copy_bounced", subject_ref=f"recipient:{copy.pk}")
    assert told.context["recipient"] == "Dan Dale"
    assert set(waiting.values_list("to_email", flat=True)) == {"d.dale@right.example"}
    copies.send_again(copy, by=people.bea, at=now)
    copy.refresh_from_db()
    assert (copy.status, copy.letter.to_email) == (S.QUEUED, "d.dale@right.example")


def test_a_copy_whose_link_is_shut_before_it_left_waits_for_a_person() -> None:
    people, now = cast(), timezone.now()
    circulation = a_circulation(people)
    dan = professional_named("Dan Dale")
    link = PartnerLink.objects.get(professional=dan, referral=None, revoked_at=None)
    links.revoke_link(link, by=people.bea, at=now)
    copy = copy_of(circulation, "Dan Dale")
    letter = Letter.objects.get(pk=copy.letter_id)
    assert (copy.status, letter.status) == (S.NEEDS_PERSON, Status.CANCELLED)
    assert Letter.objects.filter(kind="copy_bounced", subject_ref=f"recipient:{copy.pk}").exists()
    assert copy_of(circulation, "Hetty Hall").status == S.QUEUED
    copies.send_again(copy, by=people.bea, at=now)
    copy.refresh_from_db()
    assert copy.letter.context["link"] not in (None, link.pk)
