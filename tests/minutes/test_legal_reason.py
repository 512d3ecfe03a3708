"""A power written down after the decision asks for a legal reason as one before (C20, C26)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.errors import NotAllowed, Refused
from cases.models import Child
from minutes.models import Minutes
from minutes.services import decisions, hold
from minutes.services.amending import amend_answers
from minutes.services.answers import Answers, Medical
from minutes.services.versions import authorise_minutes, finish
from referrals.models import Referral
from strategy.models import Decision, EmergencyPower
from strategy.rules.powers import PowerFacts
from strategy.services import record_power
from tests.builders.meeting import a_full_record, a_held_discussion, a_threshold
from tests.people import Cast, cast
from tests.worklist.test_desk import signed_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ADVICE = "Counsel advises that the order is enough."


@pytest.fixture
def people() -> Cast:
    return cast()


def second_child(minutes: Minutes) -> Child:
    """The child for whom section 17 was decided."""
    return minutes.discussion.request.children.order_by("pk")[1]


def in_protection(child: Child, people: Cast, since: datetime) -> EmergencyPower:
    facts = PowerFacts(
        kind="police_protection", started_at=since, authority="Inspector Ingham", told="Carol Fenwick"
    )
    return record_power(child, facts, by=people.mo, at=timezone.now())


def test_a_power_recorded_after_section_17_stops_the_close_until_there_is_a_reason(people: Cast) -> None:
    minutes = a_full_record(people)
    child, now = second_child(minutes), timezone.now()
    in_protection(child, people, now - HOUR)
    with pytest.raises(Refused, match=f"power is in force for {child.name} and there is no section 47"):
        hold.close_discussion(minutes, by=people.mo, at=now, read_back=True)

    mo = signed_in(people.mo)
    page = mo.get(reverse("minutes:close", args=[minutes.discussion_id])).content.decode()
    assert f"An emergency power is in force for {child.name}" in page
    assert reverse("minutes:decide", args=[minutes.discussion_id, child.pk]) in page

    decisions.decide(minutes, child, a_threshold("section_17", legal_reason=ADVICE), by=people.mo, at=now)
    assert hold.close_discussion(minutes, by=people.mo, at=timezone.now(), read_back=True).agreed_at


def test_section_47_needs_no_reason_and_a_power_that_had_ended_asks_for_none(people: Cast) -> None:
    minutes = a_full_record(people)
    came = timezone.now() - timedelta(hours=10)  # what ran out before that is refused as a day typed wrongly
    Referral.objects.update(triggered_at=came, received_at=came)
    first, second = minutes.discussion.request.children.order_by("pk")
    in_protection(first, people, timezone.now() - HOUR)
    in_protection(second, people, timezone.now() - timedelta(hours=80))  # ran out after seventy-two
    assert hold.close_discussion(minutes, by=people.mo, at=timezone.now(), read_back=True).agreed_at


def test_a_power_recorded_after_the_close_stops_the_chair_until_the_reason_is_added(people: Cast) -> None:
    discussion = a_held_discussion(people)
    minutes = discussion.minutes
    child = second_child(minutes)
    in_protection(child, people, timezone.now() - HOUR)
    finish(minutes, by=people.bea, at=timezone.now())
    with pytest.raises(Refused, match="it is not said on what legal advice") as refused:
        authorise_minutes(minutes, by=people.mo, at=timezone.now())
    assert "Children Act 1989, section 47" in refused.value.sentence

    mo = signed_in(people.mo)
    check = mo.get(reverse("minutes:check", args=[discussion.pk]))
    [missing] = [one for one in check.context["missing"] if one.blocks]
    assert missing.href.startswith(reverse("minutes:answers", args=[discussion.pk, child.pk]))
    form = mo.get(missing.href).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"legal_reason": ADVICE}
    done = mo.post(missing.href, typed)
    assert done.status_code == 302, done.content.decode()
    assert Decision.objects.get(child=child).legal_reason == ADVICE
    authorise_minutes(minutes, by=people.mo, at=timezone.now())


def test_a_reason_that_was_given_is_changed_and_not_taken_away(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    child = second_child(minutes)
    said = Answers("child_in_need", "no", "", Medical("no", "Seen."), legal_reason=ADVICE)
    amend_answers(minutes, child, said, by=people.bea, at=timezone.now())
    with pytest.raises(Refused) as refused:
        empty = Answers("child_in_need", "no", "", Medical("no", "Seen."), legal_reason=" ")
        amend_answers(minutes, child, empty, by=people.bea, at=timezone.now())
    assert refused.value.field == "legal_reason"
    amend_answers(
        minutes, child, Answers("child_in_need", "no", "", Medical("no", "Seen.")), by=people.bea,
        at=timezone.now(),
    )  # fmt: skip
    assert Decision.objects.get(child=child).legal_reason == ADVICE


# --- Who writes a power down ---------------------------------------------------------------


def test_whoever_runs_the_meeting_records_a_power_in_it_and_comes_back_to_the_decision(people: Cast) -> None:
    minutes = a_full_record(people)
    child, bea = second_child(minutes), signed_in(people.bea)
    decide = reverse("minutes:decide", args=[minutes.discussion_id, child.pk])
    link = f"{reverse('strategy:record_power', args=[child.pk])}?next={decide}"
    assert link in bea.get(decide).content.decode()
    typed = {
        "kind": "police_protection", "started_at": (timezone.now() - HOUR).isoformat(),
        "authority": "Inspector Ingham", "told": "Carol Fenwick",
    }  # fmt: skip
    done = bea.post(link, typed)
    assert (done.status_code, done.headers.get("Location")) == (302, decide), done.content.decode()
    power = EmergencyPower.objects.get()

    page = bea.get(decide).content.decode()
    assert power.authority in page
    for name in ("end_power", "extend_power"):  # the family's details are not theirs to keep
        assert reverse(f"strategy:{name}", args=[power.pk]) not in page


def test_outside_the_meeting_a_power_is_for_those_who_keep_the_family_s_details(people: Cast) -> None:
    minutes = a_held_discussion(people).minutes
    child = second_child(minutes)
    facts = PowerFacts(
        kind="police_protection", started_at=timezone.now() - HOUR, authority="Inspector Ingham", told="Carol"
    )
    with pytest.raises(NotAllowed):
        record_power(child, facts, by=people.bea, at=timezone.now())
    assert signed_in(people.bea).get(reverse("strategy:record_power", args=[child.pk])).status_code == 403
