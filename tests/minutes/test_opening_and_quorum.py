"""What the opened record says of itself is true; without quorum an escalation is a press away (W24, G18)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from escalations.offers import offers_for
from minutes.models import Minutes, Section
from protocols.presets import SLUGS, preset
from protocols.services import draft, publish
from tests.builders.booking import a_booked_discussion
from tests.builders.meeting import a_started_discussion, an_opened_record
from tests.people import Cast, cast
from tests.protocols.test_settings_are_read import with_value
from tests.worklist.test_desk import signed_in


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.mark.parametrize("slug", SLUGS)
def test_every_procedure_fills_the_record_unless_its_source_says_otherwise(slug: str) -> None:
    assert preset(slug).prefill_record.value is True


@pytest.mark.django_db
def test_in_birmingham_the_record_opens_filled_and_says_so(people: Cast) -> None:
    discussion = a_booked_discussion(people, protocol="birmingham", circumstances=["immediate_risk"])
    mo, address = signed_in(people.mo), reverse("minutes:open_record", args=[discussion.pk])
    assert "It is filled with:" in mo.get(address).content.decode()
    done = mo.post(address, follow=True).content.decode()
    assert "It is filled with what the request and the agencies have said." in done
    reasons = Section.objects.get(minutes__discussion=discussion, field="reasons")
    assert reasons.text.startswith("A fracture that the explanation does not fit.")


@pytest.mark.django_db
def test_where_the_procedure_does_not_fill_it_no_page_says_that_it_does(people: Cast) -> None:
    now = timezone.now()
    data = with_value("prefill_record", False, {})
    publish(draft(data, by=None, at=now, effective_from=(now - timedelta(days=800)).date()), by=None, at=now)
    discussion = a_booked_discussion(people)
    bea, address = signed_in(people.bea), reverse("minutes:open_record", args=[discussion.pk])
    assert "They are empty" in (page := bea.get(address).content.decode())
    assert "It is filled with" not in page
    done = bea.post(address, follow=True).content.decode()
    assert "Its boxes are empty" in done and "It is filled with" not in done
    assert not Section.objects.exclude(text="").exists()


# --- Without quorum ------------------------------------------------------------------------


@pytest.mark.django_db
def test_under_the_warning_the_escalation_has_its_facts(people: Cast) -> None:
    minutes: Minutes = a_started_discussion(people, without=["Paul Pike"])
    paul = minutes.discussion.attendance.get(name="Paul Pike")
    room = reverse("minutes:room", args=[minutes.discussion_id])
    [link] = signed_in(people.mo).get(room).context["room"].escalate
    raise_at = reverse("escalations:raise", args=[minutes.discussion.case.reference])
    assert link.href == f"{raise_at}?about=attendance:{paul.pk}"
    assert f"attendance:{paul.pk}" in [
        one.about for one in offers_for(minutes.discussion.case, people.mo, timezone.now())
    ]
    page = signed_in(people.mo).get(room).content.decode()
    assert f'href="{link.href}">Escalate that Paul Pike, {paul.agency_name}, is not here' in page
    form = signed_in(people.mo).get(link.href)
    assert (form.status_code, form.context["form"].initial["against"]) == (200, people.police.pk)


@pytest.mark.django_db
def test_with_quorum_nothing_is_offered_and_the_start_page_leads_to_the_case_s_escalations(
    people: Cast,
) -> None:
    quorate = a_started_discussion(people)
    room = reverse("minutes:room", args=[quorate.discussion_id])
    assert "Escalate that" not in signed_in(people.mo).get(room).content.decode()

    opened = an_opened_record(people, at=timezone.now() - timedelta(hours=5))
    start = signed_in(people.mo).get(reverse("minutes:start", args=[opened.discussion_id])).content.decode()
    link = reverse("worklist:escalations", args=[opened.discussion.case.reference])
    assert link in start
    assert signed_in(people.mo).get(link).status_code == 200
